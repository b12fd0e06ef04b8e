/** Where a walk ended otherwise than well. */
import type { Branch, Hop, Outcome, Step } from '../../trace/model';
import type { ToldTrace } from '../telling/tell-trace';

/** A walk: the main one, or a branch's. */
export type Walk = ToldTrace | Branch;

/** A step and the hop that it belongs to. */
export interface PlaceInWalk {
  readonly hop: Hop;
  readonly hopIndex: number;
  readonly step: Step;
  readonly stepIndex: number;
}

const ENDS: ReadonlySet<Step['outcome']> = new Set(['missed', 'ended', 'unknown']);

/** Whether the caller gets what it asked for, or an answer that configuration means it to get. */
export function isGood({ verdict }: Pick<Outcome, 'verdict'>): boolean {
  return verdict === 'delivered' || verdict === 'redirected' || verdict === 'direct-response';
}

/** The step that ended the walk: the last one that missed, ended or is unknown; null where every step went on. */
export function endingStep(walk: Pick<Walk, 'hops'>): PlaceInWalk | null {
  return lastPlace(walk, (step) => ENDS.has(step.outcome));
}

/** The last step of which this holds. */
export function lastPlace({ hops }: Pick<Walk, 'hops'>, holds: (step: Step) => boolean): PlaceInWalk | null {
  for (let hopIndex = hops.length - 1; hopIndex >= 0; hopIndex -= 1) {
    const hop = hops[hopIndex];
    const stepIndex = hop?.steps.findLastIndex(holds) ?? -1;
    const step = hop?.steps[stepIndex];
    if (hop !== undefined && step !== undefined) return { hop, hopIndex, step, stepIndex };
  }
  return null;
}

/** Whether a delivered walk ends before a proxy whose configuration is not known. */
export function isToTheDoor(walk: Pick<Walk, 'hops' | 'verdict'>): boolean {
  return walk.verdict === 'delivered' && endingStep(walk)?.step.outcome === 'unknown';
}
