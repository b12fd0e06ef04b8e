/** The index finds the same shadow as trying each route before. */
import fc from 'fast-check';
import { impliesRoute } from '../../../src/lib/http/route-match';
import { shadowOf } from '../../../src/lib/lint/shadowed-routes';
import { routeMatch } from '../../helpers/route-arbitraries';

test('a shadow is the first route before that takes all that one would', () => {
  fc.assert(
    fc.property(fc.array(routeMatch, { minLength: 2, maxLength: 10 }), (matches) => {
      const host = { routes: matches.map((match) => ({ match })) };
      for (const [index, narrow] of matches.entries()) {
        const first = matches.slice(0, index).findIndex((wide) => impliesRoute(narrow, wide));
        expect(shadowOf(host, index)).toBe(first < 0 ? null : first);
      }
    }),
    { numRuns: 2000 },
  );
});

test.each([{ regex: '/a.*' }, { prefix: '/', weekday: 'Monday' }])(
  'a route with a condition that is not known shadows none: %j',
  (odd) => {
    expect(shadowOf({ routes: [{ match: odd }, { match: { prefix: '/a' } }] }, 1)).toBeNull();
  },
);

test('of thousands of routes that no index tells apart so many are asked as are bearable, and the rest is said', () => {
  let asked = 0;
  const routes = Array.from({ length: 2500 }, (_unused, n) => ({
    match: {
      prefix: '/',
      get headers() {
        asked += 1;
        return [{ name: 'x', string_match: { contains: `v${n}v` } }];
      },
    },
  }));
  expect(shadowOf({ routes }, 2499)).toBeNull();
  expect(asked).toBeLessThan(4 * 2_100_000);
});
