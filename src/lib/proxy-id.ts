import { InputError } from './errors';

/** A proxy's name in the mesh: its pod and namespace. */
export interface ProxyId {
  readonly name: string;
  readonly namespace: string;
}

/** `pod.namespace`, as istioctl and istiod write it. */
export function proxyName(id: ProxyId): string {
  return `${id.name}.${id.namespace}`;
}

/** The pod and the namespace in such a name: what stands before the last dot, and behind it. Null where it has none. */
export function proxyNamed(name: string): ProxyId | null {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? { name: name.slice(0, dot), namespace: name.slice(dot + 1) } : null;
}

/** A DNS label of RFC 1123, as Kubernetes takes it: lower case. */
const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/** Names that Windows keeps for devices, with any ending: no file can have them there. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

const LONGEST_LABEL = 63;
const LONGEST_NAME = 253;
/** How much of a wrong name is shown. */
const SHOWN = 60;

/**
 * Refuses a name that Kubernetes would not take, before it becomes a path: a pod's is a DNS subdomain of at most 253
 * characters, a namespace's a DNS label of at most 63. Throws InputError.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 * A label of a pod's name may be longer than 63: Kubernetes limits the whole only.
 * @param from where the name comes from: `node.id of dump.json`
 */
export function checkProxyId(id: ProxyId, from: string): void {
  const fault = nameFault(id) ?? deviceFault('a pod', id.name) ?? deviceFault('a namespace', id.namespace);
  if (fault === null) return;
  throw new InputError(`${from}: ${fault}`, {
    hint: 'Nothing was written. Names of pods and namespaces are lower-case letters, digits, "-" and, in a pod\'s, ".".',
  });
}

/** What of a proxy's name Kubernetes would not take: `"…" is not the name of a pod`; null where it takes both. */
export function nameFault({ name, namespace }: ProxyId): string | null {
  if (name.length > LONGEST_NAME || !name.split('.').every((label) => LABEL.test(label))) {
    return `${shortened(name)} is not the name of a pod`;
  }
  const isNamespace = namespace.length <= LONGEST_LABEL && LABEL.test(namespace);
  return isNamespace ? null : `${shortened(namespace)} is not the name of a namespace`;
}

function deviceFault(noun: string, name: string): string | null {
  if (!DEVICE.test(name.split('.')[0] ?? '')) return null;
  return `${shortened(name)}, the name of ${noun}, is a device on Windows and cannot be a file`;
}

/** A name that nobody checked, quoted, and cut where it is long. */
export function shortened(name: string): string {
  return name.length > SHOWN
    ? `${JSON.stringify(name.slice(0, SHOWN))}… (${name.length} characters)`
    : JSON.stringify(name);
}

/** How many of those that failed alike are named. */
const NAMED = 5;

/** What a message says of any proxy: the same of two that failed alike. */
export function withoutProxy(message: string, id: ProxyId): string {
  const names = [proxyName(id), `namespaces/${id.namespace}/`, id.name];
  return names.reduce((text, name) => text.replaceAll(name, ''), message);
}

/** Names of proxies in a sentence, of many the first few and how many there are. */
export function listedNames(names: readonly string[]): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} others` : '');
}
