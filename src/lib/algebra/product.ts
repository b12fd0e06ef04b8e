/**
 * Several automata walked at once, as one whose states know what each of them says. An automaton that says the same of all
 * that may follow is left out from there on, so that thousands of prefixes make no more states than their characters.
 */
import { LanguageTooLarge, SYMBOLS } from './language';
import type { TextLabels } from './texts';

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

/** States of which a part says the same of all that may follow. */
const settledOf = new WeakMap<TextLabels, Uint8Array>();

/**
 * The product's start is state 0. Throws LanguageTooLarge.
 * @param parts where the first says 0 of all that may follow, it does not matter what the others say: they say 0, too
 */
export function productOf(parts: readonly TextLabels[]): Product {
  const { classOf, symbols } = commonClasses(parts);
  const classes = symbols.length;
  const rows = parts.map(({ tables }) => symbols.map((symbol) => tables.classOf[symbol] ?? 0));
  const settled = parts.map(settledStates);
  const states = new Map<string, number>();
  /** Of each state, its live parts with their states, and then what the others have said. */
  const open: { readonly live: readonly number[]; readonly said: readonly number[] }[] = [];
  const numberOf = (live: readonly number[], said: readonly number[]): number => {
    const name = `${live.join()}|${said.join()}`;
    const known = states.get(name);
    if (known !== undefined) return known;
    if (open.length >= MOST_STATES) throw new LanguageTooLarge();
    states.set(name, open.length);
    open.push({ live, said });
    return open.length - 1;
  };
  const enter = (pairs: readonly number[], before: readonly number[]): number => {
    const live: number[] = [];
    let said = before;
    for (let at = 0; at < pairs.length; at += 2) {
      const [part = 0, state = 0] = [pairs[at], pairs[at + 1]];
      if (settled[part]?.[state] !== 1) live.push(part, state);
      else {
        const label = parts[part]?.labels[state] ?? 0;
        if (label !== 0) said = inserted(said, part, label);
        else if (part === 0) return numberOf([], []);
      }
    }
    return numberOf(live, said);
  };
  enter(
    parts.flatMap(({ tables }, part) => [part, tables.start]),
    [],
  );
  const next: number[] = [];
  // The list grows while it is gone through.
  for (const { live, said } of open) {
    for (let one = 0; one < classes; one += 1) {
      const pairs = new Array<number>(live.length);
      for (let at = 0; at < live.length; at += 2) {
        const [part = 0, state = 0] = [live[at], live[at + 1]];
        const { tables } = parts[part] ?? { tables: null };
        pairs[at] = part;
        pairs[at + 1] = tables?.next[state * tables.classes + (rows[part]?.[one] ?? 0)] ?? 0;
      }
      next.push(enter(pairs, said));
    }
  }
  const sayings = new Map<string, number>();
  const texts: (readonly number[])[] = [];
  const says = open.map(({ live, said }) => {
    let all = said;
    for (let at = 0; at < live.length; at += 2) {
      const label = parts[live[at] ?? 0]?.labels[live[at + 1] ?? 0] ?? 0;
      if (label !== 0) all = inserted(all, live[at] ?? 0, label);
    }
    const name = all.join();
    const known = sayings.get(name) ?? texts.length;
    if (known === texts.length) texts.push(all);
    sayings.set(name, known);
    return known;
  });
  return { classOf, classes, next: Int32Array.from(next), says: Int32Array.from(says), sayings: texts };
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
  const into: number[][] = Array.from({ length: states }, () => []);
  const open = new Set<number>();
  for (let state = 0; state < states; state += 1) {
    for (let one = 0; one < classes; one += 1) {
      const to = next[state * classes + one] ?? 0;
      if (labels[to] === labels[state]) into[to]?.push(state);
      else open.add(state);
    }
  }
  // The set grows while it is gone through.
  for (const state of open) for (const from of into[state] ?? []) open.add(from);
  const settled = Uint8Array.from(labels, (_label, state) => Number(!open.has(state)));
  settledOf.set(part, settled);
  return settled;
}
