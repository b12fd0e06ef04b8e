/** Routes that differ in one value alone, of a header or of a parameter of the query, are asked about at once: classes must be those of asking one by one. */
import fc from 'fast-check';
import type { Route } from '../../../src/lib/envoy/route';
import { valueRuns } from '../../../src/lib/http/value-runs';
import { classesAt } from '../../../src/lib/reach/classes';
import { outcomeKey, outcomeOf } from '../../../src/lib/reach/outcome';
import { askedOn, queryOf } from '../../../src/lib/reach/query';
import { outcomesOf } from '../../../src/lib/reach/reach';
import { observed } from '../../../src/lib/reach/walked';
import { parseWhere } from '../../../src/lib/reach/where';
import { near, ofRoutes, WAY } from '../../helpers/reach';

const answer = (match: object, status: number): Route => ({ match, direct_response: { status } });
const asks = (name: string, exact: string) => ({ prefix: '/', headers: [{ name, string_match: { exact } }] });
const asksQuery = (name: string, exact: string) => ({
  prefix: '/',
  query_parameters: [{ name, string_match: { exact } }],
});

/** Values of which some come again, and other routes before, between and behind the runs. */
const between = fc.constantFrom<readonly object[]>(
  [],
  [{ prefix: '/a' }],
  [{ prefix: '/', headers: [{ name: 'x', string_match: { prefix: 'v1' } }] }],
  [{ prefix: '/', headers: [{ name: 'x', present_match: false }] }],
  [{ prefix: '/', headers: [{ name: 'y', string_match: { exact: 'v3' } }] }],
  [{ prefix: '/', query_parameters: [{ name: 'q', string_match: { prefix: 'v1' } }] }],
  [{ prefix: '/', query_parameters: [{ name: 'q', present_match: false }] }],
);
const run = fc
  .tuple(
    fc.constantFrom('x', 'X', 'y', 'query q', 'query Q'),
    fc.integer({ min: 33, max: 45 }),
    fc.integer({ min: 20, max: 60 }),
  )
  .map(([name, count, every]) =>
    Array.from({ length: count }, (_unused, index) => {
      const value = `v${index % every}`;
      return name.startsWith('query ') ? asksQuery(name.slice(6), value) : asks(name, value);
    }),
  );
const lists = fc
  .tuple(between, run, between, run, between, fc.boolean())
  .map(([a, one, b, two, c, isLast]) => [...a, ...one, ...b, ...two, ...c, ...(isLast ? [{ prefix: '/' }] : [])]);

it('divides as one question after the other would', async () => {
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(lists, fc.nat(), async (matches, seed) => {
      const routes = matches.map((match, index) => answer(match, 200 + index));
      expect(valueRuns(routes).length).toBeGreaterThan(0);
      const from = ofRoutes(routes);
      const { classes, left } = await classesAt(
        outcomesOf(from, () => true),
        WAY,
        [],
        2000,
      );
      expect(left).toBe(0);
      for (const values of fc.sample(near(classes.map(({ witness }) => witness)), { numRuns: 60, seed })) {
        const own = classes.filter(({ cell }) => cell.has(values));
        expect(own).toHaveLength(1);
        const traced = outcomeOf(await from.trace(queryOf(values, WAY)));
        expect(outcomeKey(traced)).toBe(outcomeKey(own[0]!.result));
        tried += 1;
      }
      const ends = new Set(classes.map(({ result }) => result.status));
      // A prefix before a run may take eleven of its twenty values.
      expect(ends.size).toBeGreaterThan(9);
    }),
    { numRuns: 12 },
  );
  expect(tried).toBe(720);
});

it.each<[string, object]>([
  ['another prefix', { prefix: '/a', headers: [{ name: 'x', string_match: { exact: 'a' } }] }],
  [
    'case that does not count',
    { prefix: '/', headers: [{ name: 'x', string_match: { exact: 'a', ignore_case: true } }] },
  ],
  ['the opposite', { prefix: '/', headers: [{ name: 'x', string_match: { exact: 'a' }, invert_match: true }] }],
  [
    'a missing header',
    { prefix: '/', headers: [{ name: 'x', string_match: { exact: '' }, treat_missing_header_as_empty: true }] },
  ],
  ['a second header', { prefix: '/', headers: [...asks('x', 'a').headers, ...asks('y', 'a').headers] }],
  ['a share of the requests', { ...asks('x', 'a'), runtime_fraction: { default_value: { numerator: 1 } } }],
  ['a query parameter', { ...asks('x', 'a'), query_parameters: [{ name: 'q', present_match: true }] }],
  ['the authority', asks(':authority', 'a')],
  [
    'two query parameters',
    {
      prefix: '/',
      query_parameters: [...asksQuery('q', 'a').query_parameters, ...asksQuery('r', 'a').query_parameters],
    },
  ],
])('asks one by one where a route asks for %s', (_what, match) => {
  expect(valueRuns(Array.from({ length: 40 }, () => answer(match, 200)))).toEqual([]);
});

const oneOfThousand = (make: (n: number) => object): ReturnType<typeof ofRoutes> =>
  ofRoutes(Array.from({ length: 1000 }, (_unused, n) => answer(make(n), 200)));

it('asks one question of a thousand values of a parameter', async () => {
  const from = oneOfThousand((n) => asksQuery('q', `v${n}`));
  const on = askedOn(WAY);
  const { conditions } = await observed(
    from,
    queryOf(new Map(Object.entries({ host: 'a', path: '/', 'query:q': 'v999' })), WAY),
    on,
  );
  expect(conditions.filter(({ dimension }) => dimension === 'query:q')).toHaveLength(1);
});

it.each([
  ['a header', (n: number) => ({ prefix: '/', headers: [{ name: 'x', string_match: { contains: `v${n}.` } }] })],
  ['a path', (n: number) => ({ safe_regex: { regex: `.*/p${n}/.*` } })],
])('divides nothing by what a thousand routes ask of %s that is given', async (_what, make) => {
  const from = oneOfThousand(make);
  const where = ['header:x=v7.', 'path=/p7/x'].map(parseWhere);
  const ask = outcomesOf(from, () => true);
  let asked = 0;
  const question = {
    ...ask,
    observe: async (...[query, on]: Parameters<typeof ask.observe>) => {
      const seen = await ask.observe(query, on);
      asked += seen.conditions.length;
      return seen;
    },
  };
  const { classes, left, unsplit } = await classesAt(question, WAY, where, 2000);
  expect([left, unsplit]).toEqual([0, []]);
  expect(asked).toBeLessThan(20);
  expect(new Set(classes.map(({ result }) => result.status))).toEqual(new Set([200, 400]));
});
