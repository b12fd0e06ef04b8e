/** What a target on the command line names: a pod, or an object that stands for pods. Text only; nothing is looked up. */

/** A kind of object that stands for pods. */
export type WorkloadKind =
  | 'Deployment'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'ReplicaSet'
  | 'ReplicationController'
  | 'Job'
  | 'CronJob'
  | 'Service'
  | 'Gateway';

/** A name and the namespace it is in; null where the text does not say. */
export interface NamedIn {
  readonly name: string;
  readonly namespace: string | null;
}

export type Target =
  /** Readings of the text, the likeliest first: names may hold dots, and `a/b` may be a namespace and a pod. */
  | { readonly kind: 'Pod'; readonly readings: readonly NamedIn[] }
  | { readonly kind: WorkloadKind; readonly readings: readonly NamedIn[] }
  /** `TYPE/NAME` whose type is no known kind: a namespace and a pod, or a kind that only a cluster knows. */
  | { readonly kind: 'unknown'; readonly type: string; readonly readings: readonly NamedIn[] };

const KINDS: ReadonlyMap<string, WorkloadKind | 'Pod'> = new Map([
  ...kind('Pod', 'po', 'pod', 'pods'),
  ...kind('Deployment', 'deploy', 'deployment', 'deployments'),
  ...kind('StatefulSet', 'sts', 'statefulset', 'statefulsets'),
  ...kind('DaemonSet', 'ds', 'daemonset', 'daemonsets'),
  ...kind('ReplicaSet', 'rs', 'replicaset', 'replicasets'),
  ...kind('ReplicationController', 'rc', 'replicationcontroller', 'replicationcontrollers'),
  ...kind('Job', 'job', 'jobs'),
  ...kind('CronJob', 'cj', 'cronjob', 'cronjobs'),
  ...kind('Service', 'svc', 'service', 'services'),
  ...kind('Gateway', 'gtw', 'gateway', 'gateways'),
]);

/**
 * Reads a target as istioctl does (`pod.ns`, `pod`, `TYPE/NAME[.ns]`), and `ns/pod`. The type may be written with its
 * group and version (`deployments.v1.apps/x`). What follows the last dot of the name is taken for the namespace first.
 */
export function parseTarget(text: string): Target {
  const slash = text.indexOf('/');
  if (slash <= 0) return { kind: 'Pod', readings: readingsOf(text) };
  const type = text.slice(0, slash);
  const name = text.slice(slash + 1);
  const known = KINDS.get(type.toLowerCase().split('.')[0] ?? '');
  if (known !== undefined) return { kind: known, readings: readingsOf(name) };
  return { kind: 'unknown', type, readings: [{ name, namespace: type }] };
}

/** Every way to take `a.b.c` apart: c as the namespace, then b.c, then none. */
function readingsOf(text: string): readonly NamedIn[] {
  const readings: NamedIn[] = [];
  for (let dot = text.lastIndexOf('.'); dot > 0; dot = text.lastIndexOf('.', dot - 1)) {
    readings.push({ name: text.slice(0, dot), namespace: text.slice(dot + 1) });
  }
  return [...readings, { name: text, namespace: null }];
}

function kind<K extends WorkloadKind | 'Pod'>(name: K, ...spellings: readonly string[]): readonly [string, K][] {
  return spellings.map((spelling) => [spelling, name]);
}
