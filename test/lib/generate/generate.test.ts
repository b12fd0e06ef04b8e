import { Readable } from 'node:stream';
import { checkFileText } from '../../../src/lib/generate/check-file-text';
import { type Generated, generateChecks } from '../../../src/lib/generate/generate';
import { parseCheckFile } from '../../../src/lib/check/parse-check-file';
import { runChecks } from '../../../src/lib/check/run-checks';
import { TraceSession, type Tracer } from '../../../src/lib/session/trace-session';
import { openFiles } from '../../../src/lib/source/file';
import { corpusProxies } from '../../helpers/corpora';
import { temporaryDirectory } from '../../helpers/temporary-directory';

async function fileText(...of: Parameters<typeof checkFileText>): Promise<string> {
  let text = '';
  for await (const piece of checkFileText(...of)) text += piece;
  return text;
}

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

async function tracerOf(name: string, dump: string, clusters: string | null): Promise<Tracer> {
  const paths = [directory.write(`${name}.json`, dump)];
  if (clusters !== null) paths.push(directory.write(`${name}.clusters.json`, clusters));
  return await new TraceSession(await openFiles(paths, () => Readable.from([]))).open(undefined);
}

const generate = async (tracer: Tracer): Promise<Generated> =>
  await generateChecks(tracer.config, (query) => tracer.trace(query, { allBranches: false, explain: false }));

/** Routes that no request reaches in the recordings: no listener is there, or the chain is for what ztunnel sends. */
const UNREACHED: Readonly<Record<string, number>> = { waypoint: 1, 'real-envoy/waypoint__waypoint-64b5d-xyz': 5 };

