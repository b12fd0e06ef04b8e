/**
 * The TCP proxy: bytes to a cluster.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/tcp_proxy_filter
 */
import type { TcpProxy } from '../../envoy/listener';
import { type Ending, ending } from '../hop/ending';
import type { HopEnd } from '../hop/context';
import { type HopRecord, step } from '../hop/record';
import { StreamState } from '../../http/stream-state';
import { fillClusters } from '../upstream/cluster-chances';
import type { OriginalDestination } from '../upstream/dynamic-hosts';
import { sendOn } from '../upstream/send-on';
import { type Criteria, criteriaOf } from '../upstream/subset';
import { type Upstream, upstream } from '../upstream/upstream';
import type { Stream } from './stream';

interface Planned {
  readonly name: string;
  readonly share: number;
  readonly criteria: Criteria;
}

interface Destined {
  readonly planned: readonly Planned[];
  readonly upstreams: readonly Upstream[];
  readonly because: string;
}

/** Finds where the proxy leads; fills in the hop's clusters. */
export function destine(proxy: TcpProxy, stream: Stream, record: HopRecord): Destined {
  const { context } = stream;
  const { planned, because } = plan(proxy, stream);
  const destination: OriginalDestination = {
    local: stream.connection.local,
    restored: stream.restored,
    message: null,
    forward: stream.forward,
    metadata: new StreamState(stream.state).facts().metadata,
  };
  const upstreams = planned.map(({ name, criteria }) => upstream(context.config, name, criteria, destination));
  fillClusters(
    planned.map(({ share }, index) => ({ share, upstream: upstreams[index] })),
    context.book,
    record,
  );
  return { planned, upstreams, because };
}

/** Sends the connection on. */
export function proxyTcp(proxy: TcpProxy, pointer: string, stream: Stream, record: HopRecord): HopEnd {
  const { planned, upstreams, because } = destine(proxy, stream, record);
  const drawn = stream.context.decisions.draw(planned.map(({ name, share }) => ({ label: `cluster ${name}`, share })));
  const taken = upstreams[drawn];
  const name = proxy.stat_prefix ?? null;
  const tunnel = proxy.tunneling_config === undefined ? [] : ([['tunnel', tunnelText(proxy)]] as const);
  record.add(step('network-filter', 'matched', name, 'the TCP proxy', { config: pointer, details: tunnel }));
  if (taken === undefined) return ending('failed', 'cluster-not-found', 'the TCP proxy names no cluster');
  return send(stream, taken, because, record);
}

function tunnelText({ tunneling_config: tunnel }: TcpProxy): string {
  const host = tunnel?.['hostname'];
  return `HTTP CONNECT ${typeof host === 'string' ? host : ''}`.trim();
}

/** Weighted clusters come before a cluster that another filter chose, and that before the proxy's own. */
function plan(proxy: TcpProxy, stream: Stream): { readonly planned: readonly Planned[]; readonly because: string } {
  const weighted = (proxy.weighted_clusters?.clusters ?? []).filter((entry) => (entry.weight ?? 0) > 0);
  if (weighted.length > 0) {
    const total = weighted.reduce((sum, entry) => sum + (entry.weight ?? 0), 0);
    const planned = weighted.map((entry) => ({
      name: entry.name ?? '',
      share: (entry.weight ?? 0) / total,
      criteria: criteriaOf(proxy.metadata_match, entry.metadata_match),
    }));
    return { planned, because: `by weight, ${weighted.map((entry) => entry.weight ?? 0).join(':')}` };
  }
  const own = { share: 1, criteria: criteriaOf(proxy.metadata_match) };
  if (stream.cluster !== null) {
    return { planned: [{ name: stream.cluster, ...own }], because: 'the server name (sni_cluster)' };
  }
  return { planned: [{ name: proxy.cluster ?? '', ...own }], because: 'named by the TCP proxy' };
}

function send(stream: Stream, taken: Upstream, because: string, record: HopRecord): HopEnd {
  if (taken.entry === null) {
    const missing = `the cluster ${taken.name} is not in the dump (${because})`;
    record.add(step('cluster', 'missed', taken.name, missing));
    return ending('failed', 'cluster-not-found', missing, { responseFlags: 'NC' });
  }
  return sendOn(
    {
      context: stream.context,
      upstream: taken,
      because,
      details: [],
      payload: stream.payload,
      passedTls: stream.opaque,
      isHttp: false,
      isGrpc: false,
      message: () => stream.message,
      retry: null,
      alpnOverride: () => null,
      noHost,
    },
    record,
  );
}

function noHost(cluster: string, because: string): Ending {
  const reason = cluster === 'BlackHoleCluster' ? 'black-hole' : 'no-healthy-endpoint';
  return ending('failed', reason, because, { responseFlags: 'UH' });
}
