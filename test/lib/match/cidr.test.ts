/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/address.proto#config-core-v3-cidrrange */
import * as fc from 'fast-check';
import {
  inRange,
  isAnyAddress,
  isLoopback,
  parseIp,
  prefixLength,
  rangeKey,
  sameIp,
} from '../../../src/lib/match/cidr';

const range = (text: string): { address_prefix: string; prefix_len: number } => {
  const [address_prefix = '', length = '0'] = text.split('/');
  return { address_prefix, prefix_len: Number(length) };
};

describe('an address range', () => {
  it.each([
    ['10.96.0.10', '10.96.0.0/16', true],
    ['10.97.0.10', '10.96.0.0/16', false],
    ['10.96.0.10', '10.96.255.255/16', true],
    ['10.0.0.1', '10.0.0.1/32', true],
    ['10.0.0.129', '10.0.0.128/25', true],
    ['10.0.0.127', '10.0.0.128/25', false],
    ['fd00::1', 'fd00::/8', true],
    ['fe00::1', 'fd00::/8', false],
    ['::1', '0.0.0.0/0', false],
    ['10.0.0.1', '::/0', false],
    ['host', '0.0.0.0/0', false],
  ])('%s in %s: %s', (ip, text, holds) => {
    expect(inRange(ip, range(text))).toBe(holds);
  });

  it('without a length is everything of its family', () => {
    expect(inRange('1.2.3.4', { address_prefix: '9.9.9.9' })).toBe(true);
    expect(prefixLength({ address_prefix: '9.9.9.9' })).toBe(0);
    expect(prefixLength({ address_prefix: '9.9.9.9', prefix_len: 99 })).toBe(32);
  });

  it('compares addresses however they are written', () => {
    expect(sameIp('fd00::1', 'fd00:0:0::0001')).toBe(true);
    expect(sameIp('10.0.0.1', '::ffff:10.0.0.1')).toBe(false);
    expect([isLoopback('127.9.9.9'), isLoopback('::1'), isLoopback('10.0.0.1'), isLoopback('')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([isAnyAddress('0.0.0.0'), isAnyAddress('::'), isAnyAddress('::1')]).toEqual([true, true, false]);
    expect(parseIp('::ffff:1.2.3.4')?.bytes.slice(-4)).toEqual([1, 2, 3, 4]);
  });

  it('/0 takes its whole family, a full length the address alone, and a longer prefix lies in a shorter one', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(address, address, fc.nat({ max: 128 }), fc.nat({ max: 128 }), (ip, prefix, one, other) => {
        const sameFamily = ip.includes(':') === prefix.includes(':');
        expect(inRange(ip, { address_prefix: prefix, prefix_len: 0 })).toBe(sameFamily);
        expect(inRange(ip, { address_prefix: prefix, prefix_len: 128 })).toBe(sameIp(ip, prefix));
        const [short, long] = one < other ? [one, other] : [other, one];
        if (inRange(ip, { address_prefix: prefix, prefix_len: long })) {
          expect(inRange(ip, { address_prefix: prefix, prefix_len: short })).toBe(true);
        }
        const own = { address_prefix: prefix, prefix_len: long };
        expect(inRange(ip, own)).toBe(rangeKey({ ...own, address_prefix: ip }) === rangeKey(own));
      }),
    );
  });
});
