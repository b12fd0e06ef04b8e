/** How the atoms of a space were divided, version by version. */
import { hasAtom, noAtoms, putAtom } from './atoms';

/**
 * Of each version but the first, the atom of the version before that each atom is a part of. Steps are put together to longer
 * ones, of 2, 4, 8, … versions, as they are asked for: thousands of sets that are as old as thousands of versions come to the
 * present in a few steps each.
 */
export class AtomOrigins {
  readonly #steps: Int32Array[] = [];
  /** By how many versions they lead on, as a power of two, and where they begin. */
  readonly #longer: Map<number, Int32Array>[] = [];

  /** The present version, from 0. */
  get version(): number {
    return this.#steps.length;
  }

  /** The atoms were divided once more: of each atom of now the number of the one that it was a part of. */
  push(origins: Int32Array): void {
    this.#steps.push(origins);
  }

  /** How many atoms a version has; the first has one. */
  sizeOf(version: number): number {
    return this.#steps[version - 1]?.length ?? 1;
  }

  /** The steps from a version to the present, in order. */
  from(version: number): readonly Int32Array[] {
    const steps: Int32Array[] = [];
    let at = version;
    while (at < this.version) {
      let level = 0;
      while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= this.version) level += 1;
      steps.push(this.#step(level, at));
      at += 2 ** level;
    }
    return steps;
  }

  /** The same set of atoms as of now. */
  lifted(atoms: Uint32Array, version: number): Uint32Array {
    let now = atoms;
    for (const origins of this.from(version)) {
      const lifted = noAtoms(origins.length);
      for (let atom = 0; atom < origins.length; atom += 1) if (hasAtom(now, origins[atom] ?? 0)) putAtom(lifted, atom);
      now = lifted;
    }
    return now;
  }

  #step(level: number, at: number): Int32Array {
    if (level === 0) return this.#steps[at] ?? new Int32Array();
    const known = this.#longer[level]?.get(at);
    if (known !== undefined) return known;
    const first = this.#step(level - 1, at);
    const made = this.#step(level - 1, at + 2 ** (level - 1)).map((atom) => first[atom] ?? 0);
    (this.#longer[level] ??= new Map<number, Int32Array>()).set(at, made);
    return made;
  }
}
