import fc from 'fast-check';
import { Windows } from '../../../src/lib/scan/input';

const BYTES = Buffer.from(Array.from({ length: 900_000 }, (_, index) => (index * 7) % 251));

test('windows give the bytes of any place, of a document that is read by pieces of any size', () => {
  const place = fc.tuple(fc.integer({ min: 0, max: 900_000 }), fc.integer({ min: 0, max: 600_000 }));
  fc.assert(
    fc.property(fc.array(place, { maxLength: 8 }), fc.integer({ min: 1_000, max: 1_000_000 }), (places, size) => {
      const windows = new Windows({
        read: (into, offset) => {
          const piece = BYTES.subarray(offset, offset + Math.min(size, into.length));
          into.set(piece);
          return piece.length;
        },
        close: () => undefined,
      });
      for (const [offset, length] of places) {
        expect(BYTES.subarray(offset, offset + length).equals(windows.at(offset, length))).toBe(true);
      }
    }),
  );
});
