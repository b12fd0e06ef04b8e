/** Which of the ways that a hop lists its walk took. */
import { hostPort } from '../../envoy/address';
import type { ClusterChance, EndpointChance, Hop, Step } from '../../trace/model';

/** An endpoint's name in steps. */
export function endpointName({ address, port }: Pick<EndpointChance, 'address' | 'port'>): string {
  return port === 0 ? address : hostPort(address, port);
}

/** The cluster that a step names last, else the likeliest; null where a hop has none. */
export function takenCluster({ clusters, steps }: Hop): ClusterChance | null {
  const names = new Set(clusters.map(({ name }) => name));
  const named = steps.findLast((step) => step.stage === 'cluster' && step.name !== null && names.has(step.name));
  return clusters.find(({ name }) => name === named?.name) ?? likeliest(clusters);
}

/** Clusters that could have been taken in place of a step's; none for a cluster that the hop goes through on its own way. */
export function otherClusters({ clusters }: Hop, { name: taken }: Step): readonly ClusterChance[] {
  return clusters.some(({ name }) => name === taken) ? clusters.filter(({ name }) => name !== taken) : [];
}

/** The endpoint of the taken cluster that a step names, else the likeliest; null where there is none. */
export function takenEndpoint(hop: Hop): EndpointChance | null {
  const endpoints = takenCluster(hop)?.endpoints ?? [];
  const named = new Set(hop.steps.filter(({ stage }) => stage === 'endpoint').map(({ name }) => name));
  return endpoints.find((endpoint) => named.has(endpointName(endpoint))) ?? likeliest(endpoints);
}

/** The endpoint of a hop that has one alone, where a step names it; null for others. */
export function onlyEndpoint({ clusters, steps }: Hop): EndpointChance | null {
  const [endpoint, ...more] = clusters.flatMap((cluster) => cluster.endpoints);
  if (endpoint === undefined || more.length > 0 || clusters.length > 1) return null;
  const name = endpointName(endpoint);
  return steps.some((step) => step.stage === 'endpoint' && step.name === name) ? endpoint : null;
}

/** The one with the largest share, the first of equals; null of none, or where no share is above 0. */
function likeliest<T extends { readonly share: number }>(all: readonly T[]): T | null {
  return all.reduce<T | null>((best, one) => (one.share > (best?.share ?? 0) ? one : best), null);
}

/** The name of the cluster that a walk led to, which ended at this step. */
export function clusterOf({ hop, step }: { readonly hop: Hop; readonly step: Step }): string {
  return step.stage === 'cluster' ? (step.name ?? '') : (takenCluster(hop)?.name ?? hop.clusters[0]?.name ?? '');
}
