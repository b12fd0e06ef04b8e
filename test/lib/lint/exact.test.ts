/**
 * What lint calls unreachable, held against every request at once: no class of requests comes to it, and some class comes to what
 * it says nothing of. RUNS=N tries N configurations of each kind.
 */
import fc from 'fast-check';
import { unreachableChains } from '../../../src/lib/lint/unreachable-chains';
import { identicalChains } from '../../../src/lib/lint/listeners';
import { unreachablePolicies } from '../../../src/lib/lint/unreachable-policies';
import { shadowedRoutes } from '../../../src/lib/lint/shadowed-routes';
import { classesAt } from '../../../src/lib/reach/classes';
import { queryOf } from '../../../src/lib/reach/query';
import { observed, type Walked } from '../../../src/lib/reach/walked';
import type { Trace } from '../../../src/lib/trace/model';
import { near, ofRoutes, routeConditions, routesFrom, walked, WAY } from '../../helpers/reach';
import { askingChains } from '../../helpers/reach-clients';

const RUNS = process.env['RUNS'];
const runsOf = (few: number): number => (RUNS === undefined ? few : Number(RUNS));

/** What is decided of a request, and the places of the configuration that have a say in it. */
type SayOf = (trace: Trace) => readonly string[];

interface Reached {
  /** By the classes: every place that some request comes to. */
  readonly places: ReadonlySet<string>;
  /** Places that random requests near the witnesses came to. */
  readonly met: ReadonlySet<string>;
}

/** Null where not all requests could be divided. */
async function reachedBy(from: Walked, sayOf: SayOf, seed: number): Promise<Reached | null> {
  const { classes, left, unsplit } = await classesAt(
    {
      observe: async (query, asked) => {
        const found = await observed(from, query, asked);
        return { ...found, result: sayOf(found.result).join('; ') };
      },
      keyOf: (text) => text,
    },
    WAY,
    [],
    500,
  );
  if (left + unsplit.length > 0) return null;
  const met = new Set<string>();
  for (const values of fc.sample(near(classes.map(({ witness }) => witness)), { numRuns: 60, seed })) {
    for (const place of sayOf(await from.trace(queryOf(values, WAY)))) met.add(place);
  }
  return { places: new Set(classes.flatMap(({ result }) => result.split('; '))), met };
}

const tally = { tried: 0, reported: 0, cut: 0 };

/** @param places of the configuration, and which of them lint reports */
async function compare(from: Walked, sayOf: SayOf, places: ReadonlyMap<string, boolean>, seed: number): Promise<void> {
  const reached = await reachedBy(from, sayOf, seed);
  if (reached === null) tally.cut += 1;
  tally.tried += 1;
  for (const [place, isReported] of places) {
    tally.reported += Number(isReported);
    if (reached === null) continue;
    expect([place, reached.places.has(place)]).toEqual([place, !isReported]);
    if (isReported) expect([...reached.met]).not.toContain(place);
  }
}

function told(what: string, fewest: number): void {
  if (RUNS !== undefined) process.stderr.write(`${what}: ${JSON.stringify(tally)}\n`);
  expect(tally.reported).toBeGreaterThanOrEqual(fewest);
  expect(tally.cut).toBeLessThan(tally.tried / 4);
  Object.assign(tally, { tried: 0, reported: 0, cut: 0 });
}

const placesOf = (count: number, found: readonly { readonly config: string }[]) => {
  const reported = new Set(found.map(({ config }) => config.split('/').at(-1)));
  return new Map(Array.from({ length: count }, (_unused, index) => [String(index), reported.has(String(index))]));
};

it('reports exactly the routes that no request reaches', async () => {
  const drawn = fc.array(routeConditions, { minLength: 1, maxLength: 7 });
  await fc.assert(
    fc.asyncProperty(drawn, fc.nat(), async (conditions, seed) => {
      const from = ofRoutes(routesFrom(conditions));
      const places = placesOf(conditions.length, shadowedRoutes(from.config));
      await compare(from, ({ status }) => (status === null ? [] : [String(status - 200)]), places, seed);
    }),
    { numRuns: runsOf(40) },
  );
  told('routes', runsOf(40) / 4);
}, 3_600_000);

