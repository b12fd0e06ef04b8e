import fc from 'fast-check';
import { Sequences } from '../../../src/lib/algebra/sequences';

it('numbers sequences in the order in which they come, the same ones alike', () => {
  const sequence = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(sequence, { maxLength: 300 }), (all) => {
      const sequences = new Sequences();
      const known = new Map<string, number>();
      for (const one of all) {
        const name = one.join();
        if (!known.has(name)) known.set(name, known.size);
        const behind = Int32Array.from([...one, 9]);
        expect(sequences.numberOf(behind, one.length)).toBe(known.get(name));
      }
      expect(sequences.count).toBe(known.size);
      for (const [name, number] of known) expect(sequences.of(number).join()).toBe(name);
    }),
  );
});
