/**
 * The values of one dimension of a request, divided into atoms: the coarsest classes of which each condition that was added
 * gives one answer. Sets of values are sets of atoms, so that what is done with them costs nothing.
 * H. Yang, S. Lam: Real-time Verification of Network Properties using Atomic Predicates, IEEE/ACM Transactions on Networking 24(2)
 */
import { AtomOrigins } from './atom-origins';
import { allAtoms, hasAtom, noAtoms, putAtom } from './atoms';
import { type AtomsByLabel, dividedBy } from './divide';
import { LanguageTooLarge } from './language';
import { labelOf, type TextLabels, type Texts, textsOf } from './texts';
import type { Universe } from './universe';
import { type AtomSet, ValueSet } from './value-set';

/** After so many tries that were too large, what else automata tell is not tried: each try costs as much as a large automaton. */
const MOST_FAILURES = 8;
/** More conditions than this that are too large together are tried in eighths, fewer in halves. */
const MANY = 64;

const NO_ATOMS: AtomsByLabel = new Map();

export class Space {
  readonly universe: Universe;
  /** What is said of each text: the number of its atom and 1; 0 where it is not spoken of. */
  #labels: TextLabels;
  /** A shortest text of each atom. */
  #shortest: readonly string[];
  readonly #origins = new AtomOrigins();
  /** Of each condition that was added, the atoms of each label as of the version that it came with. */
  readonly #known = new Map<TextLabels, { readonly version: number; readonly byLabel: AtomsByLabel }>();
  #all: AtomSet | null = null;
  #shortestFirst: { readonly version: number; readonly atoms: readonly number[] } | null = null;
  readonly #tooLarge = new Set<TextLabels>();
  #failures = 0;
  readonly #dividedBy: typeof dividedBy;

  constructor(universe: Universe, divide: typeof dividedBy = dividedBy) {
    this.universe = universe;
    this.#dividedBy = divide;
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
    const { version = this.version, byLabel = NO_ATOMS } = this.#known.get(of) ?? {};
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

  isOneText(atom: number): boolean {
    const { labels, listed } = this.#labels;
    if (labels.includes(atom + 1)) return false;
    let texts = 0;
    for (const label of listed.values()) if (label === atom + 1) texts += 1;
    return texts === 1;
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

  /** Where together they are too large, each part alone may not be. */
  #addAll(fresh: readonly TextLabels[]): void {
    if (fresh.length === 0) return;
    if (this.#failures >= MOST_FAILURES && fresh.some(hasAutomaton)) {
      for (const one of fresh) if (hasAutomaton(one)) this.#tooLarge.add(one);
      this.#addAll(fresh.filter((one) => !hasAutomaton(one)));
      return;
    }
    try {
      this.#divide(fresh);
    } catch (error) {
      if (!(error instanceof LanguageTooLarge)) throw error;
      this.#failures += 1;
      if (fresh.length === 1) for (const one of fresh) this.#tooLarge.add(one);
      else for (const part of partsOf(fresh, fresh.length > MANY ? 8 : 2)) this.#addAll(part);
    }
  }

  #divide(fresh: readonly TextLabels[]): void {
    const { labels, shortest, origins, byLabel } = this.#dividedBy(this.#labels, fresh);
    this.#labels = labels;
    this.#shortest = shortest;
    this.#origins.push(origins);
    for (const [index, one] of fresh.entries())
      this.#known.set(one, { version: this.version, byLabel: byLabel[index] ?? new Map<number, number[]>() });
  }
}

function partsOf<T>(all: readonly T[], count: number): readonly (readonly T[])[] {
  const size = Math.ceil(all.length / count);
  return Array.from({ length: Math.ceil(all.length / size) }, (_part, at) => all.slice(at * size, (at + 1) * size));
}

/** Whether more than listed texts are told apart. */
function hasAutomaton({ labels }: TextLabels): boolean {
  return labels.length > 1;
}
