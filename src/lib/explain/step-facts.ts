/** The facts behind told steps: what advice, remarks and short forms go by. */
import type { Cause, StepOf } from '../trace/facts/step';
import type { SendsFacts } from '../trace/facts/upstream';
import { FACTS, type Hop, type Step } from '../trace/model';
import type { Stage } from '../trace/terms';

/** The facts of a step of this stage; null of another, and of one that was told elsewhere. */
export function factsOf<S extends Stage>(step: Step | undefined, stage: S): StepOf<S> | null {
  const facts = step?.[FACTS];
  // The compiler cannot see that the facts of a stage are those of that stage.
  return facts?.stage === stage ? (facts as StepOf<S>) : null;
}

/** The kind of a step's cause; null of one that was told elsewhere. */
export function causeKind({ [FACTS]: facts }: Step): Cause['kind'] | null {
  return facts === undefined ? null : facts.cause.kind;
}

/** What a proxy sends on last; null where it sends nothing. */
export function sendsOf(hop: Hop | null): SendsFacts | null {
  const all = hop?.steps.flatMap((step) => factsOf(step, 'tls')?.sends ?? []) ?? [];
  return all.at(-1) ?? null;
}

/** `NAME.NAMESPACE` of the Service that the destination's address was looked up from; null for another. */
export function serviceAskedFor({ steps }: Hop): string | null {
  return steps.flatMap(({ [FACTS]: facts }) => facts?.destination?.service ?? [])[0] ?? null;
}
