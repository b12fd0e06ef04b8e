/** The step that says where a request ends up outside of every proxy. */
import { step } from './record';
import type { Hop, Step } from '../model';

const REACHES = 'reaches ';

export function reachedStep(what: string): Step {
  return step('endpoint', 'noted', null, `${REACHES}${what}`);
}

/** What a walk's last hop says was reached; null where the walk ends at a proxy. */
export function reachedIn(hop: Hop): string | null {
  const last = hop.steps.findLast((one) => one.stage === 'endpoint' && one.outcome === 'noted');
  return last?.because.startsWith(REACHES) === true ? last.because.slice(REACHES.length) : null;
}
