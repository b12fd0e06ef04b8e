/**
 * Which control plane wrote a proxy's configuration, by the node that the proxy says it is, by the names that each product gives,
 * and by its metadata. An id in Istio's form decides where none of these tells anything, since others give such ids, too.
 */
import { rememberedFor } from '../remembered';
import type { Metadata } from './any';
import { InputError } from '../errors';
import type { Node, ResourceEntry } from './config-dump';
import type { ProxyConfig } from './proxy-config';
import type { RouteConfiguration } from './route';

/** `envoy` is an Envoy of which nothing says who wrote its configuration. */
export type ControlPlane =
  | 'istio'
  | 'higress'
  | 'envoy-gateway'
  | 'kgateway'
  | 'gloo'
  | 'kuma'
  | 'consul'
  | 'osm'
  | 'cilium'
  | 'contour'
  | 'emissary'
  | 'app-mesh'
  | 'envoy';

/** What gives a product away. */
interface Marks {
  readonly product: Exclude<ControlPlane, 'envoy'>;
  readonly node?: (node: Told) => boolean;
  readonly listener?: RegExp;
  readonly cluster?: RegExp;
  readonly routes?: RegExp;
  /** Of a route in a virtual host. */
  readonly route?: RegExp;
  /** A key of `filter_metadata`. */
  readonly metadata?: RegExp;
}

