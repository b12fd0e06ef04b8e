/** What a change of one route does to every request, held against random requests through both. */
import fc from 'fast-check';
import { type FieldChange, compareValues } from '../../../src/lib/diff/compare-values';
import { waysOf } from '../../../src/lib/diff/outcome';
import type { Route } from '../../../src/lib/envoy/route';
import { bothEnds, changedBehavior } from '../../../src/lib/reach/behavior';
import { classesAt } from '../../../src/lib/reach/classes';
import { outcomeKey, outcomeOf } from '../../../src/lib/reach/outcome';
import { queryOf } from '../../../src/lib/reach/query';
import { outcomesOf } from '../../../src/lib/reach/reach';
import type { Walked } from '../../../src/lib/reach/walked';
import type { Trace } from '../../../src/lib/trace/model';
import { askingChanges } from '../../helpers/reach-clients';
import { CHANGES, changedProxies } from '../../helpers/reach-changes';
import { near, ofRoutes, routeConditions, routesFrom, walked, WAY } from '../../helpers/reach';

const SCOPE = { where: [], fixed: {}, oneHop: true, most: 500 };

function changes(a: Trace, b: Trace): readonly string[] {
  return outcomeKey(outcomeOf(a)) === outcomeKey(outcomeOf(b)) ? [] : ['the end'];
}

async function classesOf(from: Walked) {
  return await classesAt(
    outcomesOf(from, () => true),
    WAY,
    [],
    500,
  );
}

it('is empty for a configuration and itself', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(routeConditions, { maxLength: 6 }), async (drawn) => {
      const found = await changedBehavior(ofRoutes(routesFrom(drawn)), ofRoutes(routesFrom(drawn)), SCOPE, changes);
      expect(found.classes).toEqual([]);
    }),
    { numRuns: 15 },
  );
});

it('lists exactly the requests that end otherwise: 5,000 random ones through both sides', async () => {
  let otherwise = 0;
  let tried = 0;
  const drawn = fc.array(routeConditions, { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(drawn, fc.nat(), routeConditions, async (conditions, place, other) => {
      const changed = place % conditions.length;
      const routes = routesFrom(conditions);
      const [path, headers, query] = other;
      const after = routes.map((route, index): Route => {
        return index === changed ? { ...route, match: { ...path, ...query, headers } } : route;
      });
      const [a, b] = [ofRoutes(routes), ofRoutes(after)];
      const { classes, complete } = await changedBehavior(a, b, SCOPE, changes);
      expect(complete).toBe(true);
      const witnesses = [...(await classesOf(a)).classes, ...(await classesOf(b)).classes].map((one) => one.witness);
      for (const values of fc.sample(near(witnesses), 200)) {
        const request = queryOf(values, WAY);
        const [left, right] = [outcomeOf(await a.trace(request)), outcomeOf(await b.trace(request))];
        const isChanged = outcomeKey(left) !== outcomeKey(right);
        const ends = JSON.stringify([left, right]);
        const listed = classes.filter((one) => JSON.stringify([one.a, one.b]) === ends);
        if (isChanged) expect(listed).not.toHaveLength(0);
        otherwise += Number(isChanged);
        tried += 1;
      }
      for (const { witness, a: left, b: right } of classes) {
        const request = { ...queryOf(new Map(), WAY), url: witness.url, method: witness.method };
        const sent = { ...request, headers: Object.entries(witness.headers ?? {}) };
        expect(outcomeKey(outcomeOf(await a.trace(sent)))).toBe(outcomeKey(left));
        expect(outcomeKey(outcomeOf(await b.trace(sent)))).toBe(outcomeKey(right));
      }
    }),
    { numRuns: 25 },
  );
  expect(tried).toBeGreaterThanOrEqual(5000);
  expect(otherwise).toBeGreaterThan(100);
});

it('lists exactly the clients that end otherwise, of listeners that ask what they are', async () => {
  let otherwise = 0;
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(askingChanges, fc.nat(), async ([source, changed], seed) => {
      const [a, b] = [walked(source), walked(changed)];
      const { wanted, unsplit, left: cut } = await classesAt(bothEnds(a, b, changes), WAY, [], 500);
      fc.pre(cut === 0);
      const witnesses = [...wanted, ...(await classesOf(a)).classes, ...(await classesOf(b)).classes].map(
        (one) => one.witness,
      );
      for (const values of fc.sample(near(witnesses), { numRuns: 200, seed })) {
        const request = queryOf(values, WAY);
        const [left, right] = [outcomeOf(await a.trace(request)), outcomeOf(await b.trace(request))];
        const isChanged = outcomeKey(left) !== outcomeKey(right);
        const own = wanted.filter(({ cell }) => cell.has(values));
        if (unsplit.length === 0) expect(own).toHaveLength(Number(isChanged));
        for (const { result } of unsplit.length === 0 ? own : []) expect([result.a, result.b]).toEqual([left, right]);
        otherwise += Number(isChanged);
        tried += 1;
      }
    }),
    { numRuns: 40 },
  );
  expect(tried).toBeGreaterThanOrEqual(5000);
  expect(otherwise).toBeGreaterThan(100);
}, 600_000);

/** What a caller or a server would notice, as `mctl diff --behavior` compares it. */
function noticed(a: Trace, b: Trace): readonly FieldChange[] {
  return compareValues(waysOf(a), waysOf(b), 'ways');
}

/** Shares among the hosts of one cluster, and what is done to a header that is there already, are no part of an outcome. */
const UNNOTICED = new Set([
  'header that is overwritten',
  'weight of a host',
  'weight of a locality',
  'health of all hosts',
]);
const RUNS = Number(process.env['RUNS'] ?? 2);

it.each(CHANGES)(
  'lists exactly the requests that a changed %s is noticed by',
  async (change) => {
    let otherwise = 0;
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(changedProxies(change), fc.nat(), async ([a, b], seed) => {
        const { wanted, classes, unsplit, left } = await classesAt(bothEnds(a, b, noticed), WAY, [], 500);
        expect([unsplit, left]).toEqual([[], 0]);
        const witnesses = classes.map((one) => one.witness);
        for (const values of fc.sample(near(witnesses), { numRuns: 70, seed })) {
          const request = queryOf(values, WAY);
          const [before, after] = [await a.trace(request), await b.trace(request)];
          const isChanged = JSON.stringify(waysOf(before)) !== JSON.stringify(waysOf(after));
          const own = wanted.filter(({ cell }) => cell.has(values));
          expect([change, own.length]).toEqual([change, Number(isChanged)]);
          for (const { result } of own) expect([result.a, result.b]).toEqual([outcomeOf(before), outcomeOf(after)]);
          otherwise += Number(isChanged);
          tried += 1;
        }
      }),
      { numRuns: RUNS },
    );
    expect(tried).toBe(70 * RUNS);
    if (!UNNOTICED.has(change) && RUNS > 5) expect(otherwise).toBeGreaterThan(0);
    if (process.env['RUNS'] !== undefined) process.stderr.write(`${change}: ${otherwise} of ${tried} end otherwise\n`);
  },
  3_600_000,
);
