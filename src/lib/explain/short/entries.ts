/** The steps that a person must see, in a line or two each: what an engineer of a mesh would name. The short tree and the pictures show them. */
import type { OutlineEntry } from '../../render/outline';
import type { Hop, Outcome, Step } from '../../trace/model';
import { isGood } from '../summary/dead-end';
import { openEntry } from './open-step';
import { shortStep } from './short-step';

/** A step that is told, its index in the hop, and what is said of it. */
export interface ShortEntry {
  readonly step: Step;
  readonly index: number;
  readonly entry: OutlineEntry;
}

/** Every step but those that go without saying; the one that ends the walk is open. */
export function shortEntries(hop: Hop, outcome: Outcome): readonly ShortEntry[] {
  return hop.steps.flatMap((step, index) => {
    const told = isOpen(step, outcome) ? [openEntry(step, outcome)] : shortStep(step, { hop, index, outcome });
    return told.map((entry) => ({ step, index, entry }));
  });
}

/** A step that ends the walk badly, or may: told in full. */
function isOpen({ outcome }: Step, walk: Outcome): boolean {
  return outcome === 'missed' || outcome === 'unknown' || (outcome === 'ended' && !isGood(walk));
}
