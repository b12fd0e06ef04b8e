/** Steps as they are published, made by hand. */
import type { StepFacts } from '../../src/lib/trace/facts/step';
import { FACTS, type Step } from '../../src/lib/trace/model';

/** A step with nothing rejected and no settings; `more` fills in what there is, and the facts that code may go by. */
export function step(
  stage: Step['stage'],
  outcome: Step['outcome'],
  name: string | null,
  because: string,
  more: Partial<Step> & { readonly facts?: object } = {},
): Step {
  const { facts, ...own } = more;
  const told = {
    stage,
    outcome,
    name,
    because,
    rejected: [],
    rejectedCount: 0,
    config: null,
    details: [],
    origin: null,
  };
  const known = { stage, outcome, name, cause: because, rejected: [], rejectedCount: 0, config: null, details: [] };
  return { ...told, ...own, [FACTS]: { ...known, origin: own.origin ?? null, ...facts } as unknown as StepFacts };
}
