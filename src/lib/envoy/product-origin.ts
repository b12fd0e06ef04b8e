/** The objects behind configuration, by what metadata says, and by the names that other control planes than istiod give. */
import type { Metadata } from './any';
import { shellWord } from '../shell-word';
import { istioOrigin, objectOrigin, type Origin } from './istio-config';
import { ownField } from '../own-field';

/** By metadata of istiod, Envoy Gateway, Contour and Kuma; null where there is none. */
export function configOrigin(metadata: Metadata | undefined): Origin | null {
  return istioOrigin(metadata) ?? envoyGatewayOrigin(metadata) ?? contourOrigin(metadata) ?? kumaOrigin(metadata);
}

/** A Kubernetes name or kind, which can be a part of a command. */
const NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const KIND = /^[A-Z][A-Za-z0-9]*$/;

/** The first of `resources` is the object itself. https://gateway.envoyproxy.io/docs/tasks/observability/gateway-api-metadata/ */
function envoyGatewayOrigin(metadata: Metadata | undefined): Origin | null {
  const resources: unknown = metadata?.filter_metadata?.['envoy-gateway']?.['resources'];
  const [first] = Array.isArray(resources) ? (resources as readonly unknown[]) : [];
  const { kind, name, namespace } = (first ?? {}) as Readonly<Record<string, unknown>>;
  return kindOrigin(kind, name, namespace);
}

/** Where routes tell access logs what they were made of. https://projectcontour.io/docs/main/config/access-logging/ */
function contourOrigin(metadata: Metadata | undefined): Origin | null {
  const told = metadata?.filter_metadata?.['envoy.access_loggers.file'] ?? {};
  const part = (name: string): unknown => told[`io.projectcontour.${name}`];
  return kindOrigin(part('kind'), part('name'), part('namespace'));
}

function kindOrigin(kind: unknown, name: unknown, namespace: unknown): Origin | null {
  if (!isName(name) || !isName(namespace) || typeof kind !== 'string' || !KIND.test(kind)) return null;
  // Istio and the Gateway API both have a Gateway.
  const resource = kind === 'Gateway' ? GATEWAYS : kind.toLowerCase();
  return objectOrigin(kind, resource, name, namespace);
}

const GATEWAYS = 'gateways.gateway.networking.k8s.io';

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

function kumaOrigin(metadata: Metadata | undefined): Origin | null {
  const unified: unknown = metadata?.filter_metadata?.['io.kuma.tags']?.['kuma.io/unified-name'];
  return typeof unified === 'string' ? kumaResource(unified) : null;
}

/** Kuma's resources that configuration of other proxies is named after, by their short names. */
const KUMA_KINDS: Readonly<Record<string, string>> = {
  msvc: 'MeshService',
  mzsvc: 'MeshMultiZoneService',
  extsvc: 'MeshExternalService',
  mhttpr: 'MeshHTTPRoute',
  mtcpr: 'MeshTCPRoute',
};

/** `kri_TYPE_MESH_ZONE_NAMESPACE_NAME_SECTION`; zone, namespace and section may be empty. */
const KUMA_IDENTIFIER = /^kri_([a-z]+)_([a-z0-9-]*)_[a-z0-9-]*_([a-z0-9-]*)_([a-z0-9.-]+)_[a-z0-9_.-]*$/;

/** By a resource identifier of Kuma, which names what is made of it. One without a namespace is known to kumactl alone. */
export function kumaResource(identifier: string): Origin | null {
  const [, short = '', mesh = '', namespace = '', name = ''] = KUMA_IDENTIFIER.exec(identifier) ?? [];
  const kind = ownField(KUMA_KINDS, short);
  if (kind === undefined) return null;
  const origin = objectOrigin(kind, kind.toLowerCase(), name, namespace);
  if (namespace !== '') return origin;
  return {
    ...origin,
    command: `kumactl get ${kind.toLowerCase()} ${shellWord(name)} --mesh ${shellWord(mesh)} -o yaml`,
  };
}

/** Names of clusters that stand for a Kubernetes Service: of kgateway, Cilium, Open Service Mesh, Contour and Kuma. */
const SERVICE_CLUSTERS = [
  /^kube_(?<namespace>[a-z0-9-]+)_(?<name>[a-z0-9-]+)_\d{1,5}$/,
  /^[a-z0-9-]+\/[a-z0-9.-]+\/(?<namespace>[a-z0-9-]+):(?<name>[a-z0-9-]+):[a-z0-9-]+$/,
  /^(?<namespace>[a-z0-9-]+)\/(?<name>[a-z0-9-]+)\|\d{1,5}(?:\|local)?$/,
  /^(?<namespace>[a-z0-9-]+)\/(?<name>[a-z0-9-]+)\/[a-z0-9-]+\/[0-9a-f]{10}$/,
  /^(?<name>[a-z0-9-]+)_(?<namespace>[a-z0-9-]+)_svc_\d{1,5}$/,
];

