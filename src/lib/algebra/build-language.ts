/** Languages of regular expressions and of lists of texts, by way of a nondeterministic automaton and its subsets. */
import { parseRegex, type Range, type RegexNode } from '../match/regex-syntax';
import { Language, LanguageTooLarge, SYMBOLS, symbolOf } from './language';
import { grown, Sequences } from './sequences';
import type { TextLabels } from './texts';
import { largest } from '../lists';

const MOST_NODES = 50_000;

/** The texts that an RE2 expression takes as a whole; null where it holds what cannot be translated, such as `\b`. */
export function regexLanguage(regex: string): Language | null {
  const node = parseRegex(regex);
  return node === null || hasAssertion(node) ? null : nodeLanguage(node);
}

/** One text, and nothing else. */
export function textLanguage(text: string, anyCase = false): Language {
  return nodeLanguage({ kind: 'literal', text, anyCase });
}

const CHARACTER: RegexNode = { kind: 'class', ranges: [[0, 0x10ffff]], negated: false };
/** Any text. */
export const ANY: RegexNode = { kind: 'repeat', inner: CHARACTER, min: 0, max: null };
/** Any text but the empty one. */
export const SOME: RegexNode = { kind: 'repeat', inner: CHARACTER, min: 1, max: null };

/** The texts that begin with this one. */
export function prefixLanguage(text: string, anyCase = false): Language {
  return chainLanguage(text, anyCase, null);
}

/** A text, and what begins with it and a slash. */
export function separatedLanguage(text: string, anyCase = false): Language {
  return chainLanguage(text, anyCase, '/');
}

/** One state a character; configurations have thousands of prefixes. */
function chainLanguage(text: string, anyCase: boolean, separator: string | null): Language {
  const steps = Array.from(text, (character) => symbolsLike(character, anyCase));
  const classOf = new Uint8Array(SYMBOLS);
  const firsts = [...new Set([...steps.map(([first]) => first), ...(separator === null ? [] : [symbolOf(separator)])])];
  const used = new Map(firsts.map((first, index) => [first, index + 1]));
  for (const step of steps) for (const symbol of step) classOf[symbol] = used.get(step[0]) ?? 0;
  if (separator !== null) classOf[symbolOf(separator)] = used.get(symbolOf(separator)) ?? 0;
  const classes = firsts.length + 1;
  const [dead, all] = [steps.length + 1, steps.length + 2];
  const next = new Int32Array((steps.length + 3) * classes).fill(dead);
  for (const [state, [first = 0]] of steps.entries()) next[state * classes + (used.get(first) ?? 0)] = state + 1;
  if (separator === null) next.fill(all, steps.length * classes, (steps.length + 1) * classes);
  else next[steps.length * classes + (used.get(symbolOf(separator)) ?? 0)] = all;
  next.fill(all, all * classes);
  const accepts = new Uint8Array(steps.length + 3);
  accepts[steps.length] = 1;
  accepts[all] = 1;
  return new Language({ classOf, classes, next, accepts, start: 0 });
}

/** The texts that end with this one. */
export function suffixLanguage(text: string, anyCase = false): Language {
  return nodeLanguage({ kind: 'sequence', parts: [ANY, { kind: 'literal', text, anyCase }] });
}

/** The texts that have this one in them. */
export function containsLanguage(text: string, anyCase = false): Language {
  return nodeLanguage({ kind: 'sequence', parts: [ANY, { kind: 'literal', text, anyCase }, ANY] });
}

/** The texts that a parsed regular expression takes as a whole. */
export function nodeLanguage(node: RegexNode): Language {
  const automaton = new Automaton();
  const { tables, labels } = automaton.determined(new Map([[automaton.add(0, node), 0]]), [1]);
  return new Language({ ...tables, accepts: Uint8Array.from(labels) });
}

