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

/** A way to walk that differs from a walk at one draw. */
export interface Alternative {
  /** The chance of what is taken up to that draw. */
  readonly share: number;
  readonly option: Option;
  /** The options to take, in order. There may be as many draws as routes: made when it is asked for. */
  readonly forced: () => readonly number[];
}

/** The next ways to walk after one walk: each differs from it at one draw after the forced ones. */
export function alternatives(forced: number, draws: readonly Draw[]): readonly Alternative[] {
  const taken = draws.map((draw) => draw.taken);
  const found: Alternative[] = [];
  let before = 1;
  for (const [position, draw] of draws.entries()) {
    if (position >= forced) {
      for (const [index, option] of draw.options.entries()) {
        if (index === draw.taken || option.share <= 0) continue;
        found.push({ share: before * option.share, option, forced: () => [...taken.slice(0, position), index] });
      }
    }
    before *= draw.options[draw.taken]?.share ?? 0;
  }
  return found;
}
