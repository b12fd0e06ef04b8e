/** The objects behind configuration, by what metadata says, and by the names that other control planes than istiod give. */
import type { Metadata } from './any';
import { istioOrigin, objectOrigin, type Origin, shellWord } from './istio-config';
import { ownField } from '../own-field';

/** By metadata of istiod, Envoy Gateway and Kuma; null where there is none. */
export function configOrigin(metadata: Metadata | undefined): Origin | null {
  return istioOrigin(metadata) ?? envoyGatewayOrigin(metadata) ?? kumaOrigin(metadata);
}

/** A Kubernetes name or kind, which can be a part of a command. */
const NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const KIND = /^[A-Z][A-Za-z0-9]*$/;

/** The first of `resources` is the object itself. https://gateway.envoyproxy.io/docs/tasks/observability/gateway-api-metadata/ */
function envoyGatewayOrigin(metadata: Metadata | undefined): Origin | null {
  const resources: unknown = metadata?.filter_metadata?.['envoy-gateway']?.['resources'];
  const [first] = Array.isArray(resources) ? (resources as readonly unknown[]) : [];
  const { kind, name, namespace } = (first ?? {}) as Readonly<Record<string, unknown>>;
  if (!isName(name) || !isName(namespace) || typeof kind !== 'string' || !KIND.test(kind)) return null;
  // Istio and the Gateway API both have a Gateway.
  const resource = kind === 'Gateway' ? 'gateways.gateway.networking.k8s.io' : kind.toLowerCase();
  return objectOrigin(kind, resource, name, namespace);
}

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

/** Names of clusters that stand for a Kubernetes Service: of kgateway, of Cilium and of Open Service Mesh. */
const SERVICE_CLUSTERS = [
  /^kube_(?<namespace>[a-z0-9-]+)_(?<name>[a-z0-9-]+)_\d{1,5}$/,
  /^[a-z0-9-]+\/[a-z0-9.-]+\/(?<namespace>[a-z0-9-]+):(?<name>[a-z0-9-]+):[a-z0-9-]+$/,
  /^(?<namespace>[a-z0-9-]+)\/(?<name>[a-z0-9-]+)\|\d{1,5}(?:\|local)?$/,
];

/** By the names that Kuma, kgateway, Cilium and Open Service Mesh give; null where a cluster's name says nothing. */
export function namedClusterOrigin(cluster: string): Origin | null {
  for (const form of SERVICE_CLUSTERS) {
    const { name, namespace } = form.exec(cluster)?.groups ?? {};
    if (name !== undefined && namespace !== undefined) return objectOrigin('Service', 'service', name, namespace);
  }
  return kumaResource(cluster);
}
