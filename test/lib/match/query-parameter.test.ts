/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-queryparametermatcher */
import { describeQueryParameter, matchQueryParameter, parseQuery } from '../../../src/lib/match/query-parameter';

describe('query parameters', () => {
  it('are taken as they are written; of a repeated name the first counts', () => {
    expect([...parseQuery('/p?a=1&b&a=2&c=x=y&%61=z&=e#f')]).toEqual([
      ['a', '1'],
      ['b', ''],
      ['c', 'x=y'],
      ['%61', 'z'],
      ['', 'e'],
    ]);
    expect(parseQuery('/p').size).toBe(0);
  });

  it.each([
    [{ name: 'a', string_match: { exact: '1' } }, true],
    [{ name: 'A', string_match: { exact: '1' } }, false],
    [{ name: 'b', string_match: { exact: '' } }, true],
    [{ name: 'plus', string_match: { exact: 'x y' } }, false],
    [{ name: 'a' }, true],
    [{ name: 'none' }, false],
    [{ name: 'a', present_match: true }, true],
    [{ name: 'a', present_match: false }, false],
    [{ name: 'none', present_match: false }, true],
  ])('%j: %s', (matcher, holds) => {
    expect(matchQueryParameter(matcher, parseQuery('/p?a=1&b&plus=x+y'))).toBe(holds);
  });

  it('are described', () => {
    expect(describeQueryParameter({ name: 'a', present_match: false })).toBe('query parameter a: absent');
  });
});
