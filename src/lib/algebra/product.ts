/**
 * Several automata walked at once, as one whose states know what each of them says. An automaton that says the same of all
 * that may follow is left out from there on, so that thousands of prefixes make no more states than their characters.
 */
import { LanguageTooLarge, SYMBOLS } from './language';
import { grown, Sequences } from './sequences';
import type { TextLabels } from './texts';
import { transposed } from './transposed';

export interface Product {
  readonly classOf: Uint8Array;
  readonly classes: number;
  readonly next: Int32Array;
  /** Of each state, the number of what it says. */
  readonly says: Int32Array;
  /** What can be said: of each part that does not say 0, its number and its label, one after the other. */
  readonly sayings: readonly (readonly number[])[];
}

/** More states than this are not made. */
const MOST_STATES = 150_000;
/** Nor so many that together hold more numbers: a state of thousands of parts holds thousands. */
const MOST_HELD = 8_000_000;
/** Nor are automata walked by more steps. */
const MOST_STEPS = 60_000_000;

/** States of which a part says the same of all that may follow. */
const settledOf = new WeakMap<TextLabels, Uint8Array>();

/**
 * The product's start is state 0. Throws LanguageTooLarge.
 * @param parts where the first says 0 of all that may follow, it does not matter what the others say: they say 0, too
 */
export function productOf(parts: readonly TextLabels[]): Product {
  const { classOf, symbols } = commonClasses(parts);
  const classes = symbols.length;
  const walked = parts.map((part) => walkedPart(part, symbols));
  const sayings = new Sayings(parts);
  // Of each state, what the parts that are settled have said, and then the others, each with its state.
  const states = new Sequences();
  const state = new Int32Array(2 * parts.length + 1);
  let length = 1;
  const begin = (said: number): void => {
    state[0] = said;
    length = 1;
  };
  /** Whether what follows is not spoken of, so that no other part matters. */
  const enter = (part: number, to: number): boolean => {
    const { settled, labels } = walked[part] ?? NO_PART;
    if (settled[to] !== 1) {
      state[length] = part;
      state[length + 1] = to;
      length += 2;
      return false;
    }
    const label = labels[to] ?? 0;
    if (label !== 0) state[0] = sayings.with(state[0] ?? 0, part, label);
    return label === 0 && part === 0;
  };
  const entered = (isOutside: boolean): number => {
    if (isOutside) begin(0);
    const number = states.numberOf(state, length);
    if (number >= MOST_STATES || states.held > MOST_HELD) throw new LanguageTooLarge();
    return number;
  };
  begin(0);
  entered(walked.some(({ start }, part) => enter(part, start)));
  let next = new Int32Array(64 * classes);
  let steps = 0;
  for (let from = 0; from < states.count; from += 1) {
    const own = states.of(from);
    steps += own.length * classes;
    if (steps > MOST_STEPS) throw new LanguageTooLarge();
    if (next.length < (from + 1) * classes) next = grown(next, (from + 1) * classes);
    for (let one = 0; one < classes; one += 1) {
      begin(own[0] ?? 0);
      let isOutside = false;
      for (let at = 1; at < own.length && !isOutside; at += 2) {
        const part = own[at] ?? 0;
        const { tables, row } = walked[part] ?? NO_PART;
        isOutside = enter(part, tables.next[(own[at + 1] ?? 0) * tables.classes + (row[one] ?? 0)] ?? 0);
      }
      next[from * classes + one] = entered(isOutside);
    }
  }
  return { classOf, classes, next: next.slice(0, states.count * classes), ...saidIn(states, walked, sayings) };
}

/** A part as it is walked. */
interface WalkedPart {
  readonly tables: TextLabels['tables'];
  readonly labels: Int32Array;
  readonly start: number;
  /** The part's own class of each class of the product. */
  readonly row: Uint8Array;
  readonly settled: Uint8Array;
}

const NO_PART: WalkedPart = {
  tables: { classOf: new Uint8Array(SYMBOLS), classes: 1, next: new Int32Array(1), start: 0 },
  labels: new Int32Array(1),
  start: 0,
  row: new Uint8Array(1),
  settled: new Uint8Array(1),
};

