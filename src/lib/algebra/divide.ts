/** Atoms of a space divided by more conditions. */
import { Language, LanguageTooLarge } from './language';
import { productOf } from './product';
import { shortestTexts } from './shortest';
import type { TextLabels } from './texts';

/** More atoms than this are not made of what automata tell apart, and of texts that are listed. */
const MOST_ATOMS = 50_000;
const MOST_LISTED = 250_000;

/** By what a condition says, the numbers of the atoms of which it says it. */
export type AtomsByLabel = ReadonlyMap<number, readonly number[]>;

export interface DividedTexts {
  /** What is said of each text: the number of its atom and 1; 0 where it is not spoken of. */
  readonly labels: TextLabels;
  /** A shortest text of each atom. */
  readonly shortest: readonly string[];
  /** Of each atom the one that it was a part of. */
  readonly origins: Int32Array;
  /** Of each condition. */
  readonly byLabel: readonly AtomsByLabel[];
}

/** So many steps of automata are remembered of divisions together, and then those of another time begin. */
const MOST_REMEMBERED = 4_000_000;
/** Larger ones are not remembered. */
const MOST_OF_ONE = 500_000;
/** A text, with its place in a map, takes as much room as so many steps. */
const OF_TEXT = 30;

const numbers = new WeakMap<TextLabels, number>();
let lastNumber = 0;
const remembered = new Map<string, DividedTexts>();
let size = 0;

/** The same conditions divide the same atoms again and again: ways to a proxy, and proxies, ask the same. Throws LanguageTooLarge. */
export function dividedBy(before: TextLabels, fresh: readonly TextLabels[]): DividedTexts {
  const name = [before, ...fresh].map(numberOf).join();
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const made = divide(before, fresh);
  const { tables, listed } = made.labels;
  const own = tables.next.length + OF_TEXT * (listed.size + made.shortest.length);
  if (own > MOST_OF_ONE) return made;
  if (size + own > MOST_REMEMBERED) {
    remembered.clear();
    size = 0;
  }
  remembered.set(name, made);
  size += own;
  return made;
}

function numberOf(labels: TextLabels): number {
  const known = numbers.get(labels);
  if (known !== undefined) return known;
  lastNumber += 1;
  numbers.set(labels, lastNumber);
  return lastNumber;
}

/** An atom as it is made: what is said of it. */
interface Atom {
  readonly said: readonly number[];
  readonly label: number;
  shortest: string;
}

function divide(before: TextLabels, fresh: readonly TextLabels[]): DividedTexts {
  const parts = [before, ...fresh];
  const product = productOf(parts);
  const tables = { classOf: product.classOf, classes: product.classes, next: product.next, start: 0 };
  const listed = listedIn(parts);
  const atoms = new Map<string, Atom>();
  const atomFor = (said: readonly number[], text: string, most: number): number => {
    if (said[0] !== 0) return 0;
    const name = said.join();
    const known = atoms.get(name);
    if (known !== undefined) {
      if (text.length < known.shortest.length) known.shortest = text;
      return known.label;
    }
    if (atoms.size >= most) throw new LanguageTooLarge();
    atoms.set(name, { said, label: atoms.size + 1, shortest: text });
    return atoms.size;
  };
  const own = new Map<string, number>();
  for (const [text, overrides] of listed) {
    const said = product.sayings[product.says[Language.stateAfter(tables, text)] ?? 0] ?? [];
    const label = atomFor(overridden(said, overrides), text, MOST_LISTED);
    if (label > 0) own.set(text, label);
  }
  const shortest = shortestTexts(product, listed.keys());
  const labels = product.sayings.map((said, number) => {
    const text = shortest.get(number);
    return text === undefined ? 0 : atomFor(said, text, listed.size + MOST_ATOMS);
  });
  const all = [...atoms.values()];
  return {
    labels: { tables, labels: product.says.map((said) => labels[said] ?? 0), listed: own },
    shortest: all.map((one) => one.shortest),
    origins: Int32Array.from(all, ({ said }) => (said[1] ?? 1) - 1),
    byLabel: atomsByLabel(all, fresh.length),
  };
}

function atomsByLabel(atoms: readonly Atom[], conditions: number): readonly AtomsByLabel[] {
  const byLabel = Array.from({ length: conditions }, () => new Map<number, number[]>());
  for (const [atom, { said }] of atoms.entries()) {
    for (let at = 2; at < said.length; at += 2) {
      const [own, label = 0] = [byLabel[(said[at] ?? 0) - 1], said[at + 1]];
      const known = own?.get(label);
      if (known === undefined) own?.set(label, [atom]);
      else known.push(atom);
    }
  }
  return byLabel;
}

/** Every text that some part lists, with what the parts that list it say: a part and its label, one after the other. */
function listedIn(parts: readonly TextLabels[]): ReadonlyMap<string, readonly number[]> {
  const listed = new Map<string, number[]>();
  for (const [part, own] of parts.entries()) {
    for (const [text, label] of own.listed) {
      const known = listed.get(text);
      if (known === undefined) listed.set(text, [part, label]);
      else known.push(part, label);
    }
  }
  return listed;
}

/** What the parts say of a listed text: they know better than their automata. Both are in the order of the parts. */
function overridden(said: readonly number[], overrides: readonly number[]): readonly number[] {
  const all: number[] = [];
  let at = 0;
  const take = (below: number): void => {
    for (; at < said.length && (said[at] ?? 0) < below; at += 2) all.push(said[at] ?? 0, said[at + 1] ?? 0);
  };
  for (let own = 0; own < overrides.length; own += 2) {
    const [part = 0, label = 0] = [overrides[own], overrides[own + 1]];
    take(part);
    if (said[at] === part) at += 2;
    if (label !== 0) all.push(part, label);
  }
  take(Infinity);
  return all;
}
