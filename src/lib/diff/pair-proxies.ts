/** Which proxy of one mesh is compared with which of the other. */
import { type ProxyId, proxyName } from '../proxy-id';

export interface Pairing {
  readonly pairs: readonly (readonly [a: ProxyId, b: ProxyId])[];
  readonly onlyA: readonly ProxyId[];
  readonly onlyB: readonly ProxyId[];
}

/** What Kubernetes appends to the names of a Deployment's or a StatefulSet's pods. */
const SUFFIX = /-(?:[0-9a-f]{6,10}-[0-9a-z]{5}|\d{1,4})$/;

/** The workload that a pod's name was made from, with its namespace. */
export function workloadOf({ name, namespace }: ProxyId): string {
  return proxyName({ name: name.replace(SUFFIX, ''), namespace });
}

/** Proxies of the same name, then those of the same workload, in order: a rollout gives pods new names. */
export function pairProxies(a: readonly ProxyId[], b: readonly ProxyId[]): Pairing {
  const names = new Map(b.map((id) => [proxyName(id), id]));
  const pairs: (readonly [ProxyId, ProxyId])[] = [];
  const takeFor = (id: ProxyId, other: ProxyId | undefined): boolean => {
    if (other !== undefined) pairs.push([id, other]);
    return other !== undefined;
  };
  const restA = a.filter((id) => !takeFor(id, names.get(proxyName(id))));
  const known = new Set(a.map(proxyName));
  const waiting = new Map<string, ProxyId[]>();
  for (const id of b.filter((one) => !known.has(proxyName(one)))) {
    waiting.set(workloadOf(id), [...(waiting.get(workloadOf(id)) ?? []), id]);
  }
  const onlyA = restA.filter((id) => !takeFor(id, waiting.get(workloadOf(id))?.shift()));
  return { pairs, onlyA, onlyB: [...waiting.values()].flat() };
}
