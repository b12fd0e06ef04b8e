/** Documents to mutate: real ones, of which entries are left out that have no other fields than those before them. */
import { MESSAGES, type MessageName } from '../../src/lib/envoy/messages';
import { ENUMS } from '../../src/lib/envoy/messages/enums';
import { ambientFiles } from '../helpers/ambient-corpora';
import { corpusFiles } from '../helpers/corpora';
import { placesByPath } from './mutate';

export interface Input {
  readonly name: string;
  readonly text: string;
  /** Arguments of traces that reach far into it. */
  readonly traces: readonly (readonly string[])[];
}

interface Section {
  readonly '@type': string;
  [list: string]: unknown;
}

const BOOKINFO = [
  ['http://reviews:9080/reviews/0', '--original-dst', '10.99.9.9:9080', '-H', 'end-user: luffy'],
  ['http://details:9080/details/0?a=b', '--original-dst', '10.99.9.9:9080', '--http2', '-X', 'POST'],
  ['http://10.244.0.5:9080/', '--mode', 'inbound', '--original-dst', '10.244.0.5:9080', '--tls', 'mtls'],
  ['https://example.com/x', '--original-dst', '1.2.3.4:443'],
  ['tcp://ratings:9080', '--original-dst', '10.99.9.9:9080'],
];
const ECHO = [
  ['http://echo.shop:80/q?a=b', '--original-dst', '10.99.9.9:80', '-H', 'x-a: 1', '-H', 'cookie: user=x'],
  ['http://echo.shop:80/re/abc/1', '--original-dst', '10.99.9.9:80'],
  ['grpc://echo.shop:7070/x.Y/Z', '--original-dst', '10.99.9.9:7070'],
  ['tcp://tcp80.shop:80', '--original-dst', '10.97.0.6:80'],
  [
    'http://10.1.1.1:8080/',
    '--mode',
    'inbound',
    '--original-dst',
    '10.1.1.1:8080',
    '--source-principal',
    'spiffe://a/b',
  ],
  ['tls://api.ext.test:443', '--sni', 'api.ext.test', '--original-dst', '10.99.9.9:443'],
];
const GATEWAY = [
  ['http://bookinfo.example.com/productpage', '--mode', 'gateway', '--original-dst', '10.0.0.1:8080'],
  ['https://bookinfo.example.com/rev/x', '--mode', 'gateway', '--original-dst', '10.0.0.1:8443'],
  ['https://pass.example.com/', '--mode', 'gateway', '--original-dst', '10.0.0.1:8443'],
];
const WAYPOINT = [
  ['http://reviews.bookinfo:9080/', '--mode', 'waypoint', '--original-dst', '10.96.1.3:9080', '-H', 'end-user: jason'],
  ['tcp://mongo.bookinfo:27017', '--mode', 'waypoint', '--original-dst', '10.96.1.4:27017'],
];

const FROM_CORPORA: readonly (readonly [file: string, traces: Input['traces']])[] = [
  ['bookinfo/productpage-v1-6b746f74dc-9stvs', BOOKINFO],
  ['mixed/client-7d9f8b6c5-aaaaa', ECHO],
  ['mixed/echo-5c6d7-bbbbb', ECHO],
  ['ingress/istio-ingressgateway-6bd9cfd8-9mh2c', GATEWAY],
  ['waypoint/waypoint-64b5d-xyz', WAYPOINT],
  ['quirks/states', ECHO],
  ['quirks/camel', ECHO],
  ['real-envoy/mixed__echo-5c6d7-bbbbb', ECHO],
];

/** config_dumps. */
export const dumps = once((): readonly Input[] => {
  const files = corpusFiles();
  return [
    ...FROM_CORPORA.map(([name, traces]) => ({
      name,
      traces,
      text: JSON.stringify(reduced(JSON.parse(files[`${name}.config_dump.json`] ?? ''))),
    })),
    { name: 'every field', traces: [...BOOKINFO, ...GATEWAY], text: JSON.stringify(everyField()) },
  ];
});

/** /clusters?format=json documents. */
export const clusters = once((): readonly Input[] => {
  const { cluster_statuses: statuses } = JSON.parse(
    corpusFiles()['mixed/client-7d9f8b6c5-aaaaa.clusters.json'] ?? '',
  ) as { readonly cluster_statuses: readonly unknown[] };
  return [{ name: 'clusters', traces: [], text: JSON.stringify({ cluster_statuses: novel(statuses) }) }];
});

/** config_dumps of ztunnels: those that are JSON. */
export const ztunnelDumps = once((): readonly Input[] =>
  Object.entries(ambientFiles()).flatMap(([name, text]) => {
    if (!name.endsWith('.config_dump.json')) return [];
    try {
      JSON.parse(text);
    } catch {
      return [];
    }
    return [{ name, traces: [], text }];
  }),
);

