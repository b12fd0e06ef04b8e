/** Classes divide every request: each is of one class alone, and ends as that says. */
import fc from 'fast-check';
import type { HeaderMatcher, Route } from '../../../src/lib/envoy/route';
import { addressBook } from '../../../src/lib/mesh/address-book';
import { watching, type Watcher } from '../../../src/lib/match/watch';
import { classesAt, queryOf, type Walked, type ReachWay } from '../../../src/lib/reach/classes';
import { gatewayDestinations } from '../../../src/lib/reach/destinations';
import { type RequestValues } from '../../../src/lib/reach/explore';
import { outcomeKey, outcomeOf } from '../../../src/lib/reach/outcome';
import { universeOf } from '../../../src/lib/algebra/universe';
import type { KnownMesh } from '../../../src/lib/trace/known-mesh';
import type { TraceQuery } from '../../../src/lib/trace/request/query';
import { trace } from '../../../src/lib/trace/trace';
import type { ProxyConfig } from '../../../src/lib/envoy/proxy-config';
import { makeConfiguration } from '../../differential/generate/configuration';
import { proxyOf } from '../../helpers/hop';
import { template } from '../../helpers/route-arbitraries';
import { temporaryDirectory } from '../../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});
const file = directory.write('nothing.pem', '');
const certificate = { chain: file, key: file, uri: 'spiffe://cluster.local/ns/bookinfo/sa/client' };
const certificates = { root: file, server: certificate, client: certificate, directory: directory.path };

function walked(source: ProxyConfig): Walked {
  const mesh: KnownMesh = {
    source,
    book: addressBook({ pods: null, services: null, endpointSlices: null }),
    configOf: () => null,
    iptablesOf: () => null,
    missing: () => 'nobody has it',
    now: null,
  };
  return {
    proxy: null,
    config: source,
    trace: (query: TraceQuery, watch?: () => Watcher) => {
      const walk = () => ({ ...trace(mesh, query, { explain: { limit: 0 }, allBranches: true }).trace, summary: '' });
      return Promise.resolve(watch === undefined ? walk() : watching(watch(), walk));
    },
  };
}

/** Values that come near those of the classes' witnesses. */
function near(all: readonly RequestValues[]): fc.Arbitrary<RequestValues> {
  const dimensions = [...new Set(['host', 'path', 'method', ...all.flatMap((values) => [...values.keys()])])];
  const common: Record<string, readonly string[]> = {
    host: ['other.example', 'a'],
    path: ['/', '/a', '/a/b', '/A/1'],
    method: ['GET', 'POST', 'DELETE'],
  };
  const drawn = dimensions.map((dimension) => {
    const own = all.flatMap((values) => values.get(dimension) ?? []);
    const more = own.flatMap((value) => [`${value}a`, value.slice(0, -1), value.toUpperCase()]);
    const universe = universeOf(dimension);
    const texts = [...own, ...more, ...(common[dimension] ?? ['', 'a', '7'])].filter((value) =>
      universe.values.has(value),
    );
    return fc.constantFrom(...(universe.absent ? [null] : []), ...texts).map((value) => [dimension, value] as const);
  });
  return fc
    .tuple(...drawn)
    .map(
      (pairs) => new Map(pairs.flatMap(([dimension, value]) => (value === null ? [] : [[dimension, value] as const]))),
    );
}

async function expectDivided(from: Walked, way: ReachWay): Promise<number> {
  const { classes, unsplit, left } = await classesAt(from, way, [], 500);
  if (left > 0) return 0;
  await fc.assert(
    fc.asyncProperty(near(classes.map(({ witness }) => witness)), async (values) => {
      const own = classes.filter(({ cell }) => cell.has(values));
      expect(own).toHaveLength(1);
      const ended = outcomeOf(await from.trace(queryOf(values, way)));
      if (unsplit.length === 0) expect(outcomeKey(ended)).toBe(own[0]?.outcome);
    }),
    { numRuns: 40 },
  );
  return unsplit.length === 0 ? classes.length : 0;
}

function ofRoutes(routes: readonly Route[], more: object = {}): Walked {
  return walked(
    proxyOf({
      listeners: [
        {
          name: 'http',
          address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
          filter_chains: [
            {
              filters: [
                {
                  name: 'envoy.filters.network.http_connection_manager',
                  typed_config: {
                    '@type':
                      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
                    route_config: { name: 'routes', virtual_hosts: [{ name: 'all', domains: ['*'], routes, ...more }] },
                    http_filters: [
                      {
                        name: 'envoy.filters.http.router',
                        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    }),
  );
}

const WAY: ReachWay = {
  destination: { address: { ip: '192.0.2.7', port: 8080 }, ip: 'any', port: '8080' },
  isGateway: true,
  oneHop: true,
};

const match = fc.constantFrom<object>(
  { prefix: '/' },
  { prefix: '/a' },
  { path: '/a' },
  { path: '/A', case_sensitive: false },
  { path_separated_prefix: '/a' },
  { safe_regex: { regex: '/a/[0-9]+' } },
  { path_match_policy: template('/a/{x}/**') },
);
const matchers = fc.constantFrom<readonly HeaderMatcher[]>(
  [],
  [{ name: 'x', string_match: { exact: 'a' } }],
  [{ name: 'x', string_match: { prefix: 'a' }, invert_match: true }],
  [
    {
      name: 'x',
      string_match: { safe_regex: { regex: '[0-9]+' } },
      treat_missing_header_as_empty: true,
      invert_match: true,
    },
  ],
  [{ name: 'x', present_match: false }],
  [{ name: ':method', string_match: { exact: 'POST' } }],
  [{ name: ':authority', string_match: { suffix: '.example' } }],
);
const queries = fc.constantFrom<object>(
  {},
  { query_parameters: [{ name: 'q', string_match: { exact: '7' } }] },
  { query_parameters: [{ name: 'q', present_match: true }] },
);

it('divides what routes ask: each request is of one class, and ends as it says', async () => {
  let exact = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(match, matchers, queries), { maxLength: 6 }), async (drawn) => {
      const routes = drawn.map(([path, headers, query], index): Route => ({
        match: { ...path, ...query, headers },
        direct_response: { status: 200 + index },
      }));
      exact += await expectDivided(ofRoutes(routes), WAY);
    }),
    { numRuns: 25 },
  );
  expect(exact).toBeGreaterThan(50);
});

it('divides generated configurations', async () => {
  const setting = { directory: directory.path, accessLog: file, certificates };
  let exact = 0;
  for (let seed = 1; seed <= 12; seed += 1) {
    const { resources } = makeConfiguration(seed, setting);
    const source = proxyOf({
      listeners: resources.listeners,
      clusters: resources.clusters,
      routes: resources.routeConfigurations,
      endpoints: resources.loadAssignments,
    });
    for (const destination of gatewayDestinations(source).slice(0, 2)) {
      exact += await expectDivided(walked(source), { destination, isGateway: true, oneHop: true });
    }
  }
  expect(exact).toBeGreaterThan(0);
});
