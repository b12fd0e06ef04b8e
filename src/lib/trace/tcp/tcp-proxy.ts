/**
 * The TCP proxy: bytes to a cluster.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/tcp_proxy_filter
 */
import type { TcpProxy } from '../../envoy/listener';
import { type Ending, ending } from '../hop/ending';
import type { ClusterCause, ClusterChoice, EndpointCause } from '../facts/upstream';
import type { HopEnd } from '../hop/context';
import { type HopRecord, step, unevaluated } from '../hop/record';
import { StreamState } from '../../http/stream-state';
import { fillClusters } from '../upstream/cluster-chances';
import type { OriginalDestination } from '../upstream/dynamic-hosts';
import { sendOn } from '../upstream/send-on';
import { type Criteria, criteriaOf } from '../upstream/subset';
import { type Upstream, upstream } from '../upstream/upstream';
import { missingCluster } from '../upstream/missing-cluster';
import { weightedEntries } from '../upstream/weighted-entries';
import type { Stream } from './stream';

const IMMEDIATE = 'IMMEDIATE';
const AT_HANDSHAKE = 'ON_DOWNSTREAM_TLS_HANDSHAKE';
const AT_FIRST_BYTE = 'ON_DOWNSTREAM_DATA';
const SILENT =
  'whether the client sends a byte, before which upstream_connect_mode ON_DOWNSTREAM_DATA calls no cluster';

interface Planned {
  readonly name: string;
  readonly share: number;
  readonly criteria: Criteria;
}

interface Planning {
  readonly planned: readonly Planned[];
  readonly choice: ClusterChoice;
}

interface Destined {
  readonly planned: readonly Planned[];
  readonly upstreams: readonly Upstream[];
  readonly choice: ClusterChoice;
}

/** Finds where the proxy leads; fills in the hop's clusters. */
export function destine(proxy: TcpProxy, stream: Stream, record: HopRecord): Destined {
  const { context } = stream;
  const { planned, choice } = plan(proxy, stream);
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
  return { planned, upstreams, choice };
}

/**
 * Whether it calls its cluster as soon as the connection is accepted: before a TLS handshake, and before filters see a byte.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto (UpstreamConnectMode)
 * @param isTls whether the chain terminates TLS: without it there is no handshake to wait for
 */
export function connectsAtOnce({ upstream_connect_mode: mode = IMMEDIATE }: TcpProxy, isTls: boolean): boolean {
  return mode === IMMEDIATE || (mode === AT_HANDSHAKE && !isTls);
}

/** Whether nothing that it may choose can be called. */
export function leadsNowhere({ upstreams }: Destined): boolean {
  return upstreams.every(({ chances }) => chances.every(({ share }) => share === 0));
}

/** Sends the connection on. */
export function proxyTcp(proxy: TcpProxy, pointer: string, stream: Stream, record: HopRecord): HopEnd {
  const { planned, upstreams, choice } = destine(proxy, stream, record);
  const drawn = stream.context.decisions.draw(
    planned.map(({ name, share }) => ({ of: { kind: 'cluster', name } as const, share })),
  );
  const taken = upstreams[drawn];
  const name = proxy.stat_prefix ?? null;
  const input = openInput(proxy, stream);
  if (input !== null) {
    const open = { kind: 'which-cluster-open', input } as const;
    record.add(step('network-filter', 'matched', name, { kind: 'tcp-proxy' }, { config: pointer }));
    record.add(step('cluster', 'unknown', null, open));
    return ending('unknown', 'unknown-input', open);
  }
  const isTunnel = proxy.tunneling_config !== undefined;
  const details = isTunnel ? [{ kind: 'tunnel', host: tunnelHost(proxy) } as const] : [];
  const left = unevaluated([proxy, 'TcpProxy']);
  record.add(step('network-filter', 'matched', name, { kind: 'tcp-proxy' }, { config: pointer, details, ...left }));
  if (taken === undefined) return ending('failed', 'cluster-not-found', { kind: 'tcp-proxy-names-none' });
  const end = send(stream, taken, choice, record);
  return isTunnel && end.kind === 'forward' ? { ...end, forward: { ...end.forward, isTunnel } } : end;
}

/** What is not known and decides whether, and to which cluster, bytes go; null where nothing is. */
function openInput(proxy: TcpProxy, stream: Stream): string | null {
  if (namesNone(proxy, stream)) return 'the cluster that the TCP proxy names in a way that is not known';
  const { upstream_connect_mode: mode = IMMEDIATE, max_early_data_bytes: early } = proxy;
  const isTls = stream.connection.tls !== null;
  if (connectsAtOnce(proxy, isTls) || (mode === AT_HANDSHAKE && early !== undefined)) return null;
  if (mode === AT_FIRST_BYTE) return stream.payload === 'server-first' ? SILENT : null;
  return `whether the handshake ends where upstream_connect_mode is ${mode} and max_early_data_bytes is not set`;
}

/** A TCP proxy has to name a cluster: where it names none it does so by a field that is not known. */
function namesNone({ cluster, weighted_clusters: weighted }: TcpProxy, stream: Stream): boolean {
  return cluster === undefined && weighted === undefined && stream.cluster === null;
}

function tunnelHost({ tunneling_config: tunnel }: TcpProxy): string {
  const host = tunnel?.['hostname'];
  return typeof host === 'string' ? host : '';
}

/** Weighted clusters come before a cluster that another filter chose, and that before the proxy's own. */
function plan(proxy: TcpProxy, stream: Stream): Planning {
  const { distinct, total } = weightedEntries(proxy.weighted_clusters?.clusters ?? []);
  if (distinct.length > 0) {
    const planned = distinct.map((entry) => ({
      name: entry.name ?? '',
      share: (entry.weight ?? 0) / total,
      criteria: criteriaOf(proxy.metadata_match, entry.metadata_match),
    }));
    return { planned, choice: { kind: 'by-weight', weights: distinct.map((entry) => entry.weight ?? 0) } };
  }
  const own = { share: 1, criteria: criteriaOf(proxy.metadata_match) };
  if (stream.cluster !== null) {
    return { planned: [{ name: stream.cluster, ...own }], choice: { kind: 'named-by', by: 'server-name' } };
  }
  return { planned: [{ name: proxy.cluster ?? '', ...own }], choice: { kind: 'named-by', by: 'tcp-proxy' } };
}

function send(stream: Stream, taken: Upstream, choice: ClusterChoice, record: HopRecord): HopEnd {
  if (taken.entry === null) {
    const missing = missingCluster(stream.context.config, taken.name, choice);
    record.add(step('cluster', 'missed', taken.name, missing));
    return ending('failed', 'cluster-not-found', missing, { responseFlags: 'NC' });
  }
  return sendOn(
    {
      context: stream.context,
      upstream: taken,
      choice,
      details: [],
      payload: stream.payload,
      passedTls: stream.opaque,
      source: stream.connection.source,
      isHttp: false,
      isGrpc: false,
      message: () => stream.message,
      retry: null,
      alpnOverride: () => null,
      refused: (cause, responseFlags) => ending('failed', 'connection-closed', cause, { responseFlags }),
      noHost,
    },
    record,
  );
}

function noHost(cluster: string, cause: EndpointCause | ClusterCause): Ending {
  const reason = cluster === 'BlackHoleCluster' ? 'black-hole' : 'no-healthy-endpoint';
  return ending('failed', reason, cause, { responseFlags: 'UH' });
}
