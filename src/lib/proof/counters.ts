/**
 * Envoy's counters before and after: which are looked at for a hop, and by how much they rose. What the mesh's configuration
 * leaves out of Envoy's statistics (proxyStatsMatcher) is not known.
 * https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--stats
 */
import { literalExpression } from '../literal-expression';
import { hostPort } from '../envoy/address';
import type { Hop } from '../trace/model';
import { uriComponent } from '../uri-component';

/** Values by name. */
export type Counts = ReadonlyMap<string, number>;

/** By how much counters rose. */
export interface Rise {
  /** Null where Envoy has no such counter. */
  of(name: string): number | null;
}

/** A listener's connections. Envoy writes `_` for the colons of its address. */
export function listenerCounter({ listener }: Hop): string | null {
  return listener === null ? null : `listener.${listener.address.replaceAll(':', '_')}.downstream_cx_total`;
}

/** Requests of an HTTP connection manager, by its stat prefix. */
export function managerCounter(statPrefix: string): string {
  return `http.${statPrefix.replaceAll(':', '_')}.downstream_rq_total`;
}

/** Connections that found no filter chain. */
export function noChainCounter(hop: Hop): string | null {
  return listenerCounter(hop)?.replace(/downstream_cx_total$/, 'no_filter_chain_match') ?? null;
}

/** Connections of a TCP proxy, by its stat prefix. */
export function tcpCounter(statPrefix: string): string {
  return `tcp.${statPrefix.replaceAll(':', '_')}.downstream_cx_total`;
}

/** Connections to a cluster's endpoints. */
export function clusterCounter(cluster: string): string {
  return `cluster.${cluster.replaceAll(':', '_')}.upstream_cx_total`;
}

/** Requests to a host of a cluster, as `/clusters` counts them. */
export function hostCounter(cluster: string, address: string, port: number): string {
  return `${cluster}::${hostPort(address, port)}::rq_total`;
}

/** The counters of a hop that `/stats` has. */
export function wantedCounters(hop: Hop): readonly string[] {
  const own = listenerCounter(hop);
  const noChain = noChainCounter(hop);
  const others = hop.steps.flatMap(({ stage, name }) => {
    if (name === null) return [];
    if (stage === 'http-connection-manager') return [managerCounter(name)];
    if (stage === 'network-filter') return [tcpCounter(name)];
    return stage === 'cluster' ? [clusterCounter(name)] : [];
  });
  return [...(own === null ? [] : [own]), ...(noChain === null ? [] : [noChain]), ...others];
}

/** The admin path that answers with these counters and no others, and no histograms. */
export function statsPath(names: readonly string[]): string {
  const regex = `^(?:${names.map(literalExpression).join('|')})$`;
  return `/stats?filter=${uriComponent(regex)}`;
}

const STAT = /^(.{1,500}): (\d{1,15})$/;

/** Reads `/stats`: a line each. */
export function readStats(text: string): Counts {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, value] = STAT.exec(line) ?? [];
    if (name !== undefined) counts.set(name, Number(value));
  }
  return counts;
}

const HOST = /^(.{1,500}::[^:\s]{1,100}(?::[^:\s]{0,50})*:\d{1,5}::rq_total)::(\d{1,15})$/;

/** Adds a line of `/clusters` to counts, where it counts requests to a host of one of the clusters. */
export function addHostCount(counts: Map<string, number>, line: string, clusters: ReadonlySet<string>): void {
  if (!line.includes('::rq_total::')) return;
  const [, name, value] = HOST.exec(line) ?? [];
  if (name !== undefined && clusters.has(name.slice(0, name.indexOf('::')))) counts.set(name, Number(value));
}

/** By how much counters rose from before to after; a host that came meanwhile began at nothing. */
export function riseOf(before: Counts, after: Counts): Rise & { readonly names: readonly string[] } {
  return {
    names: [...after.keys()],
    of: (name) => {
      const now = after.get(name);
      return now === undefined ? null : Math.max(0, now - (before.get(name) ?? 0));
    },
  };
}
