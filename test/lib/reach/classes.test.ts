/** Classes divide every request: each is of one class alone, and ends as that says. */
import fc from 'fast-check';
import { classesAt } from '../../../src/lib/reach/classes';
import { gatewayDestinations } from '../../../src/lib/reach/destinations';
import { outcomeKey, outcomeOf } from '../../../src/lib/reach/outcome';
import { queryOf, type ReachWay } from '../../../src/lib/reach/query';
import { outcomesOf } from '../../../src/lib/reach/reach';
import type { Walked } from '../../../src/lib/reach/walked';
import { generated, proxyOfGenerated } from '../../helpers/generated-mesh';
import { near, ofRoutes, routeConditions, routesFrom, walked, WAY } from '../../helpers/reach';

async function expectDivided(from: Walked, way: ReachWay): Promise<number> {
  const {
    wanted: classes,
    unsplit,
    left,
  } = await classesAt(
    outcomesOf(from, () => true),
    way,
    [],
    500,
  );
  if (left > 0) return 0;
  await fc.assert(
    fc.asyncProperty(near(classes.map(({ witness }) => witness)), async (values) => {
      const own = classes.filter(({ cell }) => cell.has(values));
      expect(own).toHaveLength(1);
      const ended = outcomeOf(await from.trace(queryOf(values, way)));
      if (unsplit.length === 0) expect(outcomeKey(ended)).toBe(own[0] === undefined ? null : outcomeKey(own[0].result));
    }),
    { numRuns: 40 },
  );
  return unsplit.length === 0 ? classes.length : 0;
}

it('divides what routes ask: each request is of one class, and ends as it says', async () => {
  let exact = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(routeConditions, { maxLength: 6 }), async (drawn) => {
      exact += await expectDivided(ofRoutes(routesFrom(drawn)), WAY);
    }),
    { numRuns: 25 },
  );
  expect(exact).toBeGreaterThan(50);
});

it('divides generated configurations', async () => {
  let exact = 0;
  for (let seed = 1; seed <= 12; seed += 1) {
    const source = proxyOfGenerated(generated(seed));
    for (const destination of gatewayDestinations([source]).slice(0, 2)) {
      exact += await expectDivided(walked(source), { destination, mode: 'gateway', oneHop: true, fixed: {} });
    }
  }
  expect(exact).toBeGreaterThan(0);
});

it('says that it does not divide by a matcher tree over the path', async () => {
  const action = (status: number) => ({
    action: {
      name: 'route',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.config.route.v3.Route',
        match: { prefix: '/' },
        direct_response: { status },
      },
    },
  });
  const input = {
    name: 'path',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput',
      header_name: ':path',
    },
  };
  const matcher = {
    matcher_tree: { input, exact_match_map: { map: { '/': action(200) } } },
    on_no_match: action(404),
  };
  const { unsplit } = await classesAt(
    outcomesOf(ofRoutes([], { matcher }), () => true),
    WAY,
    [],
    10,
  );
  expect(unsplit).toEqual(['the header :path, which a matcher tree reads']);
});
