/** Long lists of routes: what the index leaves out does not match, and few are asked. */
import fc from 'fast-check';
import type { Route } from '../../../src/lib/envoy/route';
import { routesToAsk } from '../../../src/lib/http/route-index';
import { failedCondition } from '../../../src/lib/http/route-match';
import { httpMessage, inputOf, routeMatch } from '../../helpers/route-arbitraries';

/** So many routes in front that the index is asked about those behind them. */
const FRONT: readonly Route[] = Array.from({ length: 100 }, () => ({ match: { path: '/nobody' } }));

test.each([5, 0])('every route that is left out is one that does not match (%s told)', (told) => {
  fc.assert(
    fc.property(fc.array(routeMatch, { minLength: 1, maxLength: 8 }), httpMessage, (matches, message) => {
      const routes = [...FRONT, ...matches.map((match) => ({ match }))];
      const input = inputOf(message);
      const asked = [...routesToAsk(routes, input, told)];
      expect(asked).toEqual([...asked].sort((a, b) => a - b));
      for (const [number, { match = {} }] of routes.entries()) {
        if (asked.includes(number)) continue;
        const failed = failedCondition(match, input, {});
        expect([match, failed?.unknown]).toEqual([match, null]);
      }
    }),
    { numRuns: 2000 },
  );
});

/** One of ten thousand routes of each kind takes the request. */
const KINDS: readonly (readonly [kind: string, routeOf: (number: number) => Route])[] = [
  ['exact headers', (n) => ({ match: { prefix: '/', headers: [{ name: 'x', string_match: { exact: `a${n}` } }] } })],
  ['names of headers', (n) => ({ match: { prefix: '/', headers: [{ name: `x${n}`, present_match: true }] } })],
  [
    'suffixes of headers',
    (n) => ({ match: { prefix: '/', headers: [{ name: 'x', string_match: { suffix: `-${n}` } }] } }),
  ],
  [
    'what headers contain',
    (n) => ({ match: { prefix: '/', headers: [{ name: 'x', string_match: { contains: `A${n}` } }] } }),
  ],
  [
    'expressions for what headers contain',
    (n) => ({ match: { prefix: '/', headers: [{ name: 'x', string_match: { safe_regex: { regex: `.*a${n}.*` } } }] } }),
  ],
  [
    'expressions without a beginning',
    (n) => ({ match: { safe_regex: { regex: `.*/p${String(n).padStart(4, '0')}/x.*` } } }),
  ],
  ['paths', (n) => ({ match: { path: `/p${n}` } })],
  ['prefixes', (n) => ({ match: { prefix: `/p${n}/` } })],
  ['regular expressions', (n) => ({ match: { safe_regex: { regex: `/p${n}/[a-z]+` } } })],
  [
    'query parameters',
    (n) => ({ match: { prefix: '/', query_parameters: [{ name: 'q', string_match: { exact: `${n}` } }] } }),
  ],
];

test.each(KINDS)('of ten thousand routes that differ in %s few are asked', (_kind, routeOf) => {
  const routes = Array.from({ length: 10_000 }, (_unused, number) => routeOf(number));
  const message = {
    method: 'GET',
    authority: 'a',
    path: '/p7777/x?q=7777',
    scheme: 'http',
    protocol: 'HTTP/1.1',
    headers: [
      ['x', 'a7777'],
      ['x7777', '-7777'],
      ['x', '-7777'],
    ],
  } as const;
  expect([...routesToAsk(routes, inputOf(message), 5)].length).toBeLessThan(110);
  expect([...routesToAsk(routes, inputOf(message), 0)].length).toBeLessThan(10);
  expect([...routesToAsk(routes, inputOf(message), Infinity)]).toHaveLength(10_000);
});
