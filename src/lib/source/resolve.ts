/** From a target's text to the proxies of a set that it names. */
import { UnavailableError } from '../errors';
import { nearest } from '../nearest';
import { type ProxyId, proxyName } from '../proxy-id';
import { comparePods } from './kubernetes-objects';
import { parseSelector } from './selector';
import { type NamedIn, parseTarget } from './target';
import { type Catalogue, proxiesOf, proxiesOfBareName } from './workload';

/** How many proxies a message lists. */
const SHOWN = 5;

/** A set of proxies to look a target up in. */
export interface Directory extends Catalogue {
  /** For messages: `the snapshot ./mesh`. */
  readonly label: string;
  /** As given with -n; null where it was not, and then every namespace is looked in, `default` first. */
  readonly namespace: string | null;
}

/** Every proxy that a target names, the one to prefer first. Throws UnavailableError, naming the nearest, for none. */
export function resolveTarget(text: string, directory: Directory): readonly ProxyId[] {
  const target = parseTarget(text);
  const slash = text.indexOf('/');
  const asNamespace = slash > 0 ? { namespace: text.slice(0, slash), name: text.slice(slash + 1) } : null;
  for (const reading of target.readings) {
    const found = placesOf(reading, directory).flatMap((place) => {
      if (target.kind === 'Pod' || target.kind === 'unknown') return exact(place, directory);
      return proxiesOf({ kind: target.kind, ...place }, directory);
    });
    if (found.length > 0) return preferred(found, directory);
  }
  const workload = target.kind === 'Pod' ? podsOfWorkload(target.readings, directory) : [];
  if (workload.length > 0) return preferred(workload, directory);
  const podOfNamespace = asNamespace === null ? [] : exact(asNamespace, directory);
  if (podOfNamespace.length > 0) return podOfNamespace;
  throw missing(text, directory);
}

function podsOfWorkload(readings: readonly NamedIn[], directory: Directory): readonly ProxyId[] {
  for (const reading of readings) {
    const found = placesOf(reading, directory).flatMap((place) => proxiesOfBareName(place, directory));
    if (found.length > 0) return found;
  }
  return [];
}

/** Every proxy whose pod's labels meet a selector, the one to prefer first. Throws UnavailableError for none. */
export function resolveSelector(text: string, directory: Directory): readonly ProxyId[] {
  const meets = parseSelector(text);
  if (directory.pods === null) {
    throw new UnavailableError(`${directory.label} has no list of pods, so --selector has no labels to look at`, {
      hint: 'Add kubernetes/pods.json: kubectl get pods -A -o json prints it.',
    });
  }
  const chosen = new Set(directory.pods.filter((pod) => meets(pod.labels)).map((pod) => proxyName(pod.id)));
  const found = inNamespace(directory).filter((id) => chosen.has(proxyName(id)));
  if (found.length > 0) return preferred(found, directory);
  throw new UnavailableError(`no pods found with selector ${text} in ${directory.label}`);
}

/** The proxies of the namespace given with -n, or all. */
export function inNamespace({ proxies, namespace }: Directory): readonly ProxyId[] {
  return namespace === null ? proxies : proxies.filter((id) => id.namespace === namespace);
}

/** Where a name without a namespace may be: the one given, else `default`, else anywhere. */
function placesOf({ name, namespace }: NamedIn, directory: Directory): readonly ProxyId[] {
  if (namespace !== null) return [{ name, namespace }];
  if (directory.namespace !== null) return [{ name, namespace: directory.namespace }];
  const namespaces = new Set(directory.proxies.map((id) => id.namespace));
  const isIn = (place: string): boolean => exact({ name, namespace: place }, directory).length > 0;
  return (isIn('default') ? ['default'] : [...namespaces]).map((place) => ({ name, namespace: place }));
}

function exact(wanted: ProxyId, { proxies }: Directory): readonly ProxyId[] {
  return proxies.filter(({ name, namespace }) => name === wanted.name && namespace === wanted.namespace);
}

function preferred(found: readonly ProxyId[], { pods }: Directory): readonly ProxyId[] {
  const facts = new Map((pods ?? []).map((pod) => [proxyName(pod.id), pod]));
  return [...found].sort((a, b) => {
    const left = facts.get(proxyName(a));
    const right = facts.get(proxyName(b));
    return left === undefined || right === undefined ? 0 : comparePods(left, right);
  });
}

/** What Kubernetes appends to a Deployment's name: reviews-v2-7bf8c9648f-rzfp6. */
const POD_SUFFIX = /-[0-9a-f]{8,10}-[0-9a-z]{5}$/;

function missing(text: string, directory: Directory): UnavailableError {
  const { label, proxies, pods } = directory;
  const bare = pods?.find((pod) => proxyName(pod.id) === text && exact(pod.id, directory).length === 0);
  if (bare !== undefined) {
    return new UnavailableError(`${label} lists the pod ${text}, but has no configuration of a proxy in it`);
  }
  const near = nearPods(text, proxies);
  const some = proxies.slice(0, SHOWN).map(proxyName).join(', ');
  return new UnavailableError(`no pod of ${label} matches "${text}"`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Some that there are: ${some}.`,
  });
}

/** Pods whose whole name, or the workload's that it was made from, looks like the one given. */
export function nearPods(text: string, pods: readonly ProxyId[]): readonly string[] {
  const spellings = new Map(
    pods.flatMap((id) => {
      const workload = id.name.replace(POD_SUFFIX, '');
      return [id.name, proxyName(id), workload, `${workload}.${id.namespace}`].map((name) => [name, proxyName(id)]);
    }),
  );
  const near = nearest(text.slice(text.indexOf('/') + 1), spellings.keys());
  return [...new Set(near.flatMap((name) => spellings.get(name) ?? []))];
}
