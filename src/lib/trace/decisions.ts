/**
 * Points where Envoy draws lots: a weighted cluster, an endpoint, a percentage. A walk asks here which way to go; the main
 * walk takes the likeliest, and every other way is a branch that can be walked again.
 */

import type { Drawn } from './facts/draws';

export interface Option {
  readonly of: Drawn;
  /** Its chance, 0 to 1. */
  readonly share: number;
}

/** One draw as it came in a walk. */
export interface Draw {
  readonly options: readonly Option[];
  readonly taken: number;
}

/** The choices that are taken where lots are drawn: the likeliest, or those that are given. */
export class Decisions {
  readonly #forced: readonly number[];
  readonly #draws: Draw[] = [];
  readonly #once = new Map<string, number>();

  /** @param forced the option to take at each draw, in order; draws beyond it take the likeliest */
  constructor(forced: readonly number[] = []) {
    this.#forced = forced;
  }

  /** Which of the options to take: the forced one, else the one with the largest share (the first of equals). */
  draw(options: readonly Option[]): number {
    if (options.length <= 1) return 0;
    const forced = this.#forced[this.#draws.length];
    const taken = forced ?? likeliest(options);
    this.#draws.push({ options, taken });
    return taken;
  }

  /** As draw, and the same again whenever the walk asks for it: what is so for the whole connection. */
  drawOnce(key: string, options: readonly Option[]): number {
    const known = this.#once.get(key);
    if (known !== undefined) return known;
    const taken = this.draw(options);
    this.#once.set(key, taken);
    return taken;
  }

  get draws(): readonly Draw[] {
    return this.#draws;
  }

  /** The chance that a walk takes exactly this way: the product of the shares taken. */
  get share(): number {
    return this.#draws.reduce((product, draw) => product * (draw.options[draw.taken]?.share ?? 1), 1);
  }
}

function likeliest(options: readonly Option[]): number {
  return options.reduce((best, option, index) => (option.share > (options[best]?.share ?? 0) ? index : best), 0);
}

/** The next ways to walk after one walk: each differs from it at one draw after the forced ones. */
export function alternatives(forced: readonly number[], draws: readonly Draw[]): readonly (readonly number[])[] {
  const taken = draws.map((draw) => draw.taken);
  return draws.flatMap((draw, position) =>
    position < forced.length
      ? []
      : draw.options.flatMap((option, index) =>
          index === draw.taken || option.share <= 0 ? [] : [[...taken.slice(0, position), index]],
        ),
  );
}