it('reports exactly the filter chains that no connection reaches', async () => {
  await fc.assert(
    fc.asyncProperty(askingChains, fc.nat(), async (config, seed) => {
      const [listener] = config.servingListeners;
      const count = listener?.resource?.filter_chains?.length ?? 0;
      const places = placesOf(count, [...unreachableChains(config), ...identicalChains(config)]);
      const sayOf: SayOf = ({ hops: [hop] }) => [String(hop?.filterChain?.index ?? 'none')];
      await compare(walked(config), sayOf, places, seed);
    }),
    { numRuns: runsOf(25) },
  );
  told('chains', runsOf(25) / 4);
}, 3_600_000);

const RBAC = 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC';

const leaf = fc.constantFrom<object>(
  { any: true },
  { header: { name: 'x', string_match: { exact: 'a' } } },
  { header: { name: 'x', string_match: { prefix: 'a' } } },
  { header: { name: 'x', string_match: { safe_regex: { regex: '[ab]+' } } } },
  { header: { name: 'x', present_match: true } },
  { header: { name: ':method', string_match: { exact: 'POST' } } },
  { header: { name: ':authority', string_match: { suffix: '.example' } } },
  { url_path: { path: { exact: '/a' } } },
  { url_path: { path: { prefix: '/a' } } },
  { url_path: { path: { safe_regex: { regex: '/a(/[0-9]+)?' } } } },
);

/** A permission, or what a principal asks of a request: the same fields but for the names of lists. */
const ruleOf = (rules: string, ids: string): fc.Arbitrary<object> =>
  fc.oneof(
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: leaf.map((one) => ({ [`not_${rules === 'rules' ? 'rule' : 'id'}`]: one })) },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf).map((all) => ({ [`and_${ids}`]: { [rules]: all } })) },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf).map((all) => ({ [`or_${ids}`]: { [rules]: all } })) },
  );

const policy = fc.record({
  permissions: fc.array(ruleOf('rules', 'rules'), { minLength: 1, maxLength: 2 }),
  principals: fc.array(ruleOf('ids', 'ids'), { minLength: 1, maxLength: 2 }),
});

/** The policies of a filter that denies, and then of one that allows. */
const policies = fc.record({
  deny: fc.array(policy, { maxLength: 3 }),
  allow: fc.array(policy, { maxLength: 3 }),
});

it('reports exactly the policies that decide about no request', async () => {
  await fc.assert(
    fc.asyncProperty(policies, fc.nat(), async ({ deny, allow }, seed) => {
      const filterOf = (action: string, name: string, all: readonly object[]): object => ({
        name: `${name}.rbac`,
        typed_config: {
          '@type': RBAC,
          rules: { action, policies: Object.fromEntries(all.map((one, index) => [`${name}${index}`, one])) },
        },
      });
      const filters = [
        ...(deny.length > 0 ? [filterOf('DENY', 'deny', deny)] : []),
        ...(allow.length > 0 ? [filterOf('ALLOW', 'allow', allow)] : []),
      ];
      const from = ofRoutes([{ match: { prefix: '/' }, direct_response: { status: 200 } }], {}, filters);
      const found = new Set(unreachablePolicies(from.config).map(({ resource }) => resource));
      const names = [...deny.map((_one, index) => `deny${index}`), ...allow.map((_one, index) => `allow${index}`)];
      const places = new Map(names.map((name) => [name, found.has(`policy ${name}`)]));
      const sayOf: SayOf = ({ hops: [hop] }) =>
        (hop?.steps ?? []).flatMap(({ stage, because }) =>
          stage === 'http-filter' ? (/\b(?:deny|allow)\d\b/.exec(because) ?? []) : [],
        );
      await compare(from, sayOf, places, seed);
    }),
    { numRuns: runsOf(20) },
  );
  told('policies', runsOf(20) / 5);
}, 3_600_000);
