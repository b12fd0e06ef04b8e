/** Envoy's access logs: what is written for each connection and request, and how it is read back. */
import { readFileSync } from 'node:fs';
import { ISTIO, ISTIO_JSON } from '../../../src/lib/access-log/known-formats';
import { extension, type Message } from '../generate/message';
import { sleep } from './process';

/** One line: what Envoy decided about a connection or a request. */
export interface LogLine {
  readonly listener: string;
  /** Set in the lines of an HTTP connection manager. */
  readonly routeConfiguration: string | null;
  /** Which filter wrote it. */
  readonly by: 'listener' | 'http' | 'tcp';
  readonly filterChain: string | null;
  readonly virtualHost: string | null;
  readonly route: string | null;
  readonly cluster: string | null;
  readonly host: string | null;
  readonly status: number | null;
  readonly flags: string | null;
  readonly details: string | null;
  readonly closed: string | null;
  readonly location: string | null;
  readonly sourcePort: number;
  /** The port that the connection was made to, as iptables found it. */
  readonly localPort: number;
  readonly upstreamLocal: string | null;
  readonly peer: string | null;
  readonly tlsFailure: string | null;
  /** How often the upstream was asked. */
  readonly attempts: number | null;
}

const FORMAT = {
  filterChain: '%FILTER_CHAIN_NAME%',
  virtualHost: '%CEL(xds.virtual_host_name)%',
  route: '%ROUTE_NAME%',
  cluster: '%UPSTREAM_CLUSTER_RAW%',
  host: '%UPSTREAM_HOST%',
  status: '%RESPONSE_CODE%',
  flags: '%RESPONSE_FLAGS%',
  details: '%RESPONSE_CODE_DETAILS%',
  closed: '%CONNECTION_TERMINATION_DETAILS%',
  location: '%RESP(location)%',
  sourcePort: '%DOWNSTREAM_DIRECT_REMOTE_PORT%',
  localPort: '%DOWNSTREAM_LOCAL_PORT%',
  upstreamLocal: '%UPSTREAM_LOCAL_ADDRESS%',
  peer: '%DOWNSTREAM_PEER_URI_SAN%',
  tlsFailure: '%DOWNSTREAM_TRANSPORT_FAILURE_REASON%',
  requestId: '%REQ(x-request-id)%',
  attempts: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
};

/** The access log of a listener or filter. */
export function accessLog(
  path: string,
  by: LogLine['by'],
  listener: string,
  routeConfiguration: string | null = null,
): readonly Message[] {
  const json = { ...FORMAT, listener, routeConfiguration, by };
  const own = fileLog(path, { json_format: json });
  if (by === 'listener') return [own];
  const others = Object.entries(PEOPLES_FORMATS).map(([name, format]) => fileLog(`${path}.${name}`, format));
  return [own, ...others];
}

function fileLog(path: string, format: Message): Message {
  const type = 'envoy.extensions.access_loggers.file.v3.FileAccessLog';
  return extension('envoy.access_loggers.file', type, { path, log_format: format });
}

/** Fields between bars, which paths may hold, too; the path and the authority as they were sent on. */
const CUSTOM =
  '%START_TIME(%d/%b/%Y %T %z)%|%REQ(:METHOD)%|%REQ(:PATH)%|%REQ(:AUTHORITY)%|%PROTOCOL%|%RESPONSE_CODE%|' +
  '%RESPONSE_FLAGS_LONG%|%RESPONSE_CODE_DETAILS%|%CONNECTION_TERMINATION_DETAILS%|%DURATION%|%REQ(X-FORWARDED-FOR)%|' +
  '%REQ(USER-AGENT)%|%UPSTREAM_HOST%|%UPSTREAM_CLUSTER%|%DOWNSTREAM_LOCAL_ADDRESS%|%DOWNSTREAM_REMOTE_ADDRESS%|' +
  '%REQUESTED_SERVER_NAME%|%ROUTE_NAME%';

/** As people have them: Istio's default format, its JSON, and one of their own. */
const PEOPLES_FORMATS = {
  istio: textFormat(ISTIO),
  json: { json_format: ISTIO_JSON },
  custom: textFormat(CUSTOM),
} as const satisfies Readonly<Record<string, Message>>;

export type PeoplesFormat = keyof typeof PEOPLES_FORMATS;

export const PEOPLES_FORMAT_NAMES = Object.keys(PEOPLES_FORMATS) as readonly PeoplesFormat[];

function textFormat(line: string): Message {
  return { text_format_source: { inline_string: `${line}\n` } };
}

/** Where the lines in one of people's formats are, beside the others. */
export function logInFormat(path: string, format: PeoplesFormat): string {
  return `${path}.${format}`;
}

/** Where the lines in Istio's default format are. */
export function istioLog(path: string): string {
  return logInFormat(path, 'istio');
}

export function readLog(path: string): readonly LogLine[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const fields = JSON.parse(line) as Omit<LogLine, 'sourcePort' | 'localPort'> & {
        readonly sourcePort: string | number;
        readonly localPort: string | number;
      };
      return { ...fields, sourcePort: Number(fields.sourcePort), localPort: Number(fields.localPort) };
    });
}

/** The lines by source port, once each of the ports has one, or when nothing more has come for a while. */
export async function logOf(path: string, ports: readonly number[]): Promise<ReadonlyMap<number, readonly LogLine[]>> {
  let lines: readonly LogLine[] = [];
  for (let quiet = 0; quiet < 4;) {
    await sleep(150);
    const now = readLog(path);
    quiet = now.length === lines.length ? quiet + 1 : 0;
    lines = now;
  }
  const wanted = new Set(ports);
  const byPort = new Map<number, LogLine[]>();
  for (const line of lines) {
    if (!wanted.has(line.sourcePort)) continue;
    byPort.set(line.sourcePort, [...(byPort.get(line.sourcePort) ?? []), line]);
  }
  return byPort;
}

/** The line that says most: a filter's before the listener's own. */
export function mostTelling(lines: readonly LogLine[]): LogLine | null {
  return lines.find((line) => line.by === 'http') ?? lines.find((line) => line.by === 'tcp') ?? lines[0] ?? null;
}
