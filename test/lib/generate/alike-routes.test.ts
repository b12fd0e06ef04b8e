/** Of routes that differ in what they ask of headers alone few requests are walked, and every one is told as if it had been. */
import * as fc from 'fast-check';
import { Readable } from 'node:stream';
import { type Generated, generateChecks } from '../../../src/lib/generate/generate';
import { TraceSession, type Tracer } from '../../../src/lib/session/trace-session';
import { openFiles } from '../../../src/lib/source/file';
import { temporaryDirectory } from '../../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

const type = 'type.googleapis.com/envoy';
const http = `${type}.extensions.filters.http`;
const named = (name: string, config: object) => ({ name, typed_config: config });
const ROUTER = named('envoy.filters.http.router', { '@type': `${http}.router.v3.Router` });

async function tracerOf(routes: object[], filters: object[] = [], more: object = {}): Promise<Tracer> {
  const manager = {
    '@type': `${type}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    route_config: { name: 'r', virtual_hosts: [{ name: 'v', domains: ['*'], routes }] },
    http_filters: [...filters, ROUTER],
    ...more,
  };
  const address = { socket_address: { address: '0.0.0.0', port_value: 8080 } };
  const filter_chains = [{ filters: [named('envoy.filters.network.http_connection_manager', manager)] }];
  const endpoint = { address: { socket_address: { address: '10.0.0.9', port_value: 80 } } };
  const load_assignment = { cluster_name: 'c', endpoints: [{ lb_endpoints: [{ endpoint }] }] };
  const dump = {
    configs: [
      {
        '@type': `${type}.admin.v3.BootstrapConfigDump`,
        bootstrap: { node: { id: 'router~10.0.0.1~gateway.ns~ns.svc.cluster.local' } },
      },
      {
        '@type': `${type}.admin.v3.ClustersConfigDump`,
        dynamic_active_clusters: ['c', 'd', 'v1'].map((name) => ({
          cluster: { name, type: 'STATIC', lb_policy: name === 'd' ? 'RING_HASH' : 'ROUND_ROBIN', load_assignment },
        })),
      },
      {
        '@type': `${type}.admin.v3.ListenersConfigDump`,
        static_listeners: [{ listener: { name: 'l', address, filter_chains } }],
      },
    ],
  };
  const path = directory.write('made.json', JSON.stringify(dump));
  return await new TraceSession(await openFiles([path], () => Readable.from([]))).open(undefined);
}

const options = { allBranches: false, explain: false, quiet: true };

async function generated(tracer: Tracer): Promise<{ readonly made: Generated; readonly walks: number }> {
  let walks = 0;
  const made = await generateChecks(tracer.config, async (query, watch) => {
    walks += 1;
    return await tracer.facts(query, { ...options, watch });
  });
  return { made, walks };
}

const each = async (tracer: Tracer): Promise<Generated> =>
  await generateChecks(tracer.config, async (query) => await tracer.facts(query, options));

const range = (count: number, make: (n: number) => object) => Array.from({ length: count }, (_unused, n) => make(n));
const exact = (name: string, value: string) => ({ name, string_match: { exact: value } });

it.each<[string, (n: number) => object]>([
  ['one header', (n) => ({ prefix: '/', headers: [exact('x', `v${n}`)] })],
  ['several headers', (n) => ({ prefix: '/', headers: [exact(`x${n % 7}`, `v${n}`), exact('y', `a${n}`)] })],
  ['what a header contains', (n) => ({ prefix: '/', headers: [{ name: 'x', string_match: { contains: `v${n}.` } }] })],
])('few of the requests to 300 routes that differ in %s are walked', async (_what, matchOf) => {
  const tracer = await tracerOf(range(300, (n) => ({ match: matchOf(n), route: { cluster: 'c' } })));
  const { made, walks } = await generated(tracer);
  expect(made.checks).toHaveLength(300);
  expect(walks).toBeLessThan(60);
  expect(made).toEqual(await each(tracer));
});

it('a request whose head is longer than that of the one that was walked is walked', async () => {
  const routes = [1, 1, 900].map((length, n) => ({
    match: { prefix: '/', headers: [exact('x', `${n}${'v'.repeat(length)}`)] },
    route: { cluster: 'c' },
  }));
  const { made } = await generated(await tracerOf(routes, [], { max_request_headers_kb: 1 }));
  expect(made).toEqual(await each(await tracerOf(routes, [], { max_request_headers_kb: 1 })));
});

const nameOf = fc.constantFrom('a', 'b', 'x-request-id', 'x-forwarded-proto', 'te', 'content-type', 'x-envoy-retry-on');
const textOf = fc.constantFrom('v1', 'v2', 'v3', 'v10', 'https', 'trailers');
const matcher = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(nameOf, textOf).map(([name, value]) => exact(name, value)) },
  fc.tuple(nameOf, textOf).map(([name, prefix]) => ({ name, string_match: { prefix } })),
  fc.tuple(nameOf, textOf).map(([name, contains]) => ({ name, string_match: { contains }, invert_match: true })),
  nameOf.map((name) => ({ name, present_match: true })),
);
const added = (name: string) => ({ append_action: 'ADD_IF_ABSENT', header: { key: 'b', value: `%REQ(${name})%` } });
const action = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ route: { cluster: 'c' } }) },
  nameOf.map((header) => ({ route: { cluster_header: header } })),
  nameOf.map((header_name) => ({ route: { cluster: 'd', hash_policy: [{ header: { header_name } }] } })),
  nameOf.map((name) => ({ direct_response: { status: 418 }, response_headers_to_add: [added(name)] })),
  nameOf.map((name) => ({ redirect: { host_redirect: 'other.test' }, request_headers_to_add: [added(name)] })),
  nameOf.map((name) => ({
    route: { cluster: 'c', internal_redirect_policy: {} },
    request_headers_to_add: [added(name)],
  })),
);
const deny = (header: object) =>
  named('envoy.filters.http.rbac', {
    '@type': `${http}.rbac.v3.RBAC`,
    rules: { action: 'DENY', policies: { p: { permissions: [{ header }], principals: [{ any: true }] } } },
  });
const metadata = (header: string) =>
  named('envoy.filters.http.header_to_metadata', {
    '@type': `${http}.header_to_metadata.v3.Config`,
    request_rules: [{ header, on_header_present: { metadata_namespace: 'n', key: 'k' } }],
  });
const early = (name: string) => ({
  early_header_mutation_extensions: [
    named('e', {
      '@type': `${type}.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation`,
      mutations: [{ append: { header: { key: 'b', value: `%REQ(${name})%` } } }],
    }),
  ],
});
const filters = fc.array(fc.oneof(matcher.map(deny), nameOf.map(metadata)), { maxLength: 2 });
const more = fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, nameOf.map(early));

it('every check is that of a request that was walked', async () => {
  // Few actions, names and kinds for many routes, so that there are alike ones.
  const own = fc.tuple(fc.constantFrom('a', 'c', 'd', 'e', 'te', 'x-request-id'), fc.constantFrom(1, 1, 40));
  const routesOf = fc
    .tuple(
      fc.array(action, { minLength: 1, maxLength: 2 }),
      fc.array(own, { minLength: 1, maxLength: 2 }),
      fc.array(fc.option(fc.array(matcher, { minLength: 1, maxLength: 2 }), { freq: 5, nil: null }), {
        minLength: 6,
        maxLength: 24,
      }),
    )
    .map(([actions, owns, odd]) =>
      odd.map((others, n) => {
        const ownOf = ([name, length]: (typeof owns)[number]): object =>
          exact(name, `v${n}${'z'.repeat(n % 5 === 4 ? length : 0)}`);
        // Every other route is told by values of its own.
        const headers = n % 4 === 3 && others !== null ? others : owns.map(ownOf);
        return { match: { prefix: '/', headers }, ...actions[n % actions.length] };
      }),
    );
  await fc.assert(
    fc.asyncProperty(routesOf, filters, more, async (routes, chain, settings) => {
      const tracer = await tracerOf(routes, chain, settings);
      const walked = await each(tracer);
      expect((await generated(tracer)).made).toEqual(walked);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 12) },
  );
});
