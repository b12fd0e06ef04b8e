/** The few fields of Kubernetes objects that tell which pods a target stands for. */
import type { ProxyId } from '../proxy-id';
import { field, fieldAt, listOf, textOrEmpty } from '../json-fields';
import type { Labels } from './selector';

export interface PodFacts {
  readonly id: ProxyId;
  readonly labels: Labels;
  readonly owners: readonly { readonly kind: string; readonly name: string }[];
  readonly nodeName: string | null;
  readonly phase: string;
  readonly ready: boolean;
  /** When it became ready, ISO 8601; empty where that is not known. */
  readonly readySince: string;
  readonly restarts: number;
  /** ISO 8601; empty where that is not known. */
  readonly created: string;
}

export interface ServiceFacts {
  readonly name: string;
  readonly namespace: string;
  /** Empty for a Service without a selector. */
  readonly selector: Labels;
}

/** Reads a Pod as `kubectl get -o json` prints it; null where it has no name. Absent fields read as unknown. */
export function podFacts(pod: unknown): PodFacts | null {
  const metadata = field(pod, 'metadata');
  const id = idOf(metadata);
  if (id === null) return null;
  const status = field(pod, 'status');
  const ready = listOf(field(status, 'conditions')).find(
    (condition) => textOrEmpty(field(condition, 'type')) === 'Ready',
  );
  return {
    id,
    labels: labelsOf(field(metadata, 'labels')),
    owners: listOf(field(metadata, 'ownerReferences')).map((owner) => ({
      kind: textOrEmpty(field(owner, 'kind')),
      name: textOrEmpty(field(owner, 'name')),
    })),
    nodeName: textOrEmpty(field(field(pod, 'spec'), 'nodeName')) || null,
    phase: textOrEmpty(field(status, 'phase')),
    ready: textOrEmpty(field(ready, 'status')) === 'True',
    readySince: textOrEmpty(field(ready, 'lastTransitionTime')),
    restarts: restartsOf(pod),
    created: textOrEmpty(field(metadata, 'creationTimestamp')),
  };
}

/** How often the containers of a pod were restarted, all together. */
export function restartsOf(pod: unknown): number {
  return listOf(fieldAt(pod, 'status', 'containerStatuses')).reduce<number>((sum, container) => {
    const count = field(container, 'restartCount');
    return sum + (typeof count === 'number' ? count : 0);
  }, 0);
}

/** Reads a Service; null where it has no name. */
export function serviceFacts(service: unknown): ServiceFacts | null {
  const id = idOf(field(service, 'metadata'));
  return id === null ? null : { ...id, selector: labelsOf(field(field(service, 'spec'), 'selector')) };
}

const PHASES = ['Running', 'Unknown', 'Pending'];

/**
 * The order in which one pod of several is taken, as `kubectl logs deploy/x` has it: scheduled, running, ready, ready the
 * longest, restarted the most, oldest; then by name.
 */
export function comparePods(a: PodFacts, b: PodFacts): number {
  return (
    Number(a.nodeName === null) - Number(b.nodeName === null) ||
    phaseRank(a) - phaseRank(b) ||
    Number(b.ready) - Number(a.ready) ||
    compareText(a.readySince, b.readySince) ||
    b.restarts - a.restarts ||
    compareText(a.created, b.created) ||
    compareText(a.id.name, b.id.name)
  );
}

function phaseRank(pod: PodFacts): number {
  const rank = PHASES.indexOf(pod.phase);
  return rank < 0 ? PHASES.length : rank;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function idOf(metadata: unknown): ProxyId | null {
  const name = textOrEmpty(field(metadata, 'name'));
  return name === '' ? null : { name, namespace: textOrEmpty(field(metadata, 'namespace')) || 'default' };
}

function labelsOf(value: unknown): Labels {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])));
}