/** A text with what it is: the first that is listed counts where several take the same. */
export interface Labelled {
  readonly node: RegexNode;
  /** From 1. */
  readonly label: number;
}

/** The label of the first in the list that takes a text, of every text; 0 where none does. */
export function firstTaking(list: readonly Labelled[]): Pick<TextLabels, 'tables' | 'labels'> {
  const automaton = new Automaton();
  const ends = new Map<number, number>();
  for (const [rank, { node }] of list.entries()) ends.set(automaton.add(0, node), rank);
  return automaton.determined(
    ends,
    list.map(({ label }) => label),
  );
}

function hasAssertion(node: RegexNode): boolean {
  switch (node.kind) {
    case 'assertion':
      return true;
    case 'sequence':
      return node.parts.some(hasAssertion);
    case 'choice':
      return node.options.some(hasAssertion);
    case 'repeat':
      return hasAssertion(node.inner);
    case 'literal':
    case 'class':
      return false;
  }
}

interface Edge {
  readonly symbols: Uint8Array;
  readonly to: number;
}

/** A nondeterministic automaton; state 0 is its start. */
class Automaton {
  readonly #free: number[][] = [[]];
  readonly #edges: Edge[][] = [[]];

  /** Adds what a node takes behind a state; gives the state after it, which nothing else leads to. */
  add(from: number, node: RegexNode): number {
    switch (node.kind) {
      case 'literal':
        return Array.from(node.text).reduce(
          (state, character) => this.#step(state, oneOf(character, node.anyCase)),
          from,
        );
      case 'class':
        return this.#step(from, symbolsOf(node.ranges, node.negated));
      case 'assertion':
        return from;
      case 'sequence':
        return node.parts.reduce((state, part) => this.add(state, part), this.#freely(from));
      case 'choice': {
        const ends = node.options.map((option) => this.add(this.#freely(from), option));
        const end = this.#state();
        for (const one of ends) this.#free[one]?.push(end);
        return end;
      }
      case 'repeat':
        return this.#repeat(from, node);
    }
  }

  /**
   * By subsets of its states, those that nothing but free steps leads out of left out.
   * @param ends states in which texts end, each with its rank: of a subset the lowest counts
   * @param labelOf by rank
   */
  determined(ends: ReadonlyMap<number, number>, labelOf: readonly number[]): Pick<TextLabels, 'tables' | 'labels'> {
    const { classOf, representatives } = this.#classes();
    const classes = representatives.length;
    const subsets = new Sequences();
    const counts = (state: number): boolean => ends.has(state) || (this.#edges[state] ?? []).length > 0;
    const subset = new Subset(this.#free, counts);
    const numbered = (): number => {
      const states = subset.closed();
      if (subsets.count > MOST_NODES) throw new LanguageTooLarge();
      return subsets.numberOf(states, states.length);
    };
    subset.put(0);
    const start = numbered();
    let next = new Int32Array(64 * classes);
    for (let from = 0; from < subsets.count; from += 1) {
      if (next.length < (from + 1) * classes) next = grown(next, (from + 1) * classes);
      const edges = [...subsets.of(from)].flatMap((state) => this.#edges[state] ?? []);
      for (const [one, symbol] of representatives.entries()) {
        for (const { symbols, to } of edges) if (symbols[symbol] === 1) subset.put(to);
        next[from * classes + one] = numbered();
      }
    }
    const labels = Int32Array.from({ length: subsets.count }, (_unused, number) => {
      let best = Infinity;
      for (const state of subsets.of(number)) best = Math.min(best, ends.get(state) ?? Infinity);
      return labelOf[best] ?? 0;
    });
    return { tables: { classOf, classes, next: next.slice(0, subsets.count * classes), start }, labels };
  }

  #repeat(from: number, { inner, min, max }: Extract<RegexNode, { kind: 'repeat' }>): number {
    let state = this.#freely(from);
    for (let count = 0; count < min; count += 1) state = this.add(state, inner);
    if (max === null) {
      const loop = this.#freely(state);
      this.#free[this.add(loop, inner)]?.push(loop);
      return this.#freely(loop);
    }
    const end = this.#state();
    this.#free[state]?.push(end);
    for (let count = min; count < max; count += 1) {
      state = this.add(state, inner);
      this.#free[state]?.push(end);
    }
    return end;
  }

  #state(): number {
    if (this.#free.length > MOST_NODES) throw new LanguageTooLarge();
    this.#edges.push([]);
    return this.#free.push([]) - 1;
  }

  #freely(from: number): number {
    const state = this.#state();
    this.#free[from]?.push(state);
    return state;
  }

  #step(from: number, symbols: Uint8Array): number {
    const to = this.#state();
    this.#edges[from]?.push({ symbols, to });
    return to;
  }

  /** Classes of symbols that no edge tells apart, each with one of its symbols. */
  #classes(): { classOf: Uint8Array; representatives: readonly number[] } {
    let classOf = new Uint8Array(SYMBOLS);
    for (const symbols of new Set(this.#edges.flat().map((edge) => edge.symbols))) {
      const numbers = new Map<number, number>();
      classOf = classOf.map((own, symbol) => {
        const id = own * 2 + (symbols[symbol] ?? 0);
        const number = numbers.get(id) ?? numbers.size;
        numbers.set(id, number);
        return number;
      });
    }
    const count = largest(classOf) + 1;
    return { classOf, representatives: Array.from({ length: count }, (_unused, one) => classOf.indexOf(one)) };
  }
}

/** A set of states that is made again and again, with all that free steps lead to. */
class Subset {
  readonly #free: readonly (readonly number[])[];
  readonly #counts: (state: number) => boolean;
  /** In which round a state was put in. */
  readonly #rounds: Int32Array;
  #round = 1;
  #states: number[] = [];

  /** @param counts whether a state tells a set from others */
  constructor(free: readonly (readonly number[])[], counts: (state: number) => boolean) {
    this.#free = free;
    this.#counts = counts;
    this.#rounds = new Int32Array(free.length);
  }

  put(state: number): void {
    if (this.#rounds[state] === this.#round) return;
    this.#rounds[state] = this.#round;
    this.#states.push(state);
  }

  /** Those that count, in order; the next set begins. */
  closed(): Int32Array {
    // The list grows while it is gone through.
    for (const state of this.#states) for (const to of this.#free[state] ?? []) this.put(to);
    const closed = Int32Array.from(this.#states.filter(this.#counts)).sort();
    this.#states = [];
    this.#round += 1;
    return closed;
  }
}

/** What is read as a character: itself, and in any case a letter's other case. */
function symbolsLike(character: string, anyCase: boolean): readonly [number, ...number[]] {
  const isLetter = anyCase && /[A-Za-z]/.test(character);
  return isLetter ? [symbolOf(character.toLowerCase()), symbolOf(character.toUpperCase())] : [symbolOf(character)];
}

const characterSets = new Map<string, Uint8Array>();

function oneOf(character: string, anyCase: boolean): Uint8Array {
  const like = symbolsLike(character, anyCase);
  const known = characterSets.get(like.join());
  if (known !== undefined) return known;
  const symbols = new Uint8Array(SYMBOLS);
  for (const symbol of like) symbols[symbol] = 1;
  characterSets.set(like.join(), symbols);
  return symbols;
}

/** Whatever is beyond ASCII is one symbol: a class that takes some of it is taken to take it all. */
function symbolsOf(ranges: readonly Range[], negated: boolean): Uint8Array {
  const symbols = new Uint8Array(SYMBOLS);
  for (const [from, to] of ranges)
    for (let code = from; code <= Math.min(to, SYMBOLS - 1); code += 1) symbols[code] = 1;
  return negated ? symbols.map((one) => 1 - one) : symbols;
}
