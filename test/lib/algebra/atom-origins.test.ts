/** A set of a version long ago comes to the present in a few steps, and is what it is by one step at a time. */
import fc from 'fast-check';
import { AtomOrigins } from '../../../src/lib/algebra/atom-origins';
import { atomsIn, noAtoms, putAtom } from '../../../src/lib/algebra/atoms';

/** Each version has one atom more: one is divided, and all have other numbers. */
function divided(versions: number, seed: number): { readonly origins: AtomOrigins; readonly steps: Int32Array[] } {
  const origins = new AtomOrigins();
  const steps = Array.from({ length: versions }, (_unused, version) =>
    Int32Array.from({ length: version + 2 }, (_none, atom) => (atom * (seed % 2 === 0 ? 1 : 7) + seed) % (version + 1)),
  );
  for (const step of steps) origins.push(step);
  return { origins, steps };
}

test.each([1, 2, 3, 100, 1000])('of %d versions none is more than a few steps back', (versions) => {
  const { origins } = divided(versions, 3);
  for (let version = 0; version <= versions; version += 1) {
    expect(origins.from(version).length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(versions + 1)));
  }
});

test('a set is the same by long steps and by single ones, also where versions come in between', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(40), fc.nat(10), fc.infiniteStream(fc.boolean()), (before, after, seed, chosen) => {
      const { steps } = divided(before + after, seed);
      const origins = new AtomOrigins();
      for (const step of steps.slice(0, before)) origins.push(step);
      const old = noAtoms(origins.sizeOf(before));
      for (let atom = 0; atom < origins.sizeOf(before); atom += 1) if (chosen.next().value === true) putAtom(old, atom);
      let expected = [...atomsIn(old)];
      for (const step of steps.slice(before)) {
        origins.push(step);
        expected = [...step.keys()].filter((atom) => expected.includes(step[atom] ?? 0));
        expect([...atomsIn(origins.lifted(old, before))]).toEqual(expected);
      }
    }),
    { numRuns: 50 },
  );
});