interface Told {
  readonly id: string;
  readonly cluster: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

function roleOf({ metadata }: Told): string {
  const role = metadata['role'];
  return typeof role === 'string' ? role : '';
}

/** Whether a key of the node's metadata is like this. */
function hasKey({ metadata }: Told, form: RegExp): boolean {
  return Object.keys(metadata).some((key) => form.test(key));
}

/** In order: what an earlier line takes is not asked of a later one. */
const MARKS: readonly Marks[] = [
  // Made of Istio: its names are Istio's. https://higress.cn/en/docs/latest/overview/what-is-higress/
  {
    product: 'higress',
    node: ({ id, cluster }) => /~higress-|\.higress-system~/.test(id) || cluster.startsWith('higress-'),
  },
  {
    product: 'app-mesh',
    node: ({ id }) => /(?:^|:)mesh\/[^/]+\/virtual(?:Node|Gateway)\//.test(id),
    listener: /^lds_(?:in|e)gress_/,
    cluster: /^cds_(?:in|e)gress_/,
    routes: /^rds_(?:in|e)gress_/,
  },
  {
    product: 'kuma',
    node: (node) => hasKey(node, /^dataplane\./),
    listener: /^(?:kuma:|kri_|self_|system_meshmetric)|^(?:in|out)bound:[\d[]/,
    cluster: /^(?:kuma:|kri_|self_|system_kuma|meshpassthrough_)|^localhost:\d+$|^(?:in|out)bound:passthrough:/,
    routes: /^(?:kri_|meshpassthrough_)|^(?:in|out)bound:/,
    metadata: /^io\.kuma\./,
  },
  {
    product: 'cilium',
    node: ({ id }) => id === 'host~127.0.0.1~no-id~localdomain',
    listener: /^cilium-|\/cilium-(?:gateway|ingress)/,
    cluster: /^(?:xds-grpc-cilium|(?:in|e)gress-cluster(?:-tls)?)$|\/cilium-(?:gateway|ingress)/,
  },
  {
    product: 'osm',
    node: ({ id }) => /^[0-9a-f-]{36}\.sidecar\./.test(id),
    listener: /^(?:in|out)bound-listener$|^inbound-prometheus-listener$/,
    cluster: /^osm-controller$|^passthrough-outbound$|^[a-z0-9-]+\/[a-z0-9-]+\|\d+(?:\|local)?$/,
    routes: /^rds-(?:in|out)bound/,
  },
  {
    product: 'consul',
    listener: /^(?:public_listener|outbound_listener|exposed_path_listener)/,
    cluster: /^(?:local_app|local_agent|consul-dataplane)$|\.(?:internal|external)(?:-v\d+)?\.[0-9a-f-]+\.consul$/,
  },
  {
    product: 'contour',
    listener: /^ingress_https?$/,
    cluster: /^contour$|^[a-z0-9-]+\/[a-z0-9-]+\/[a-z0-9-]+\/[0-9a-f]{10}$/,
    routes: /^ingress_(?:https?|fallbackcert)$/,
    metadata: /^io\.projectcontour\./,
  },
  {
    product: 'emissary',
    node: ({ cluster }) => /^(?:ambassador|emissary)\b/.test(cluster),
    listener: /^(?:emissary-ingress|ambassador)-listener\b/,
    routes: /^(?:emissary-ingress|ambassador)-listener\b/,
  },
  {
    product: 'gloo',
    node: (node) => /^gloo-kube-gateway-api~|^[a-z0-9-]+~gateway-proxy\b/.test(roleOf(node)),
    listener: /^listener-(?:::|[\d.]+)-\d+$/,
    cluster: /^gloo\.[a-z0-9-]+\.svc\b/,
    routes: /^listener-(?:::|[\d.]+)-\d+-/,
  },
  {
    product: 'kgateway',
    node: (node) => roleOf(node).startsWith('kgateway-kube-gateway-api~'),
    listener: /^listener~\d+/,
    cluster: /^kube_[a-z0-9-]+_[a-z0-9-]+_\d+$|^backend_[a-z0-9-]+_[a-z0-9.-]+_\d+$/,
    routes: /^listener~\d+/,
    route: /-(?:http|grpc|tcp|tls)route-[a-z0-9.-]+-\d+-\d+-matcher-\d+$/,
  },
  {
    product: 'envoy-gateway',
    listener: /^envoy-gateway-|^[a-z0-9-]+\/[a-z0-9.-]+\/[a-z0-9.-]+$/,
    cluster: /^(?:http|grpc|tcp|udp|tls)route\/[^/]+\/[^/]+\/rule\//,
    routes: /^[a-z0-9-]+\/[a-z0-9.-]+\/[a-z0-9.-]+$/,
    route: /^(?:http|grpc)route\/[^/]+\/[^/]+\/rule\//,
    metadata: /^envoy-gateway$/,
  },
  {
    product: 'istio',
    node: (node) => hasKey(node, /^ISTIO_/),
    listener: /^virtual(?:In|Out)bound$|^(?:main_internal|connect_(?:originate|terminate))$|^[\da-f.:[\]]+_\d+$/i,
    cluster: /^(?:in|out)bound(?:_\.\d|\|)|^(?:BlackHole|Passthrough|InboundPassthrough)Cluster|^xds-grpc$/,
    routes: /^https?\.\d+|^\d+$|^(?:in|out)bound\||^InboundPassthrough/,
    metadata: /^istio$/,
  },
];

/** How many listeners, clusters and route configurations are asked for their names, and how many for what stands in them. */
const NAMES = 200;
const WHOLE = 5;

/** The control plane that wrote a proxy's configuration. */
export function productOf(config: ProxyConfig): ControlPlane {
  return ofConfig(config);
}

const ofConfig = rememberedFor((config: ProxyConfig): ControlPlane => {
  const { node } = config;
  const told = { id: node.id ?? '', cluster: node.cluster ?? '', metadata: node.metadata ?? {} };
  return byNode(told) ?? byNames(config) ?? byContent(config) ?? (isTold(node) ? 'envoy' : 'istio');
});

/** Of a pod: `type~ip~pod.namespace~domain`. */
const ISTIO_ID = /^(?:sidecar|router|waypoint)~[\da-f.:]+~[^~.]+\.[^~]+~[^~]+$/;

/**
 * Whether the dump says which Envoy it is of: where it does not, the names that it lacks say nothing. Neither do they where its id is
 * in Istio's form and nothing else in it is of another product.
 */
function isTold({ id, user_agent_name: agent }: Node): boolean {
  return id === undefined ? agent !== undefined : !ISTIO_ID.test(id);
}

function byNode(told: Told): ControlPlane | null {
  return MARKS.find(({ node }) => node?.(told) === true)?.product ?? null;
}

type Named = 'listener' | 'cluster' | 'routes' | 'route';

function byName(kind: Named, name: string): ControlPlane | null {
  return MARKS.find((marks) => marks[kind]?.test(name) === true)?.product ?? null;
}

function byNames({ dump }: ProxyConfig): ControlPlane | null {
  const lists = [
    ['listener', dump.eachListener()],
    ['cluster', dump.eachCluster()],
    ['routes', dump.eachRoute()],
  ] as const;
  for (const [kind, entries] of lists) {
    const found = firstOf<{ readonly name: string }>(entries, NAMES, ({ name }) => byName(kind, name));
    if (found !== null) return found;
  }
  return null;
}

function byContent({ dump }: ProxyConfig): ControlPlane | null {
  return (
    firstOf(dump.eachListener(), WHOLE, (entry) => byMetadata(contentOf(entry)?.metadata)) ??
    firstOf(dump.eachRoute(), WHOLE, (entry) => byRoutes(contentOf(entry) ?? {})) ??
    firstOf(dump.eachCluster(), WHOLE, (entry) => byMetadata(contentOf(entry)?.metadata))
  );
}

/** Null of what cannot be read, too: whoever needs it says so, and it may be nobody. */
function contentOf<T>(entry: ResourceEntry<T>): T | null {
  try {
    return entry.resource;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function byRoutes({ virtual_hosts: hosts = [] }: RouteConfiguration): ControlPlane | null {
  return firstOf(hosts, WHOLE, ({ metadata, routes = [] }) => {
    const own = byMetadata(metadata);
    return own ?? firstOf(routes, WHOLE, (route) => byMetadata(route.metadata) ?? byName('route', route.name ?? ''));
  });
}

function byMetadata(metadata: Metadata | undefined): ControlPlane | null {
  return firstOf(Object.entries(metadata?.filter_metadata ?? {}), WHOLE, ([key, value]) => {
    const names = [key, ...Object.keys(value)];
    return MARKS.find((marks) => names.some((name) => marks.metadata?.test(name) === true))?.product ?? null;
  });
}

/** The first answer that one of so many gives. */
function firstOf<T>(all: Iterable<T>, most: number, ask: (one: T) => ControlPlane | null): ControlPlane | null {
  let count = 0;
  for (const one of all) {
    const found = ask(one);
    if (found !== null || (count += 1) >= most) return found;
  }
  return null;
}
