/** The step that says where a request ends up outside of every proxy. */
import { step } from './record';
import type { StepFacts } from '../facts/step';
import type { ReachedPlace } from '../facts/upstream';

/** The step that names the place. */
export function reachedStep(place: ReachedPlace): StepFacts {
  return step('endpoint', 'noted', null, { kind: 'reaches', place });
}

/** What the last step of a hop says was reached; null where the walk ends at a proxy. */
export function reachedIn(steps: readonly (StepFacts | undefined)[]): ReachedPlace | null {
  const last = steps.findLast((one) => one?.stage === 'endpoint' && one.outcome === 'noted');
  if (last?.stage !== 'endpoint') return null;
  return last.cause.kind === 'reaches' ? last.cause.place : null;
}
