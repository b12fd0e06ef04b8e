/**
 * Regular languages as complete deterministic automata: which texts a condition takes. Texts are sequences of ASCII characters;
 * everything beyond ASCII is one symbol more. Union, intersection, complement, quotients, emptiness and a shortest member are
 * exact. https://en.wikipedia.org/wiki/Regular_language#Closure_properties
 */
import { transposed } from './transposed';

/** ASCII, and one for all else. */
export const SYMBOLS = 129;
export const BEYOND = 128;

/** More states than this are not made: who asks is told that the language is too large (`LanguageTooLarge`). */
const MOST_STATES = 200_000;

/** An automaton would have more states than are worth it. */
export class LanguageTooLarge extends Error {}

/** The number of a character in the alphabet: its code in ASCII; all others share one. */
export function symbolOf(character: string): number {
  const code = character.charCodeAt(0);
  return code < BEYOND ? code : BEYOND;
}

/** The tables of an automaton: states are numbers from 0. */
export interface Tables {
  /** The class of each symbol; symbols of a class lead to the same states. */
  readonly classOf: Uint8Array;
  readonly classes: number;
  /** The state after `state * classes + class`. */
  readonly next: Int32Array;
  readonly accepts: Uint8Array;
  readonly start: number;
}

/** Characters as a witness likes them: what reads well comes first. */
const LIKED = Array.from('/abcdefghijklmnopqrstuvwxyz0123456789-._ABCDEFGHIJKLMNOPQRSTUVWXYZ~:@!$&()*+,;=% ');
export const ORDER: readonly number[] = [
  ...new Set([...LIKED.map(symbolOf), ...Array.from({ length: SYMBOLS }, (_unused, code) => code)]),
];