/** Names that Envoy Gateway makes of a route's kind, namespace and name: of routes and of clusters. */
const GATEWAY_ROUTE =
  /^(?<kind>http|grpc|tcp|udp|tls)route\/(?<namespace>[a-z0-9-]+)\/(?<name>[a-z0-9.-]+)\/rule\/-?\d/;

/** Cilium's listeners and route configurations: `NAMESPACE/cilium-gateway-NAME/…`. */
const CILIUM_OBJECT = /^(?<namespace>[a-z0-9-]+)\/cilium-(?<kind>gateway|ingress)-(?<name>[a-z0-9.-]+)\/listener/;

/** Envoy Gateway's listeners and route configurations: `NAMESPACE/GATEWAY/LISTENER`. */
const GATEWAY_LISTENER = /^(?<namespace>[a-z0-9-]+)\/(?<name>[a-z0-9.-]+)\/[a-z0-9.-]+$/;

/** By the names that Kuma, kgateway, Cilium, Consul and others give; null where a cluster's name says nothing. */
export function namedClusterOrigin(cluster: string): Origin | null {
  for (const form of SERVICE_CLUSTERS) {
    const { name, namespace } = form.exec(cluster)?.groups ?? {};
    if (name !== undefined && namespace !== undefined) return objectOrigin('Service', 'service', name, namespace);
  }
  return kumaResource(cluster) ?? gatewayRouteOrigin(cluster) ?? consulServiceOrigin(cluster);
}

/**
 * Consul's clusters, by the server name that its proxies call each other with: `[SUBSET.]SERVICE.NAMESPACE.[PARTITION.]DATACENTER.internal`,
 * and of another cluster's services `SERVICE.NAMESPACE.PEER.external`; a setting of one proxy's own stands before a `~`.
 * https://developer.hashicorp.com/consul/docs/connect/proxies/envoy
 */
const CONSUL_SERVICE =
  /^(?:[0-9a-f]{8}~)?(?<service>(?:[a-z0-9-]+\.){2,5})(?<kind>internal|internal-v1|external)\.[0-9a-f-]{36}\.consul$/;

/** How many labels stand behind a service's name, by the kind of its server name. */
const CONSUL_LABELS: Readonly<Record<string, number>> = { internal: 2, 'internal-v1': 3, external: 2 };

function consulServiceOrigin(cluster: string): Origin | null {
  const { service = '', kind = '' } = CONSUL_SERVICE.exec(cluster)?.groups ?? {};
  const labels = service.split('.').slice(0, -1);
  const behind = CONSUL_LABELS[kind] ?? labels.length;
  const [name, namespace] = labels.slice(-behind - 1);
  // A service in front of its labels, or with a subset before it.
  if (name === undefined || namespace === undefined || labels.length < behind + 1 || labels.length > behind + 2)
    return null;
  const place = namespace === 'default' ? '' : ` -namespace ${shellWord(namespace)}`;
  return {
    kind: 'Consul service',
    name,
    namespace,
    command: `consul catalog nodes -service ${shellWord(name)}${place}`,
  };
}

/**
 * By the name of a route, as Kuma, Envoy Gateway and kgateway write it. The last one's `…-httproute-NAME-NAMESPACE-0-0-matcher-0`
 * does not say where a name ends that has a hyphen: null then.
 */
export function namedRouteOrigin(route: string): Origin | null {
  return kumaResource(route) ?? gatewayRouteOrigin(route) ?? kgatewayRouteOrigin(route);
}

function gatewayRouteOrigin(text: string): Origin | null {
  const { kind, namespace, name } = GATEWAY_ROUTE.exec(text)?.groups ?? {};
  if (kind === undefined || namespace === undefined || name === undefined) return null;
  return objectOrigin(`${kind.toUpperCase()}Route`, `${kind}route`, name, namespace);
}

const KGATEWAY_ROUTE = /-(?<kind>http|grpc)route-(?<name>[a-z0-9.]+)-(?<namespace>[a-z0-9]+)-\d+-\d+-matcher-\d+$/;

function kgatewayRouteOrigin(text: string): Origin | null {
  const { kind, namespace, name } = KGATEWAY_ROUTE.exec(text)?.groups ?? {};
  if (kind === undefined || namespace === undefined || name === undefined) return null;
  return objectOrigin(`${kind.toUpperCase()}Route`, `${kind}route`, name, namespace);
}

/** By the name of a listener or of a route configuration: the Gateway or the Ingress that opens it. */
export function namedListenerOrigin(listener: string): Origin | null {
  const { kind, name = '', namespace = '' } = CILIUM_OBJECT.exec(listener)?.groups ?? {};
  if (kind === 'ingress') return objectOrigin('Ingress', 'ingress', name, namespace);
  if (kind === 'gateway') return objectOrigin('Gateway', GATEWAYS, name, namespace);
  const gateway = GATEWAY_LISTENER.exec(listener)?.groups ?? {};
  const { name: own, namespace: space } = gateway;
  return own === undefined || space === undefined ? null : objectOrigin('Gateway', GATEWAYS, own, space);
}
