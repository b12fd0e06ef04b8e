/** Sets of small numbers, as bits. */

function wordsFor(count: number): number {
  return (count + 31) >>> 5;
}

/** The empty set of so many atoms. */
export function noAtoms(count: number): Uint32Array {
  return new Uint32Array(wordsFor(count));
}

/** The set of all of so many atoms. */
export function allAtoms(count: number): Uint32Array {
  const all = new Uint32Array(wordsFor(count)).fill(0xffffffff);
  if (count % 32 !== 0) all[all.length - 1] = 2 ** (count % 32) - 1;
  return all;
}

/** Whether an atom, by its number, is in the set. */
export function hasAtom(atoms: Uint32Array, atom: number): boolean {
  return (((atoms[atom >>> 5] ?? 0) >>> (atom & 31)) & 1) === 1;
}

/** Puts an atom into the set. */
export function putAtom(atoms: Uint32Array, atom: number): void {
  atoms[atom >>> 5] = (atoms[atom >>> 5] ?? 0) | (1 << (atom & 31));
}

/** Takes an atom out of the set. */
export function dropAtom(atoms: Uint32Array, atom: number): void {
  atoms[atom >>> 5] = (atoms[atom >>> 5] ?? 0) & ~(1 << (atom & 31));
}

/** Whether two sets have the same atoms. */
export function areSameAtoms(a: Uint32Array, b: Uint32Array): boolean {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

/** Whether every atom of the first set is in the second. */
export function isWithinAtoms(a: Uint32Array, b: Uint32Array): boolean {
  for (let at = 0; at < a.length; at += 1) if (((a[at] ?? 0) & ~(b[at] ?? 0)) !== 0) return false;
  return true;
}

/** Whether two sets have no atom in common. */
export function areApart(a: Uint32Array, b: Uint32Array): boolean {
  for (let at = 0; at < a.length; at += 1) if (((a[at] ?? 0) & (b[at] ?? 0)) !== 0) return false;
  return true;
}

/** The numbers of the atoms in a set, in ascending order. */
export function* atomsIn(atoms: Uint32Array): Generator<number, void, undefined> {
  for (let at = 0; at < atoms.length; at += 1) {
    const word = atoms[at] ?? 0;
    for (let rest = word; rest !== 0; rest &= rest - 1) yield at * 32 + 31 - Math.clz32(rest & -rest);
  }
}
