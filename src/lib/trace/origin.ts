/** The Istio, Gateway API or Kubernetes object that a piece of configuration says it came from. */
import type { Metadata } from '../envoy/any';
import { configOrigin, objectOrigin, type Origin, shellWord } from '../envoy/istio-config';
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

/** By the names that istiod gives to what has no metadata; null where a step's name says nothing. */
export function namedOrigin(stage: Stage, name: string): Origin | null {
  switch (stage) {
    case 'virtual-host': {
      const [, service, namespace] = VIRTUAL_HOST.exec(name) ?? [];
      return service === undefined || namespace === undefined
        ? null
        : objectOrigin('Service', 'service', service, namespace);
    }
    case 'route-configuration': {
      const [, gateway, namespace] = GATEWAY_ROUTES.exec(name) ?? [];
      if (gateway === undefined || namespace === undefined) return null;
      return objectOrigin('Gateway', 'gateways.networking.istio.io', gateway, namespace);
    }
    case 'network-filter':
    case 'http-filter': {
      const [, namespace, plugin] = WASM_PLUGIN.exec(name) ?? [];
      return namespace === undefined || plugin === undefined
        ? null
        : objectOrigin('WasmPlugin', 'wasmplugin', plugin, namespace);
    }
    default:
      return null;
  }
}

/** `NAME.NAMESPACE.svc.DOMAIN:PORT`. */
const VIRTUAL_HOST = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc\.[a-z0-9.-]+:\d{1,5}$/;
/** `https.443.PORT-NAME.GATEWAY.NAMESPACE`. */
const GATEWAY_ROUTES = /^https?\.\d{1,5}\.[^.]+\.([^.]+)\.([^.]+)$/;
const WASM_PLUGIN = /^extensions\.istio\.io\/wasmplugin\/([^.]+)\.(.+)$/;
