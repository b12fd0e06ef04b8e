/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-for */
import { forwardedAddress, withForwarded } from '../../../src/lib/http/forwarded-for';
import { headerValues, type HttpMessage } from '../../../src/lib/http/message';
import { isUnknown, unknown } from '../../../src/lib/match/ternary';

const message: HttpMessage = {
  method: 'GET',
  authority: 'a',
  path: '/',
  scheme: 'http',
  protocol: 'HTTP/1.1',
  headers: [['x-forwarded-for', '203.0.113.1, 10.1.1.1']],
};
const somebody = unknown('who calls');

describe('X-Forwarded-For', () => {
  it('is one text where every entry is known', () => {
    expect(headerValues(withForwarded(message, '10.0.0.1'), 'x-forwarded-for')).toEqual([
      '203.0.113.1, 10.1.1.1,10.0.0.1',
    ]);
    expect(headerValues(withForwarded({ ...message, headers: [] }, '10.0.0.1'), 'x-forwarded-for')).toEqual([
      '10.0.0.1',
    ]);
  });

  it('counts from its end, over entries that are not known', () => {
    const one = withForwarded(message, somebody);
    const two = withForwarded(withForwarded(one, '10.0.0.9'), somebody);
    expect(isUnknown(headerValues(two, 'x-forwarded-for')[0])).toBe(true);
    expect([0, 1, 2, 3].map((skip) => forwardedAddress(one, skip))).toEqual([
      somebody,
      '10.1.1.1',
      '203.0.113.1',
      null,
    ]);
    expect([0, 1, 2, 3, 4, 5].map((skip) => forwardedAddress(two, skip))).toEqual([
      somebody,
      '10.0.0.9',
      somebody,
      '10.1.1.1',
      '203.0.113.1',
      null,
    ]);
  });

  it('is not known from where somebody has set it to what nobody knows', () => {
    const set = withForwarded({ ...message, headers: [['x-forwarded-for', somebody]] }, '10.0.0.9');
    expect(forwardedAddress(set, 0)).toBe('10.0.0.9');
  });

  it('names nobody where the entry is not an address', () => {
    expect(forwardedAddress({ ...message, headers: [['x-forwarded-for', 'me']] }, 0)).toBeNull();
    expect(forwardedAddress({ ...message, headers: [] }, 0)).toBeNull();
  });
});

it('an empty header gets the address without a comma (a real Envoy 1.37)', () => {
  const empty = { ...message, headers: [['x-forwarded-for', '']] as const };
  expect(headerValues(withForwarded(empty, '10.0.0.1'), 'x-forwarded-for')).toEqual(['10.0.0.1']);
});
