/** The Istio, Gateway API or Kubernetes object that a piece of configuration says it came from. */
import type { Metadata } from '../envoy/any';
import type { Origin } from './model';

/** An object with the line that prints it. Names come from a dump, so they are quoted for the shell. */
export function objectOrigin(kind: string, resource: string, name: string, namespace: string): Origin {
  const command = `kubectl get ${shellWord(resource)} ${shellWord(name)} -n ${shellWord(namespace)} -o yaml`;
  return { kind, name, namespace, command };
}

/** A word for a shell: as it is where it is plain, else in single quotes. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * By `filter_metadata.istio.config`, where istiod writes the path of the object:
 * `/apis/GROUP/VERSION/namespaces/NAMESPACE/KIND/NAME`. Null where it does not.
 */
export function configOrigin(metadata: Metadata | undefined): Origin | null {
  const config = metadata?.filter_metadata?.['istio']?.['config'];
  if (typeof config !== 'string') return null;
  const [empty, apis, group, , namespaces, namespace, kind, name, ...more] = config.split('/');
  if (empty !== '' || apis !== 'apis' || namespaces !== 'namespaces' || more.length > 0) return null;
  if (group === undefined || namespace === undefined || kind === undefined || name === undefined) return null;
  const words = kind.split('-');
  const resource = words.join('').toLowerCase();
  // Istio and the Gateway API both have a Gateway.
  const type = resource === 'gateway' ? `gateways.${group}` : resource;
  return objectOrigin(words.map(capitalized).join(''), type, name, namespace);
}

/** A cluster's DestinationRule, else the Kubernetes Service that it stands for. */
export function clusterOrigin(metadata: Metadata | undefined): Origin | null {
  const own = configOrigin(metadata);
  if (own !== null) return own;
  const services = metadata?.filter_metadata?.['istio']?.['services'];
  const [service] = Array.isArray(services) ? (services as readonly Partial<Record<string, unknown>>[]) : [];
  const { host, name, namespace } = service ?? {};
  if (typeof host !== 'string' || typeof name !== 'string' || typeof namespace !== 'string') return null;
  return host.startsWith(`${name}.${namespace}.svc.`) ? objectOrigin('Service', 'service', name, namespace) : null;
}

/** Istio's own abbreviations in kinds: `http-route` is HTTPRoute. */
const ABBREVIATIONS: Readonly<Record<string, string>> = { http: 'HTTP', grpc: 'GRPC', tcp: 'TCP', tls: 'TLS' };

function capitalized(word: string): string {
  return ABBREVIATIONS[word] ?? `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
