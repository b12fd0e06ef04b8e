/** One proxy of the walk in short: a line or two for each thing that an engineer of a mesh would name. */
import type { OutlineEntry, OutlineSection } from '../../../render/outline';
import type { Hop, Outcome, Step } from '../../../trace/model';
import { isGood } from '../../summary/dead-end';
import { hopTitle } from '../../words';
import { endpointEntries, onlyEndpoint } from '../endpoint-entry';
import { openEntry } from './open-step';
import { shortStep } from './short-step';

/** One proxy in the few lines that a mesh engineer would name. */
export function shortHopSection(hop: Hop, index: number, outcome: Outcome): OutlineSection {
  const entries = shortEntries(hop, outcome).map(({ entry }) => entry);
  const isChoice = hop.clusters.length > 1 || onlyEndpoint(hop) === null;
  return {
    title: hopTitle(hop, index),
    entries: [...entries, ...(isChoice ? endpointEntries(hop, { explain: false }) : [])],
  };
}

/** A step that is told, by its index in the hop, and what is said of it. */
export interface ShortEntry {
  readonly index: number;
  readonly entry: OutlineEntry;
}

/** Every step but those that go without saying; the one that ends the walk is open. */
export function shortEntries(hop: Hop, outcome: Outcome): readonly ShortEntry[] {
  return hop.steps.flatMap((step, index) => {
    const told = isOpen(step, outcome) ? [openEntry(step, outcome)] : shortStep(step, { hop, index, outcome });
    return told.map((entry) => ({ index, entry }));
  });
}

/** A step that ends the walk badly, or may: told in full. */
function isOpen({ outcome }: Step, walk: Outcome): boolean {
  return outcome === 'missed' || outcome === 'unknown' || (outcome === 'ended' && !isGood(walk));
}
