/**
 * What lint calls unreachable, held against every request at once: no class of requests comes to it, and some class comes to what
 * it says nothing of. RUNS=N tries N configurations of each kind.
 */
import fc from 'fast-check';
import { unreachableChains } from '../../../src/lib/lint/unreachable-chains';
import { identicalChains } from '../../../src/lib/lint/listeners';
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
