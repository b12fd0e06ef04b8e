/** The Istio object that a resource says it was made from: `filter_metadata.istio.config` names it by its API path. */
import type { Metadata } from './any';

/** An object that the user can edit. */
export interface IstioConfig {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** The line that prints it. */
  readonly command: string;
}

const PATH = /^\/apis\/([^/]+)\/([^/]+)\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** Null where the metadata names none. */
export function istioConfigOf(metadata: Metadata | undefined): IstioConfig | null {
  const path = metadata?.filter_metadata?.['istio']?.['config'];
  const match = typeof path === 'string' ? PATH.exec(path) : null;
  if (match === null) return null;
  const [, group = '', , namespace = '', type = '', name = ''] = match;
  const kind = type
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
  const resource = `${type.replaceAll('-', '')}.${group}`;
  return { kind, name, namespace, command: `kubectl get ${resource} ${name} -n ${namespace} -o yaml` };
}