function walkedPart(part: TextLabels, symbols: readonly number[]): WalkedPart {
  const { tables, labels } = part;
  const row = Uint8Array.from(symbols, (symbol) => tables.classOf[symbol] ?? 0);
  return { tables, labels, start: tables.start, row, settled: settledStates(part) };
}

/** Lists of parts and their labels, each with a number; 0 is the empty one. */
class Sayings {
  readonly lists: (readonly number[])[] = [[]];
  readonly #parts: number;
  readonly #labels: number;
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #longer = new Map<number, number>();

  constructor(parts: readonly TextLabels[]) {
    this.#parts = parts.length;
    this.#labels = parts.reduce((most, { labels }) => labels.reduce((a, b) => Math.max(a, b), most), 0) + 1;
  }

  /** The number of a list with one pair more. */
  with(number: number, part: number, label: number): number {
    const step = (number * this.#parts + part) * this.#labels + label;
    const known = this.#longer.get(step);
    if (known !== undefined) return known;
    const list = inserted(this.lists[number] ?? [], part, label);
    const name = list.join();
    const found = this.#numbers.get(name) ?? this.lists.length;
    if (found === this.lists.length) this.lists.push(list);
    this.#numbers.set(name, found);
    this.#longer.set(step, found);
    return found;
  }
}

/** What is said of the texts that end in each state. */
function saidIn(states: Sequences, walked: readonly WalkedPart[], sayings: Sayings): Pick<Product, 'says' | 'sayings'> {
  const numbers = new Map<number, number>();
  const says = new Int32Array(states.count);
  for (let state = 0; state < says.length; state += 1) {
    const own = states.of(state);
    let said = own[0] ?? 0;
    for (let at = 1; at < own.length; at += 2) {
      const part = own[at] ?? 0;
      const label = walked[part]?.labels[own[at + 1] ?? 0] ?? 0;
      if (label !== 0) said = sayings.with(said, part, label);
    }
    const known = numbers.get(said) ?? numbers.size;
    numbers.set(said, known);
    says[state] = known;
  }
  return { says, sayings: [...numbers.keys()].map((said) => sayings.lists[said] ?? []) };
}

/** Pairs stay in the order of their parts, so that the same is said in the same words. */
function inserted(said: readonly number[], part: number, label: number): readonly number[] {
  let at = said.length;
  while (at > 0 && (said[at - 2] ?? 0) > part) at -= 2;
  return [...said.slice(0, at), part, label, ...said.slice(at)];
}

/** Classes of symbols that no part tells apart, and a symbol of each. */
function commonClasses(parts: readonly TextLabels[]): {
  readonly classOf: Uint8Array;
  readonly symbols: readonly number[];
} {
  const classOf = new Uint8Array(SYMBOLS);
  let count = 1;
  for (const { tables } of new Map(parts.map((part) => [part.tables.classOf, part])).values()) {
    if (tables.classes === 1) continue;
    const numbers = new Map<number, number>();
    for (let symbol = 0; symbol < SYMBOLS; symbol += 1) {
      const id = (classOf[symbol] ?? 0) * 256 + (tables.classOf[symbol] ?? 0);
      const number = numbers.get(id) ?? numbers.size;
      numbers.set(id, number);
      classOf[symbol] = number;
    }
    count = numbers.size;
  }
  return { classOf, symbols: Array.from({ length: count }, (_unused, one) => classOf.indexOf(one)) };
}

function settledStates(part: TextLabels): Uint8Array {
  const known = settledOf.get(part);
  if (known !== undefined) return known;
  const { tables, labels } = part;
  const { next, classes } = tables;
  const states = labels.length;
  const { from, starts } = transposed(next, classes, states);
  const settled = new Uint8Array(states).fill(1);
  const open: number[] = [];
  for (let state = 0; state < states; state += 1) {
    for (let at = state * classes; at < (state + 1) * classes; at += 1) {
      if (labels[next[at] ?? 0] === labels[state]) continue;
      settled[state] = 0;
      open.push(state);
      break;
    }
  }
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (let at = starts[state] ?? 0; at < (starts[state + 1] ?? 0); at += 1) {
      const before = from[at] ?? 0;
      if (settled[before] === 0) continue;
      settled[before] = 0;
      open.push(before);
    }
  }
  settledOf.set(part, settled);
  return settled;
}
