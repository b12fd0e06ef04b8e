/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routematch */
import fc from 'fast-check';
import type { RouteMatch } from '../../../src/lib/envoy/route';
import { pathWitnesses } from '../../../src/lib/http/conditions/path-witness';
import { describeConditions, failedCondition } from '../../../src/lib/http/route-match';
import { witnessOf } from '../../../src/lib/http/route-witness';
import { unknown } from '../../../src/lib/match/ternary';
import { messageOf } from '../../helpers/filters';
import { inputOf, routeMatch } from '../../helpers/route-arbitraries';

describe('a route tells every condition', () => {
  it.each<[RouteMatch, string]>([
    [{ prefix: '/' }, 'prefix /'],
    [{ path: '/a', grpc: {} }, 'path /a; gRPC'],
    [{ prefix: '/', headers: [{ name: 'x', present_match: true }] }, 'prefix /; header x: present'],
    [{ prefix: '/', query_parameters: [{ name: 'q' }] }, 'prefix /; query parameter q: present'],
    [{ prefix: '/', cookies: [{ name: 'u', string_match: { exact: 'a' } }] }, 'prefix /; cookie u: exactly "a"'],
    [
      { prefix: '/', cookies: [{ name: 'u', string_match: { prefix: 'a' }, invert_match: true }] },
      'prefix /; cookie u: not prefix "a"',
    ],
    [{ prefix: '/', tls_context: { presented: true } }, 'prefix /; client certificate presented'],
    [{ prefix: '/', tls_context: { validated: false } }, 'prefix /; client certificate not validated'],
    [
      { prefix: '/', filter_state: [{ key: 'k', string_match: { exact: 'v' } }] },
      'prefix /; filter state k exactly "v"',
    ],
    [
      { prefix: '/', runtime_fraction: { default_value: { numerator: 5, denominator: 'TEN_THOUSAND' } } },
      'prefix /; 0.05% of requests, by chance',
    ],
    [{ prefix: '/', runtime_fraction: { default_value: { numerator: 100 } } }, 'prefix /'],
  ])('%j: %s', (match, text) => {
    expect(describeConditions(match).join('; ')).toBe(text);
  });
});

it.each<[RouteMatch, string]>([
  [{ prefix: '/', cookies: [{ name: 'u', string_match: { exact: 'a' } }] }, 'cookie u: exactly "a" does not match "b"'],
  [
    { prefix: '/', cookies: [{ name: 'v', string_match: { exact: 'a' } }] },
    'cookie v: exactly "a" does not match: it is not there',
  ],
  [
    { prefix: '/', tls_context: { presented: true } },
    'client certificate presented does not match: the connection is plain text',
  ],
])('a miss names the condition that fails and what came: %j', (match, because) => {
  const message = messageOf({ headers: [['cookie', 'u=b']] });
  expect(failedCondition(match, inputOf(message), {})?.says()).toBe(because);
});

it('a cookie is not known where the header is not', () => {
  const match: RouteMatch = { prefix: '/', cookies: [{ name: 'u', string_match: { exact: 'a' } }] };
  const message = messageOf({ headers: [['cookie', unknown('it')]] });
  expect(failedCondition(match, inputOf(message), {})).toMatchObject({ unknown: 'it' });
});

it('a witness meets every condition', () => {
  let met = 0;
  fc.assert(
    fc.property(routeMatch, (match) => {
      const draft = witnessOf(match);
      const [path] = pathWitnesses(match);
      if (draft === null || path === undefined) return;
      const { method, headers, query } = draft;
      const message = messageOf({ method: method ?? 'GET', path: query === '' ? path : `${path}?${query}`, headers });
      expect(failedCondition(match, inputOf(message), {})?.says()).toBeUndefined();
      met += 1;
    }),
  );
  expect(met).toBeGreaterThan(10);
});

describe('filter_state (type-matcher-v3-filterstatematcher)', () => {
  const match: RouteMatch = { prefix: '/', filter_state: [{ key: 'k', string_match: { exact: 'v' } }] };
  const failed = (value: ReturnType<ReturnType<typeof inputOf>['filterState']>): string | undefined =>
    failedCondition(match, { ...inputOf(messageOf()), filterState: () => value }, {})?.says();

  it('takes the text that was set, and nothing where none was', () => {
    expect(failed('v')).toBeUndefined();
    expect(failed('w')).toBe('filter state k exactly "v" does not match: it is w');
    expect(failed(null)).toBe('filter state k exactly "v" does not match: it is not set');
  });

  it('is unknown where nobody says what was set', () => {
    expect(failed(undefined)).toContain('it depends on the filter state k');
  });
});