describe('checks generated from a proxy', () => {
  const proxies = corpusProxies().filter(
    ({ scenario, configDump }) => configDump !== null && !['quirks', 'usage'].includes(scenario),
  );

  it.each(proxies.map((proxy) => [`${proxy.scenario}/${proxy.name}`, proxy] as const))(
    'pass on the dump that they came from: %s',
    async (label, { scenario, configDump, clusters }) => {
      const tracer = await tracerOf(label, configDump ?? '', clusters);
      const generated = await generate(tracer);
      const isWaypoint = tracer.config.proxyType === 'waypoint';
      expect(generated.unreached).toHaveLength(UNREACHED[label] ?? (isWaypoint ? (UNREACHED[scenario] ?? 0) : 0));
      // A proxy without a route that can be reached has nothing to check, and a file without checks is a mistake.
      if (generated.checks.length === 0) return;
      const { checks } = parseCheckFile(
        'generated.yaml',
        await fileText(generated, { proxy: tracer.proxy, source: null, schema: 'check.schema.json' }),
        {},
      );
      expect(checks).toHaveLength(generated.checks.length);
      const results = await runChecks(checks, () => Promise.resolve(tracer), {
        bail: null,
        prover: null,
        keepTraces: true,
        onResult: () => undefined,
      });
      expect(results.filter((result) => !result.passed)).toEqual([]);
    },
    60_000,
  );

  const hcm = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
  };

  async function tracerWith(routes: object[], domains = ['*'], more: object = {}): Promise<Tracer> {
    const route_config = { name: 'r', virtual_hosts: [{ name: 'v', domains, routes }] };
    const listener = {
      name: 'l',
      ...more,
      address: { socket_address: { address: '0.0.0.0', port_value: 80 } },
      traffic_direction: 'OUTBOUND',
      filter_chains: [
        { filters: [{ name: 'h', typed_config: { '@type': hcm, http_filters: [router], route_config } }] },
      ],
    };
    const virtual = {
      name: 'virtualOutbound',
      use_original_dst: true,
      traffic_direction: 'OUTBOUND',
      address: { socket_address: { address: '0.0.0.0', port_value: 15001 } },
      filter_chains: [],
    };
    const admin = 'type.googleapis.com/envoy.admin.v3';
    const dump = {
      configs: [
        {
          '@type': `${admin}.BootstrapConfigDump`,
          bootstrap: { node: { id: 'sidecar~10.0.0.1~web-1.shop~shop.svc.cluster.local' } },
        },
        {
          '@type': `${admin}.ListenersConfigDump`,
          dynamic_listeners: [listener, virtual].map((one) => ({
            active_state: { listener: { ...one, bind_to_port: one.name !== 'l' } },
          })),
        },
        { '@type': `${admin}.ClustersConfigDump`, dynamic_active_clusters: [] },
      ],
    };
    return await tracerOf('made', JSON.stringify(dump), null);
  }

  const answer = (status: number) => ({ direct_response: { status } });
  const template = {
    name: 't',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig',
      path_template: '/files/{name}/v*/{rest=**}',
    },
  };

  it.each<[string, object, unknown]>([
    ['wants a PROXY protocol header', {}, true],
    ['wants one of the second version', { disallowed_versions: ['V1'] }, 'v2:'],
    ['takes requests without one', { allow_requests_without_proxy_protocol: true }, undefined],
  ])('send what a listener asks for that %s', async (_what, config, sent) => {
    const type = 'type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol';
    const filters = [{ name: 'envoy.filters.listener.proxy_protocol', typed_config: { '@type': type, ...config } }];
    const tracer = await tracerWith([{ match: { prefix: '/' }, ...answer(200) }], ['*'], { listener_filters: filters });
    const { checks, unreached } = await generate(tracer);
    expect(unreached).toEqual([]);
    expect(checks.map(({ request }) => request.proxyProtocol)).toEqual([sent]);
  });

  it('meet every kind of condition', async () => {
    const matches: object[] = [
      { path: '/exact' },
      { safe_regex: { regex: '/v[0-9]+/(?:items|things)/[^/]+' } },
      { path_match_policy: template },
      { path_separated_prefix: '/sep' },
      { prefix: '/caseless', case_sensitive: false },
      {
        prefix: '/h',
        headers: [
          { name: 'a', string_match: { exact: 'one' } },
          { name: 'b', string_match: { prefix: 'two' } },
          { name: 'c', string_match: { suffix: 'x' } },
          { name: 'd', string_match: { contains: 'mid' } },
          { name: 'e', string_match: { safe_regex: { regex: '[a-f]{3}' } } },
          { name: 'f', present_match: true },
          { name: 'g', range_match: { start: 5, end: 9 } },
          { name: 'h', string_match: { exact: 'no' }, invert_match: true },
        ],
      },
      { prefix: '/m', headers: [{ name: ':method', string_match: { exact: 'DELETE' } }] },
      {
        prefix: '/x',
        headers: [
          { name: ':method', string_match: { safe_regex: { regex: 'PUT|POST' } } },
          { name: ':authority', string_match: { prefix: 'admin.' } },
        ],
      },
      { prefix: '/s', headers: [{ name: ':scheme', string_match: { exact: 'https' } }] },
      {
        prefix: '/q',
        query_parameters: [
          { name: 'p', string_match: { exact: '1' } },
          { name: 'r', string_match: { safe_regex: { regex: '[0-9]{2}' } } },
          { name: 'z', present_match: true },
        ],
      },
      { prefix: '/grpc', grpc: {} },
      { prefix: '/absent', headers: [{ name: 'flag', present_match: true, invert_match: true }] },
      { prefix: '/absent' },
      { prefix: '/get', headers: [{ name: ':method', string_match: { exact: 'GET' } }] },
      { prefix: '/get' },
      { path: '/pre' },
      { prefix: '/pre' },
      { prefix: '/weighed', runtime_fraction: { default_value: { numerator: 60 } } },
      { prefix: '/' },
    ];
    const tracer = await tracerWith(matches.map((match, index) => ({ match, ...answer(200 + index) })));
    const { checks, unreached } = await generate(tracer);
    expect(unreached).toEqual([]);
    expect(checks.map(({ expect: expected }) => expected.status)).toEqual(
      matches.map((match, index) => ('grpc' in match ? 200 : 200 + index)),
    );
  });

  it('tell what shadows a route, and what came instead', async () => {
    const tracer = await tracerWith([
      { match: { prefix: '/a' }, ...answer(200) },
      { match: { path: '/a/b' }, ...answer(201) },
      {
        match: {
          prefix: '/c',
          dynamic_metadata: [{ filter: 'x', path: [{ key: 'k' }], value: { string_match: { exact: 'v' } } }],
        },
        ...answer(202),
      },
    ]);
    const { checks, unreached } = await generate(tracer);
    expect(checks).toHaveLength(1);
    expect(unreached[0]).toEqual({
      route: 'r v #1',
      because: 'route #0 of the same virtual host takes all that it would',
    });
    expect(unreached[1]?.because).toMatch(/requests met it; http:\/\/any\.example\/c ends as|meets v/);
    expect(
      await fileText(
        { checks, unreached, left: 0 },
        { proxy: 'web-1.shop', source: null, schema: 'check.schema.json' },
      ),
    ).toContain('#   r v #1: route #0 of the same');
  });

  it('write no text that a check file would read as a variable', async () => {
    const tracer = await tracerWith([{ match: { path: '/${HOME}/${{x}}' }, ...answer(200) }]);
    const generated = await generate(tracer);
    const { checks } = parseCheckFile(
      'g.yaml',
      await fileText(generated, { proxy: null, source: null, schema: 'check.schema.json' }),
      {},
    );
    expect(checks[0]?.subject).toMatchObject({ request: { url: 'http://any.example/${HOME}/${{x}}' } });
  });

  it.each([
    [['web.shop'], 'http://web.shop/'],
    [['*.shop.com'], 'http://any.shop.com/'],
    [['shop.*'], 'http://shop.example/'],
    [['[fd00::1]:80'], 'http://[fd00::1]/'],
  ])('meet the domains %j', async (domains, url) => {
    const { checks } = await generate(await tracerWith([{ match: { prefix: '/' }, ...answer(200) }], domains));
    expect(checks[0]?.request.url).toBe(url);
  });
});

