/** An address of each kind that ranges tell apart. */
import fc from 'fast-check';
import { addressesTold } from '../../../src/lib/lint/addresses-told';
import { inRange } from '../../../src/lib/match/cidr';

const range = (address_prefix: string, prefix_len: number) => ({ address_prefix, prefix_len });
const drawnRange = fc.oneof(
  fc.record({
    address_prefix: fc
      .tuple(fc.constantFrom(10, 11), fc.nat(3), fc.constant(0), fc.nat(7))
      .map((four) => four.join('.')),
    prefix_len: fc.constantFrom(0, 7, 8, 15, 16, 24, 29, 30, 31, 32),
  }),
  fc.record({
    address_prefix: fc
      .tuple(fc.constantFrom('fd00', '::ffff'), fc.nat(5))
      .map(([start, end]) => `${start === 'fd00' ? 'fd00::' : '::ffff:0:'}${end}`),
    prefix_len: fc.constantFrom(0, 8, 96, 126, 127, 128),
  }),
);

it('gives an address for every set of ranges that some address is in', () => {
  const anyAddress = fc.oneof(
    fc.tuple(fc.constantFrom(9, 10, 11), fc.nat(3), fc.nat(1), fc.nat(8)).map((four) => four.join('.')),
    fc.nat(9).map((end) => `fd00::${end}`),
    fc.nat(9).map((end) => `::ffff:0:${end}`),
  );
  fc.assert(
    fc.property(
      fc.array(drawnRange, { maxLength: 8 }),
      fc.array(anyAddress, { maxLength: 20 }),
      (ranges, addresses) => {
        const kindOf = (ip: string) => `${ip.includes(':')} ${ranges.map((one) => inRange(ip, one)).join()}`;
        const told = addressesTold(ranges);
        const kinds = new Set(told.map(kindOf));
        expect(kinds.size).toBe(told.length);
        for (const ip of addresses) expect(kinds).toContain(kindOf(ip));
      },
    ),
  );
});

it('leaves out what is not an address, and what ranges within it cover', () => {
  expect(addressesTold([range('nowhere', 8)])).toEqual(['0.0.0.0', '0:0:0:0:0:0:0:0']);
  expect(addressesTold([range('0.0.0.0', 1), range('128.0.0.0', 1), range('::', 0)])).toEqual([
    '0.0.0.0',
    '128.0.0.0',
    '0:0:0:0:0:0:0:0',
  ]);
});
