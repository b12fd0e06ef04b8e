/**
 * The values of one dimension of a request, divided into atoms: the coarsest classes of which each condition that was added
 * gives one answer. Sets of values are sets of atoms, so that what is done with them costs nothing.
 * H. Yang, S. Lam: Real-time Verification of Network Properties using Atomic Predicates, IEEE/ACM Transactions on Networking 24(2)
 */
import { AtomOrigins } from './atom-origins';
import { allAtoms, hasAtom, noAtoms, putAtom } from './atoms';
import { Language, LanguageTooLarge } from './language';
import { productOf } from './product';
import { shortestTexts } from './shortest';
import { labelOf, type TextLabels, type Texts, textsOf } from './texts';
import type { Universe } from './universe';
import { type AtomSet, ValueSet } from './value-set';

/** More atoms than this are not made of what automata tell apart, and of texts that are listed. */
const MOST_ATOMS = 50_000;
const MOST_LISTED = 250_000;

export class Space {
  readonly universe: Universe;
  /** What is said of each text: the number of its atom and 1; 0 where it is not spoken of. */
  #labels: TextLabels;
  /** A shortest text of each atom. */
  #shortest: readonly string[];
  readonly #origins = new AtomOrigins();
  /** Of each condition that was added, the atoms of each label as of the version that it came with. */
  readonly #known = new Map<TextLabels, { readonly version: number; readonly byLabel: Map<number, number[]> }>();
  #all: AtomSet | null = null;
  #shortestFirst: { readonly version: number; readonly atoms: readonly number[] } | null = null;
  readonly #tooLarge = new Set<TextLabels>();

  constructor(universe: Universe) {
    this.universe = universe;
    const { of } = textsOf(universe.values);
    this.#labels = of;
    this.#shortest = [universe.values.member() ?? ''];
  }

  get version(): number {
    return this.#origins.version;
  }

  get size(): number {
    return this.#shortest.length;
  }

  /** Every value that is spoken of. */
  get all(): ValueSet {
    if (this.#all?.version !== this.version) this.#all = { version: this.version, atoms: allAtoms(this.size) };
    return new ValueSet(this, this.universe.absent, this.#all);
  }

  /** Divides the atoms by more conditions; gives those that would make too many. */
  add(texts: readonly Texts[]): ReadonlySet<TextLabels> {
    const all = [...new Set(texts.map(({ of }) => of))];
    this.#addAll(all.filter((one) => !this.#known.has(one) && !this.#tooLarge.has(one)));
    return new Set(all.filter((one) => this.#tooLarge.has(one)));
  }

  /** The values that a condition takes, which was added. */
  setOf({ of, label, isNot }: Texts, absent: boolean): ValueSet {
    const { version = this.version, byLabel = new Map<number, number[]>() } = this.#known.get(of) ?? {};
    const own = label === 0 ? [...byLabel.values()].flat() : (byLabel.get(label) ?? []);
    const atoms = noAtoms(this.#origins.sizeOf(version));
    for (const atom of own) putAtom(atoms, atom);
    const found = new ValueSet(this, absent, { version, atoms });
    return isNot === (label === 0) ? found : found.opposite(absent);
  }

  /** The same set as of now. */
  lifted({ version, atoms }: AtomSet): Uint32Array {
    return this.#origins.lifted(atoms, version);
  }

  /** The number of a text's atom; negative where it is not spoken of. */
  atomOf(text: string): number {
    return labelOf(this.#labels, text) - 1;
  }

  /** A shortest text of one of the atoms, of several the first; null where there are none. */
  shortestIn(atoms: Uint32Array): string | null {
    const found = this.#inOrder().find((atom) => hasAtom(atoms, atom));
    return found === undefined ? null : this.shortestOf(found);
  }

  shortestOf(atom: number): string {
    return this.#shortest[atom] ?? '';
  }

  /** Atoms with the shortest text first. */
  #inOrder(): readonly number[] {
    const { version } = this;
    if (this.#shortestFirst?.version !== version) {
      const lengths = this.#shortest.map((text) => text.length);
      const atoms = [...lengths.keys()].sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
      this.#shortestFirst = { version, atoms };
    }
    return this.#shortestFirst.atoms;
  }

  /** Where together they are too large, each half alone may not be. */
  #addAll(fresh: readonly TextLabels[]): void {
    if (fresh.length === 0) return;
    try {
      this.#divide(fresh);
    } catch (error) {
      if (!(error instanceof LanguageTooLarge)) throw error;
      if (fresh.length === 1) for (const one of fresh) this.#tooLarge.add(one);
      else {
        const half = fresh.length >> 1;
        this.#addAll(fresh.slice(0, half));
        this.#addAll(fresh.slice(half));
      }
    }
  }

  #divide(fresh: readonly TextLabels[]): void {
    const before = this.#labels;
    const parts = [before, ...fresh];
    const product = productOf(parts);
    const tables = { ...product, start: 0 };
    const listed = listedIn(parts);
    const atoms = new Map<string, { readonly said: readonly number[]; shortest: string }>();
    const numbers = new Map<string, number>();
    const atomFor = (said: readonly number[], text: string, most: number): number => {
      if (said[0] !== 0) return 0;
      const name = said.join();
      const known = atoms.get(name);
      if (known === undefined) {
        if (atoms.size >= most) throw new LanguageTooLarge();
        atoms.set(name, { said, shortest: text });
        numbers.set(name, atoms.size);
      } else if (text.length < known.shortest.length) known.shortest = text;
      return numbers.get(name) ?? 0;
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
    this.#labels = {
      tables: { classOf: product.classOf, classes: product.classes, next: product.next, start: 0 },
      labels: product.says.map((said) => labels[said] ?? 0),
      listed: own,
    };
    const all = [...atoms.values()];
    this.#shortest = all.map((one) => one.shortest);
    this.#origins.push(Int32Array.from(all, ({ said }) => (said[1] ?? 1) - 1));
    for (const labelsOf of fresh) this.#known.set(labelsOf, { version: this.version, byLabel: new Map() });
    for (const [atom, { said }] of all.entries()) {
      for (let at = 2; at < said.length; at += 2) this.#note(parts[said[at] ?? 0], said[at + 1] ?? 0, atom);
    }
  }

  #note(part: TextLabels | undefined, label: number, atom: number): void {
    const known = part === undefined ? undefined : this.#known.get(part)?.byLabel;
    const atoms = known?.get(label);
    if (atoms === undefined) known?.set(label, [atom]);
    else atoms.push(atom);
  }
}

/** Every text that some part lists, with what the parts that list it say, by their numbers. */
function listedIn(parts: readonly TextLabels[]): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const listed = new Map<string, Map<number, number>>();
  for (const [part, own] of parts.entries()) {
    for (const [text, label] of own.listed) {
      const known = listed.get(text);
      if (known === undefined) listed.set(text, new Map([[part, label]]));
      else known.set(part, label);
    }
  }
  return listed;
}

/** What the parts say of a listed text: they know better than their automata. */
function overridden(said: readonly number[], overrides: ReadonlyMap<number, number>): readonly number[] {
  const all = new Map<number, number>();
  for (let at = 0; at < said.length; at += 2) all.set(said[at] ?? 0, said[at + 1] ?? 0);
  for (const [part, label] of overrides) all.set(part, label);
  return [...all]
    .filter(([, label]) => label !== 0)
    .sort(([a], [b]) => a - b)
    .flat();
}
