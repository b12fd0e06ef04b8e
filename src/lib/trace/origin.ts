/** The Istio, Gateway API or Kubernetes object that a piece of configuration says it came from. */
import type { Metadata } from '../envoy/any';
import { shellWord } from '../shell-word';
import { objectOrigin, type Origin } from '../envoy/istio-config';
import {
  configOrigin,
  kumaResource,
  namedClusterOrigin,
  namedListenerOrigin,
  namedRouteOrigin,
} from '../envoy/product-origin';
import type { Stage } from './model';

/** A cluster's DestinationRule, else the Kubernetes Service or ServiceEntry that it stands for. */
export function clusterOrigin(metadata: Metadata | undefined): Origin | null {
  const own = configOrigin(metadata);
  if (own !== null) return own;
  const services = metadata?.filter_metadata?.['istio']?.['services'];
  const [service] = Array.isArray(services) ? (services as readonly Partial<Record<string, unknown>>[]) : [];
  const { host, name, namespace } = service ?? {};
  if (typeof host !== 'string' || typeof name !== 'string' || typeof namespace !== 'string') return null;
  if (host.startsWith(`${name}.${namespace}.svc.`)) return objectOrigin('Service', 'service', name, namespace);
  // Of a ServiceEntry istiod writes the host, not the name.
  return name === host
    ? { ...objectOrigin('ServiceEntry', 'serviceentry', name, namespace), command: entriesOf(namespace) }
    : null;
}

function entriesOf(namespace: string): string {
  return `kubectl get serviceentry -n ${shellWord(namespace)} -o yaml`;
}

/** By the names that istiod and other control planes give to what has no metadata; null where a step's name says nothing. */
export function namedOrigin(stage: Stage, name: string): Origin | null {
  switch (stage) {
    case 'virtual-host':
      return byParts(VIRTUAL_HOST.exec(name), 'Service', 'service') ?? kumaResource(name);
    case 'route-configuration':
      return byParts(GATEWAY_ROUTES.exec(name), 'Gateway', 'gateways.networking.istio.io') ?? namedListenerOrigin(name);
    case 'listener':
      return namedListenerOrigin(name);
    case 'network-filter':
    case 'http-filter':
      return byParts(WASM_PLUGIN.exec(name), 'WasmPlugin', 'wasmplugin');
    case 'cluster':
      return namedClusterOrigin(name);
    case 'route':
      return namedRouteOrigin(name);
    default:
      return null;
  }
}

function byParts(match: RegExpExecArray | null, kind: string, resource: string): Origin | null {
  const { name, namespace } = match?.groups ?? {};
  return name === undefined || namespace === undefined ? null : objectOrigin(kind, resource, name, namespace);
}

/** `NAME.NAMESPACE.svc.DOMAIN:PORT`. */
const VIRTUAL_HOST = /^(?<name>[a-z0-9-]+)\.(?<namespace>[a-z0-9-]+)\.svc\.[a-z0-9.-]+:\d{1,5}$/;
/** `https.443.PORT-NAME.GATEWAY.NAMESPACE`. */
const GATEWAY_ROUTES = /^https?\.\d{1,5}\.[^.]+\.(?<name>[^.]+)\.(?<namespace>[^.]+)$/;
const WASM_PLUGIN = /^extensions\.istio\.io\/wasmplugin\/(?<namespace>[^.]+)\.(?<name>.+)$/;
