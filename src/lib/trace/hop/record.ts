/** Collects what one proxy decides while it is walked, and gives it as a Hop. */
import { unevaluatedFields } from '../../envoy/unevaluated-fields';
import type { CauseOf, StepFacts, StepOf } from '../facts/step';
import type { ClusterChance, Direction, HopFacts } from '../model';
import type { Stage, StepOutcome } from '../terms';
import { addAll } from '../../lists';

type Filled = Omit<HopFacts, 'proxy' | 'direction' | 'steps'>;

const EMPTY: Filled = {
  listener: null,
  filterChain: null,
  routeConfiguration: null,
  virtualHost: null,
  route: null,
  clusters: [],
};

/** The steps of a proxy and what it matched, while it is walked. */
export class HopRecord {
  readonly #proxy: string | null;
  readonly #direction: Direction;
  readonly #steps: StepFacts[] = [];
  #filled: Filled = EMPTY;

  constructor(proxy: string | null, direction: Direction) {
    this.#proxy = proxy;
    this.#direction = direction;
  }

  add(...steps: readonly StepFacts[]): void {
    this.addAll(steps);
  }

  addAll(steps: readonly StepFacts[]): void {
    addAll(this.#steps, steps);
  }

  fill(part: Partial<Filled>): void {
    this.#filled = { ...this.#filled, ...part };
  }

  get clusters(): readonly ClusterChance[] {
    return this.#filled.clusters;
  }

  toHop(): HopFacts {
    return { proxy: this.#proxy, direction: this.#direction, ...this.#filled, steps: [...this.#steps] };
  }
}

/** Of a stage that is one of several, the step of that one. */
type Made<S extends Stage> = S extends Stage ? StepOf<S> : never;

type Given = 'stage' | 'outcome' | 'name' | 'cause';

/** A step with nothing rejected and no settings; `more` fills in what there is. */
export function step<S extends Stage>(
  stage: S,
  outcome: StepOutcome,
  name: string | null,
  cause: CauseOf<S>,
  more: Partial<Omit<StepOf<S>, Given>> = {},
): Made<S> {
  const facts = {
    stage,
    outcome,
    name,
    cause,
    rejected: [],
    rejectedCount: 0,
    config: null,
    details: [],
    origin: null,
  };
  // The compiler cannot see that a stage and its own facts are one of the union.
  return { ...facts, ...more } as unknown as Made<S>;
}

/** What a step says of the fields of its configuration that are set and not evaluated. @param message its name in `envoy/messages` */
export function unevaluated(...parts: readonly (readonly [value: object | undefined, message: string])[]): {
  readonly notEvaluated?: readonly string[];
} {
  const fields = parts.flatMap(([value, message]) => unevaluatedFields(value, message));
  return fields.length === 0 ? {} : { notEvaluated: fields };
}