it('a dump without its listeners has no checks, and is not one of a proxy that takes nothing', async () => {
  const tracer = await tracerOf('empty', '{"configs":[]}', null);
  await expect(generate(tracer)).rejects.toThrow('has no ListenersConfigDump');
});

describe('of many routes', () => {
  const many = (count: number): string => {
    const manager = {
      '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
      http_filters: [],
      route_config: {
        name: 'r',
        virtual_hosts: [
          {
            name: 'v',
            domains: ['*'],
            routes: Array.from({ length: count }, (_, n) => ({ match: { path: `/${n}` } })),
          },
          { name: 'w', domains: ['w.test'], routes: [{ match: { prefix: '/' } }] },
        ],
      },
    };
    const chain = { filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] };
    const address = { socket_address: { address: '0.0.0.0', port_value: 8080 } };
    const listener = { name: 'l', address, filter_chains: [chain] };
    const type = 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump';
    const listeners = [{ name: 'l', active_state: { listener } }];
    return JSON.stringify({ configs: [{ '@type': type, dynamic_listeners: listeners }] });
  };
  /** Every request fails: each route asks 24 or more of them. */
  const ends = { verdict: 'failed', reason: null, status: null, location: null, policy: null, hops: [] } as const;

  it('asks so many requests and no more, and counts the routes that are left', async () => {
    const { config } = await tracerOf('many', many(60_000), null);
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return await Promise.resolve(ends);
    };
    const { checks, unreached, left } = await generateChecks(config, ask);
    expect(asked).toBeGreaterThanOrEqual(20_000);
    expect(asked).toBeLessThan(20_200);
    expect(checks.length + unreached.length + left).toBe(60_001);
    expect(left).toBeGreaterThan(30_000);
    const text = await fileText({ checks, unreached: [], left }, { proxy: null, source: null, schema: 's' });
    expect(text).toContain(`# ${left} routes were left out after 20000 requests: --generate with --shard I/N`);
  });

  it('takes each route into one part', async () => {
    const tracer = await tracerOf('parts', many(10), null);
    const ask = (query: Parameters<Tracer['facts']>[0]) => tracer.facts(query, { allBranches: false, explain: false });
    const parts = [1, 2, 3, 4].map(
      async (index) => await generateChecks(tracer.config, ask, null, { index, count: 4 }),
    );
    const [all, ...own] = await Promise.all([generateChecks(tracer.config, ask), ...parts]);
    expect(own.flatMap(({ checks }) => checks)).toEqual(all.checks);
    expect(own.map(({ checks }) => checks.length)).toEqual([2, 3, 3, 3]);
  });
});