/** Lines of access logs in the formats that a mesh has: Istio's, Envoy's, JSON. */
export const logLines = once((): readonly string[] => {
  const path = '/reviews/0?token=abc&x=1';
  const cluster = 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local';
  const text = `[2026-08-01T10:00:00.000Z] "GET ${path} HTTP/1.1" 200 - via_upstream - "-" 0 379 12 11 "-" "curl/8.16.0" "4d5f-1" "reviews:9080" "10.244.0.13:9080" ${cluster} 10.244.0.5:41234 10.96.10.3:9080 10.244.0.5:51234 - default`;
  const envoy = `[2026-08-01T10:00:00.000Z] "POST ${path} HTTP/2" 503 UH 0 19 0 - "10.0.0.1" "-" "id" "reviews:9080" "-"`;
  const json = JSON.stringify({
    ...{ start_time: '2026-08-01T10:00:00.000Z', route_name: 'default', method: 'GET', path, protocol: 'HTTP/1.1' },
    ...{ response_code: 404, response_flags: 'NR', response_code_details: 'route_not_found', bytes_received: 0 },
    ...{ duration: 12, x_forwarded_for: null, user_agent: 'curl', request_id: 'id', authority: 'nosuch:9080' },
    ...{ upstream_host: null, upstream_cluster: cluster, downstream_local_address: '10.96.10.3:9080' },
    ...{ downstream_remote_address: '10.244.0.5:51234', requested_server_name: null },
  });
  const tcp = `[2026-08-01T10:00:00.000Z] "- - -" 0 UF,URX - - "-" 0 0 1 - "-" "-" "-" "-" "10.0.0.9:443" PassthroughCluster - 1.2.3.4:443 10.244.0.5:51234 outbound_.443_._.example.com -`;
  return [text, envoy, json, tcp, `[pod/productpage-v1-6b746f74dc-9stvs/istio-proxy] ${text}`];
});

/** Makes a value when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function reduced(dump: unknown): unknown {
  const { configs } = dump as { readonly configs: readonly Section[] };
  return {
    configs: configs.map((section) =>
      Object.fromEntries(
        Object.entries(section).map(([name, value]) => [name, Array.isArray(value) ? novel(value) : value]),
      ),
    ),
  };
}

/** Entries that have fields which those before them do not, and those that serve the traces' port. */
function novel(entries: readonly unknown[]): readonly unknown[] {
  const seen = new Set<string>();
  return entries.filter((entry) => {
    const paths = [...placesByPath(entry).keys()].filter((path) => !seen.has(path));
    for (const path of paths) seen.add(path);
    return (
      paths.length > 0 || /"(?:0\.0\.0\.0_)?9080"|\|9080\|(?:v2\|)?reviews/.test(JSON.stringify(entry).slice(0, 300))
    );
  });
}

/** A dump made of the tables of messages: every field that mctl reads, with a value of its type. */
function everyField(): unknown {
  const section = (name: string, list: string, message: MessageName): Section => ({
    '@type': `type.googleapis.com/envoy.admin.v3.${name}ConfigDump`,
    [list]: [sampleOf(message, 0)],
  });
  return {
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump',
        bootstrap: {
          node: { ...(sampleOf('Node', 0) as object), id: 'sidecar~10.244.0.5~p1.ns~ns.svc.cluster.local' },
        },
      },
      section('Clusters', 'dynamic_active_clusters', 'DynamicCluster'),
      section('Endpoints', 'dynamic_endpoint_configs', 'DynamicEndpointConfig'),
      section('Listeners', 'dynamic_listeners', 'DynamicListener'),
      section('Routes', 'dynamic_route_configs', 'DynamicRouteConfig'),
      section('ScopedRoutes', 'dynamic_scoped_route_configs', 'DynamicScopedRouteConfigs'),
      section('Secrets', 'dynamic_active_secrets', 'DynamicSecret'),
      section('Ecds', 'ecds_filters', 'EcdsFilterConfig'),
    ],
  };
}

/** Extensions in the order in which fields of type Any get them, so that each has its turn. */
const EXTENSIONS = [
  'HttpConnectionManager',
  'TcpProxy',
  'RBAC',
  'HTTPFault',
  'JwtAuthentication',
  'ExtAuthz',
  'CorsPolicy',
];
const SCALARS: Readonly<Record<string, unknown>> = {
  ...{ string: 'x', timestamp: '2026-01-01T00:00:00Z', bool: true, uint32: 9080, int32: 1, int64: '5', double: 0.5 },
  ...{ duration: '1.5s', struct: { istio: { a: 1 } }, object: {} },
};
/** Below this depth a message has no fields that are messages. */
const DEEPEST = 11;

function sampleOf(message: string, depth: number): unknown {
  const fields = (MESSAGES as Readonly<Record<string, string>>)[message] ?? '';
  return Object.fromEntries(
    fields
      .trim()
      .split(/\s+/)
      .map((field) => field.split(':') as [string, string])
      .filter(([, type]) => depth < DEEPEST || SCALARS[type] !== undefined)
      .map(([name, type]) => [name, valueOf(type, depth + 1)]),
  );
}

function valueOf(type: string, depth: number): unknown {
  if (type.endsWith('[]')) {
    const item = type.slice(0, -2);
    return item === 'HttpFilter' || item === 'ListenerFilter' ? filters(depth) : [valueOf(item, depth)];
  }
  if (type.endsWith('{}')) return { x: valueOf(type.slice(0, -2), depth) };
  if (type === 'any') return { '@type': 'type.googleapis.com/x.UriTemplateMatchConfig', path_template: '/a/{b}' };
  return SCALARS[type] ?? ENUMS[type]?.split('|')[1] ?? sampleOf(type, depth);
}

/** A chain of one filter of each kind; no chain in a chain. */
function filters(depth: number): readonly unknown[] {
  if (depth > 6) return [];
  return EXTENSIONS.map((name) => ({
    name: `envoy.filters.${name}`,
    typed_config: { '@type': `type.googleapis.com/envoy.x.v3.${name}`, ...(sampleOf(name, DEEPEST - 4) as object) },
  }));
}
