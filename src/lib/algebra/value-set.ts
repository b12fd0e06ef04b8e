/** Values that one dimension of a request may have, its being missing among them: a set of the atoms of its space. */
import { allAtoms, areApart, atomsIn, hasAtom, isWithinAtoms, putAtom } from './atoms';

/** A set of atoms as of a version of the space. */
export interface AtomSet {
  readonly version: number;
  readonly atoms: Uint32Array;
}

/** The space whose atoms they are. */
interface Atoms {
  readonly universe: { readonly absent: boolean };
  readonly version: number;
  /** How many atoms there are. */
  readonly size: number;
  /** The same set as of now. */
  lifted(set: AtomSet): Uint32Array;
  /** The number of a text's atom; negative where it is not spoken of. */
  atomOf(text: string): number;
  /** A shortest text of one of the atoms; null where there are none. */
  shortestIn(atoms: Uint32Array): string | null;
  /** Whether an atom is known to be one text and no more. */
  isOneText(atom: number): boolean;
}

/** Texts that a set had better have, the best first. */
export interface LikedValues {
  readonly version: number;
  readonly byAtom: ReadonlyMap<number, string>;
}

/** As it is kept: of a large space a set of few atoms as their numbers, since thousands of classes have one each. */
type Kept = AtomSet | { readonly version: number; readonly few: readonly number[]; readonly words: number };

/** Sets of spaces with no more words than this are kept as they are. */
const FEW_WORDS = 64;
const FEW_ATOMS = 8;

function kept(own: AtomSet): Kept {
  const words = own.atoms.length;
  if (words <= FEW_WORDS) return own;
  const few: number[] = [];
  for (const atom of atomsIn(own.atoms)) {
    if (few.length >= FEW_ATOMS) return own;
    few.push(atom);
  }
  return { version: own.version, few, words };
}

function opened(own: Kept): AtomSet {
  if ('atoms' in own) return own;
  const atoms = new Uint32Array(own.words);
  for (const atom of own.few) putAtom(atoms, atom);
  return { version: own.version, atoms };
}

export class ValueSet {
  /** Whether it may be missing altogether. */
  readonly absent: boolean;
  readonly #space: Atoms;
  #own: Kept;

  constructor(space: Atoms, absent: boolean, own: AtomSet) {
    this.#space = space;
    this.absent = absent && space.universe.absent;
    this.#own = kept(own);
  }

  and(other: ValueSet): ValueSet {
    const theirs = other.atoms;
    return this.#with(
      this.absent && other.absent,
      this.atoms.map((word, at) => word & (theirs[at] ?? 0)),
    );
  }

  or(other: ValueSet): ValueSet {
    const theirs = other.atoms;
    return this.#with(
      this.absent || other.absent,
      this.atoms.map((word, at) => word | (theirs[at] ?? 0)),
    );
  }

  /** The values that are spoken of and not in it. */
  opposite(absent = !this.absent): ValueSet {
    const all = allAtoms(this.#space.size);
    return this.#with(
      absent,
      this.atoms.map((word, at) => ~word & (all[at] ?? 0)),
    );
  }

  isEmpty(): boolean {
    return !this.absent && this.atoms.every((word) => word === 0);
  }

  /** Whether it is one text that is known, and nothing else. */
  isOneText(): boolean {
    if (this.absent) return false;
    const [atom, more] = atomsIn(this.atoms);
    return atom !== undefined && more === undefined && this.#space.isOneText(atom);
  }

  isWithin(other: ValueSet): boolean {
    if (this.absent && !other.absent) return false;
    const few = this.#few();
    return few === null ? isWithinAtoms(this.atoms, other.atoms) : few.every((atom) => other.#hasAtom(atom));
  }

  isApartFrom(other: ValueSet): boolean {
    if (this.absent && other.absent) return false;
    const few = this.#few();
    if (few !== null) return !few.some((atom) => other.#hasAtom(atom));
    const theirs = other.#few();
    return theirs === null ? areApart(this.atoms, other.atoms) : !theirs.some((atom) => this.#hasAtom(atom));
  }

  isSame(other: ValueSet): boolean {
    return this.isWithin(other) && other.isWithin(this);
  }

  has(value: string | undefined): boolean {
    return this.hasAtom(value === undefined ? null : this.#space.atomOf(value));
  }

  /** @param atom the number, as of now, of a value's atom; null for no value, negative for one that is not spoken of */
  hasAtom(atom: number | null): boolean {
    return atom === null ? this.absent : atom >= 0 && this.#hasAtom(atom);
  }

  /** The first of the texts that is a value, else a shortest value; null where it has to be missing. */
  member(preferred: readonly string[] = []): string | null {
    return preferred.find((text) => this.has(text)) ?? this.#space.shortestIn(this.atoms);
  }

  /** Texts with the atoms that they are of, for `memberOf` of many sets of the same space; of each atom the first. */
  liked(preferred: readonly string[]): LikedValues {
    const byAtom = new Map<number, string>();
    for (const text of preferred) {
      const atom = this.#space.atomOf(text);
      if (atom >= 0 && !byAtom.has(atom)) byAtom.set(atom, text);
    }
    return { version: this.#space.version, byAtom };
  }

  /** As `member`; the list must be as of now. */
  memberOf({ version, byAtom }: LikedValues): string | null {
    if (version !== this.#space.version) throw new Error('the space was divided further since the list was made');
    const [only, ...more] = this.#few() ?? [];
    const own = only === undefined || more.length > 0 ? undefined : byAtom.get(only);
    if (own !== undefined) return own;
    const { atoms } = this;
    for (const [atom, text] of byAtom) if (hasAtom(atoms, atom)) return text;
    return this.#space.shortestIn(atoms);
  }

  /** The same text for the same set, as long as nothing is added to the space. */
  key(): string {
    let text = this.absent ? 'absent or' : '';
    for (const [at, word] of this.atoms.entries()) if (word !== 0) text += ` ${at}:${word}`;
    return text;
  }

  /** Numbers of its atoms as of now. */
  get atoms(): Uint32Array {
    const own = opened(this.#own);
    if (own.version === this.#space.version) return own.atoms;
    const now = { version: this.#space.version, atoms: this.#space.lifted(own) };
    this.#own = kept(now);
    return now.atoms;
  }

  /** The same one by one, in ascending order. */
  get numbers(): Iterable<number> {
    return this.#few() ?? atomsIn(this.atoms);
  }

  /** Its atoms as of now where they are kept as their numbers: what is asked of them need not look at all of a large space. */
  #few(): readonly number[] | null {
    if ('atoms' in this.#own) return null;
    if (this.#own.version !== this.#space.version)
      this.#own = kept({ version: this.#space.version, atoms: this.atoms });
    return 'atoms' in this.#own ? null : this.#own.few;
  }

  #hasAtom(atom: number): boolean {
    return this.#few()?.includes(atom) ?? hasAtom(this.atoms, atom);
  }

  #with(absent: boolean, atoms: Uint32Array): ValueSet {
    return new ValueSet(this.#space, absent, { version: this.#space.version, atoms });
  }
}
