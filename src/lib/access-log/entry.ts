/** What an access log line says of one request or connection, in Envoy's terms. */
import { isIP } from 'node:net';
import type { IpPort } from '../match/ip-port';
import { type LoggedPath, loggedPath } from './logged-path';
import { shortFlags } from './long-flags';
import type { LogLine } from './read-line';

/** Every field is null where the line does not hold it, and where Envoy wrote `-`. */
export interface LogEntry extends LoggedPath {
  readonly startTime: string | null;
  readonly method: string | null;
  readonly protocol: string | null;
  readonly authority: string | null;
  /** HTTP status; null for a connection without HTTP. */
  readonly status: number | null;
  /** Response flags, `UH` or `URX,UF`. */
  readonly flags: string | null;
  readonly details: string | null;
  readonly terminationDetails: string | null;
  readonly upstreamFailure: string | null;
  readonly upstreamHost: IpPort | null;
  readonly cluster: string | null;
  /** Whether the format has the field at all: a missing cluster says something only then. */
  readonly tellsCluster: boolean;
  readonly route: string | null;
  readonly tellsRoute: boolean;
  readonly downstreamLocal: IpPort | null;
  readonly downstreamRemote: IpPort | null;
  /** `X-Forwarded-For` as Envoy sent it on; null where the line does not hold it. */
  readonly forwardedFor: string | null;
  readonly serverName: string | null;
  readonly peerPrincipal: string | null;
  /** Request headers that the line holds, by lower-case name; null where Envoy wrote that there was none. */
  readonly headers: ReadonlyMap<string, string | null>;
  readonly duration: string | null;
}

/** The fields of a line. A status of 0 is none: the connection ended before one. */
export function entryOf({ values }: Pick<LogLine, 'values'>): LogEntry {
  const value = (...keys: readonly string[]): string | null => {
    for (const key of keys) {
      const found = values.get(key);
      if (found !== undefined) return found;
    }
    return null;
  };
  const tells = (...keys: readonly string[]): boolean => keys.some((key) => values.has(key));
  const CLUSTER = ['UPSTREAM_CLUSTER_RAW', 'UPSTREAM_CLUSTER'] as const;
  const status = Number(value('RESPONSE_CODE') ?? 0);
  return {
    startTime: value('START_TIME'),
    method: value('REQ(:method)'),
    ...loggedPath(values),
    protocol: value('PROTOCOL'),
    authority: value('REQ(:authority)', 'REQ(host)', 'REQ(x-envoy-original-host?:authority)'),
    status: Number.isInteger(status) && status > 0 ? status : null,
    flags: value('RESPONSE_FLAGS') ?? shortFlags(value('RESPONSE_FLAGS_LONG')),
    details: value('RESPONSE_CODE_DETAILS'),
    terminationDetails: value('CONNECTION_TERMINATION_DETAILS'),
    upstreamFailure: value('UPSTREAM_TRANSPORT_FAILURE_REASON'),
    upstreamHost: addressOf(value('UPSTREAM_HOST')),
    cluster: value(...CLUSTER),
    tellsCluster: tells(...CLUSTER),
    route: value('ROUTE_NAME'),
    tellsRoute: tells('ROUTE_NAME'),
    downstreamLocal: addressOf(value('DOWNSTREAM_LOCAL_ADDRESS')),
    downstreamRemote: addressOf(value('DOWNSTREAM_DIRECT_REMOTE_ADDRESS', 'DOWNSTREAM_REMOTE_ADDRESS')),
    forwardedFor: value('REQ(x-forwarded-for)'),
    serverName: value('REQUESTED_SERVER_NAME'),
    peerPrincipal: value('DOWNSTREAM_PEER_URI_SAN'),
    headers: headersOf(values),
    duration: value('DURATION'),
  };
}

/** Headers that Envoy makes or changes by itself, so that their values in a log say nothing of what was sent. */
const MADE_BY_ENVOY = new Set([
  'x-request-id',
  'x-forwarded-for',
  'x-envoy-original-path',
  'x-b3-traceid',
  'traceparent',
]);

function headersOf(values: LogLine['values']): ReadonlyMap<string, string | null> {
  const headers = new Map<string, string | null>();
  for (const [key, value] of values) {
    const name = /^REQ\(([^:?)][^?)]*)\)$/.exec(key)?.[1];
    if (name !== undefined && !MADE_BY_ENVOY.has(name) && name !== 'host') headers.set(name, value);
  }
  return headers;
}

/** `IP:PORT`, `[IPv6]:PORT`; null for an internal listener or a path. */
function addressOf(text: string | null): IpPort | null {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text ?? '');
  const ip = match?.[1] ?? match?.[2] ?? '';
  return isIP(ip) === 0 ? null : { ip, port: Number(match?.[3] ?? 0) };
}
