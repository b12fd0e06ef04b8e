/** The nearest of many candidates that were not taken, without keeping or sorting them all. */
import type { RouteMiss } from '../facts/routing';
import type { MissOf } from '../facts/step';

interface Kept {
  readonly nearness: number;
  readonly name: string;
  readonly cause: () => RouteMiss;
}

export class NearestRejections {
  readonly #limit: number;
  readonly #kept: Kept[] = [];
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param nearness more is nearer; of equals the first stays first */
  add(nearness: number, name: string, cause: () => RouteMiss): void {
    this.#count += 1;
    const last = this.#kept.at(-1);
    if (this.#kept.length >= this.#limit && (last === undefined || last.nearness >= nearness)) return;
    let at = this.#kept.length;
    while (at > 0 && (this.#kept[at - 1]?.nearness ?? nearness) < nearness) at -= 1;
    this.#kept.splice(at, 0, { nearness, name, cause });
    if (this.#kept.length > this.#limit) this.#kept.pop();
  }

  /** Candidates that were passed over unasked, since they could not be taken, count too. */
  passedOver(count: number): void {
    this.#count = count;
  }

  /** For a step. */
  get explained(): { readonly rejected: readonly MissOf<'route'>[]; readonly rejectedCount: number } {
    const rejected = this.#kept.map(({ name, cause }) => ({ name, cause: cause() }));
    return { rejected, rejectedCount: this.#count };
  }
}