/** A regular language: a deterministic automaton over ASCII, and what sets do with each other. */
export class Language {
  readonly #tables: Tables;
  #distances: Int32Array | null = null;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  get tables(): Tables {
    return this.#tables;
  }

  /** The state in which a text ends. */
  static stateAfter({ classOf, classes, next, start }: Omit<Tables, 'accepts'>, text: string, from = start): number {
    let state = from;
    for (let at = 0; at < text.length; at += 1) {
      state = next[state * classes + (classOf[symbolOf(text.charAt(at))] ?? 0)] ?? 0;
    }
    return state;
  }

  /** Every text. */
  static readonly all = new Language(constant(1));
  /** No text at all. */
  static readonly none = new Language(constant(0));

  has(text: string): boolean {
    return this.#tables.accepts[this.#after(text)] === 1;
  }

  isEmpty(): boolean {
    return this.#distanceOf(this.#tables.start) < 0;
  }

  /** The texts that are not in it. */
  not(): Language {
    const { accepts, ...rest } = this.#tables;
    return new Language({ ...rest, accepts: accepts.map((one) => 1 - one) });
  }

  and(other: Language): Language {
    if (other === Language.all) return this;
    if (this === Language.all) return other;
    return this.#product(other, (a, b) => a & b, true);
  }

  or(other: Language): Language {
    return this.#product(other, (a, b) => a | b, false);
  }

  minus(other: Language): Language {
    return this.and(other.not());
  }

  isWithin(other: Language): boolean {
    return this.minus(other).isEmpty();
  }

  /** The texts that, put behind this one, are in it. */
  after(prefix: string): Language {
    return new Language({ ...this.#tables, start: this.#after(prefix) });
  }

  /** The texts that, with this one put behind them, are in it. */
  before(suffix: string): Language {
    const { accepts } = this.#tables;
    return new Language({
      ...this.#tables,
      accepts: accepts.map((_unused, state) => accepts[this.#after(suffix, state)] ?? 0),
    });
  }

  /** The texts of it with any so many characters put before them. */
  behindAny(count: number): Language {
    const { classes, classOf, next, accepts, start } = this.#tables;
    const states = accepts.length;
    // Also a state that nothing leads out of, for texts that are too short they simply do not accept.
    const moved = new Int32Array((states + count) * classes);
    moved.set(next);
    for (let step = 0; step < count; step += 1) {
      const to = step + 1 < count ? states + step + 1 : start;
      moved.fill(to, (states + step) * classes, (states + step + 1) * classes);
    }
    const grown = new Uint8Array(states + count);
    grown.set(accepts);
    return new Language({ classOf, classes, next: moved, accepts: grown, start: count === 0 ? start : states });
  }

  /** A member: the first of the texts that is one, else a shortest; null where it is empty. */
  member(preferred: readonly string[] = []): string | null {
    return preferred.find((text) => this.has(text)) ?? this.#shortest();
  }

  #after(text: string, from = this.#tables.start): number {
    return Language.stateAfter(this.#tables, text, from);
  }

  #shortest(): string | null {
    const { start, classOf, classes, next } = this.#tables;
    let left = this.#distanceOf(start);
    if (left < 0) return null;
    let text = '';
    for (let state = start; left > 0; left -= 1) {
      const symbol = ORDER.find(
        (one) => this.#distanceOf(next[state * classes + (classOf[one] ?? 0)] ?? 0) === left - 1,
      );
      text += symbol === BEYOND ? 'é' : String.fromCharCode(symbol ?? 0);
      state = next[state * classes + (classOf[symbol ?? 0] ?? 0)] ?? 0;
    }
    return text;
  }

  /** How many characters are lacking for a member; negative where none will do. */
  #distanceOf(state: number): number {
    this.#distances ??= distances(this.#tables);
    return this.#distances[state] ?? -1;
  }

  /** @param both whether a member is one of both, so that a pair of which one leads nowhere leads nowhere */
  #product(other: Language, accept: (a: number, b: number) => number, both: boolean): Language {
    const [a, b] = [this.#tables, other.#tables];
    const { classOf, pairs } = commonClasses(a, b);
    const numbers = new Map<number, number>();
    const open: (readonly [number, number])[] = [];
    const size = b.accepts.length;
    const numberOf = (one: number, two: number): number => {
      const isDead = both && (this.#distanceOf(one) < 0 || other.#distanceOf(two) < 0);
      const id = isDead ? -1 : one * size + two;
      const known = numbers.get(id);
      if (known !== undefined) return known;
      if (open.length >= MOST_STATES) throw new LanguageTooLarge();
      numbers.set(id, open.length);
      open.push(isDead ? [-1, -1] : [one, two]);
      return open.length - 1;
    };
    const start = numberOf(a.start, b.start);
    const next: number[] = [];
    const accepts: number[] = [];
    for (let at = 0; at < open.length; at += 1) {
      const [one, two] = open[at] ?? [-1, -1];
      accepts.push(one < 0 ? 0 : accept(a.accepts[one] ?? 0, b.accepts[two] ?? 0));
      for (const [ofA, ofB] of pairs) {
        next.push(one < 0 ? at : numberOf(a.next[one * a.classes + ofA] ?? 0, b.next[two * b.classes + ofB] ?? 0));
      }
    }
    return new Language({
      classOf,
      classes: pairs.length,
      next: Int32Array.from(next),
      accepts: Uint8Array.from(accepts),
      start,
    });
  }
}

function constant(accepts: number): Tables {
  return {
    classOf: new Uint8Array(SYMBOLS),
    classes: 1,
    next: new Int32Array(1),
    accepts: Uint8Array.of(accepts),
    start: 0,
  };
}

/** Classes of symbols that neither tells apart, each with its class in both. */
function commonClasses(a: Tables, b: Tables): { classOf: Uint8Array; pairs: (readonly [number, number])[] } {
  const classOf = new Uint8Array(SYMBOLS);
  const known = new Map<number, number>();
  const pairs: (readonly [number, number])[] = [];
  for (let symbol = 0; symbol < SYMBOLS; symbol += 1) {
    const [ofA, ofB] = [a.classOf[symbol] ?? 0, b.classOf[symbol] ?? 0];
    const id = ofA * SYMBOLS + ofB;
    const found = known.get(id) ?? pairs.length;
    if (found === pairs.length) pairs.push([ofA, ofB]);
    known.set(id, found);
    classOf[symbol] = found;
  }
  return { classOf, pairs };
}

/** Of each state, how many characters are lacking for a member; -1 where none will do. */
function distances({ next, accepts, classes }: Tables): Int32Array {
  const { from, starts } = transposed(next, classes, accepts.length);
  const found = new Int32Array(accepts.length).fill(-1);
  const reached = [...accepts.keys()].filter((state) => accepts[state] === 1);
  for (const state of reached) found[state] = 0;
  // The list grows while it is gone through: nearer states come first.
  for (const state of reached) {
    for (let at = starts[state] ?? 0; at < (starts[state + 1] ?? 0); at += 1) {
      const before = from[at] ?? 0;
      if (found[before] !== -1) continue;
      found[before] = (found[state] ?? 0) + 1;
      reached.push(before);
    }
  }
  return found;
}
