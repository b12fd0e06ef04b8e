/** Which pods a workload or Service stands for: by labels and owners where they are known, else by how pods are named. */
import type { ProxyId } from '../proxy-id';
import type { PodFacts, ServiceFacts } from './kubernetes-objects';
import { selectorOf } from './selector';
import type { WorkloadKind } from './target';

const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';

/** What Kubernetes appends to a workload's name to name its pods. */
const SUFFIXES: Readonly<Record<WorkloadKind, RegExp>> = {
  Deployment: /^-[0-9a-z]{1,10}-[0-9a-z]{5}$/,
  StatefulSet: /^-\d+$/,
  DaemonSet: /^-[0-9a-z]{5}$/,
  ReplicaSet: /^-[0-9a-z]{5}$/,
  ReplicationController: /^-[0-9a-z]{5}$/,
  Job: /^-[0-9a-z]{5}$/,
  CronJob: /^-\d+-[0-9a-z]{5}$/,
  Service: /^-/,
  Gateway: /^-/,
};

/** A name that a person made up: `reviews-v1-abc` for the Deployment reviews-v1. */
const HAND_MADE = /^-[0-9a-z]+$/;

export interface Workload {
  readonly kind: WorkloadKind;
  readonly name: string;
  readonly namespace: string;
}

/** What is known of a namespace's pods and Services; null where there is no list. */
export interface Catalogue {
  readonly proxies: readonly ProxyId[];
  readonly pods: readonly PodFacts[] | null;
  readonly services: readonly ServiceFacts[] | null;
}

/** The proxies of a workload's pods, in no particular order; empty where it has none or is not known. */
export function proxiesOf(workload: Workload, catalogue: Catalogue): readonly ProxyId[] {
  const there = catalogue.proxies.filter(({ namespace }) => namespace === workload.namespace);
  const facts = new Map((catalogue.pods ?? []).map((pod) => [`${pod.id.namespace}/${pod.id.name}`, pod]));
  const known = there.flatMap((id) => {
    const pod = facts.get(`${id.namespace}/${id.name}`);
    return pod !== undefined && isMember(pod, workload, catalogue) === true ? [id] : [];
  });
  if (known.length > 0) return known;
  const undecided = there.filter((id) => {
    const pod = facts.get(`${id.namespace}/${id.name}`);
    return pod === undefined || isMember(pod, workload, catalogue) === null;
  });
  const strict = undecided.filter((id) => hasSuffix(id.name, workload.name, SUFFIXES[workload.kind]));
  if (strict.length > 0 || workload.kind !== 'Deployment') return strict;
  return undecided.filter((id) => hasSuffix(id.name, workload.name, HAND_MADE));
}

/** Kinds of workload that a name without a kind may mean, where no pod has it: `productpage-v1.bookinfo`. */
const NAMED_BARE = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/** The proxies of the first kind of workload that has this name and pods; empty for none. */
export function proxiesOfBareName(place: ProxyId, catalogue: Catalogue): readonly ProxyId[] {
  for (const kind of NAMED_BARE) {
    const found = proxiesOf({ kind, ...place }, catalogue);
    if (found.length > 0) return found;
  }
  return [];
}

/** Whether labels or owners say that a pod belongs to a workload; null where they say nothing. */
function isMember(pod: PodFacts, { kind, name, namespace }: Workload, catalogue: Catalogue): boolean | null {
  switch (kind) {
    case 'Service': {
      const service = catalogue.services?.find((known) => known.name === name && known.namespace === namespace);
      if (service === undefined) return catalogue.services === null ? null : false;
      return service.selector.size > 0 && selectorOf(service.selector)(pod.labels);
    }
    case 'Gateway':
      return pod.labels.get(GATEWAY_LABEL) === name;
    case 'Deployment':
    case 'CronJob': {
      // The pod's owner is the ReplicaSet or Job in between, named after what owns it.
      const between = kind === 'Deployment' ? 'ReplicaSet' : 'Job';
      const owner = pod.owners.find((known) => known.kind === between);
      if (owner === undefined) return pod.owners.length > 0 ? false : null;
      return hasSuffix(owner.name, name, HAND_MADE);
    }
    default: {
      const owner = pod.owners.find((known) => known.kind === kind);
      return owner === undefined ? (pod.owners.length > 0 ? false : null) : owner.name === name;
    }
  }
}

function hasSuffix(pod: string, name: string, suffix: RegExp): boolean {
  return pod.startsWith(name) && suffix.test(pod.slice(name.length));
}
