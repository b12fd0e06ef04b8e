/**
 * Envoy's own log, record by record: its standard format, Istio's text and Istio's JSON. Lines that are no record (access logs,
 * what another process wrote) are handed over as they are. Everything in it may be written by others: it is matched, never run.
 * https://www.envoyproxy.io/docs/envoy/latest/operations/cli#cmdoption-log-format
 */

export interface LogRecord {
  /** Of the worker; null where the format has none. */
  readonly thread: string | null;
  readonly level: string;
  /** `http`, `router`, `rbac`, …. */
  readonly logger: string;
  readonly connection: string | null;
  readonly stream: string | null;
  /** Without tags, headers and the place in the source. */
  readonly message: string;
  /** Headers that stand below the message, a line each; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface EnvoyLog {
  readonly records: readonly LogRecord[];
  /** Lines that belong to no record. */
  readonly others: readonly string[];
}

/** `[2026-01-01 00:00:00.000][7][debug][http] [source/x.cc:1] message` */
const STANDARD = /^\[[^\]]{8,40}\]\[(\d+)\]\[(\w+)\]\[(\w+)\] (?:\[[^\]]{1,300}\] )?(.*)$/;
/** `2026-01-01T00:00:00.000000Z\tdebug\tenvoy http source/x.cc:1\tmessage\tthread=7` */
const ISTIO = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t(\w+)\tenvoy (\w+) ?(?:[^\t]*)\t(.*)$/;
const ISTIO_END = /\tthread=(\d+)$/;
const HEADER = /^'([^']{1,300})', '(.*)'$/;
const METADATA = /^(?:, dynamicMetadata: |\s+\S|\}|(?:typed_)?filter_metadata \{)/;
const TAGS = /^\[Tags: ([^\]]{1,300})\] ?/;
const OLD_TAGS = /^\[C(\d+)\](?:\[S(\d+)\])? ?/;

interface Open {
  /** Istio's text has it at the end of the last line. */
  thread: string | null;
  readonly level: string;
  readonly logger: string;
  readonly lines: string[];
}

/** Reads a log, or a piece of one. A record goes on where its first line ends with a colon and headers follow. */
export function readEnvoyLog(text: string): EnvoyLog {
  const records: LogRecord[] = [];
  const others: string[] = [];
  let open: Open | null = null;
  const close = (): void => {
    if (open !== null) records.push(recordOf(open));
    open = null;
  };
  for (const raw of text.split('\n')) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const begun = beginning(line);
    if (begun !== null) {
      close();
      open = begun;
    } else if (open !== null && isMore(open, line)) open.lines.push(line.replace(ISTIO_END, ''));
    else if (line !== '' && !ISTIO_END.test(line)) others.push(line);
    if (open !== null) open.thread ??= ISTIO_END.exec(line)?.[1] ?? null;
  }
  close();
  return { records, others };
}

/** Headers follow a first line that ends with a colon; RBAC writes metadata behind them, as protobuf's text. */
function isMore({ lines, logger }: Open, line: string): boolean {
  const text = line.replace(ISTIO_END, '');
  if (HEADER.test(text)) return lines.length > 1 || logger === 'rbac' || (lines[0] ?? '').endsWith(':');
  return logger === 'rbac' && lines.length > 1 && METADATA.test(text);
}

function beginning(line: string): Open | null {
  const standard = STANDARD.exec(line);
  if (standard !== null) {
    const [, thread = '', level = '', logger = '', message = ''] = standard;
    return { thread, level, logger, lines: [message] };
  }
  const istio = ISTIO.exec(line);
  if (istio !== null) {
    const [, level = '', logger = '', message = ''] = istio;
    const thread = ISTIO_END.exec(message)?.[1] ?? null;
    return { thread, level, logger, lines: [message.replace(ISTIO_END, '')] };
  }
  return line.startsWith('{"') ? jsonBeginning(line) : null;
}

/** Istio's JSON: `{"level":"debug","time":"…","scope":"envoy http","msg":"…","caller":"…","thread":"7"}` */
function jsonBeginning(line: string): Open | null {
  let value: Readonly<Record<string, unknown>>;
  try {
    value = JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
  const { level, scope, msg, message = msg, thread } = value;
  const logger = typeof scope === 'string' ? /^envoy (\w+)/.exec(scope)?.[1] : undefined;
  if (logger === undefined || typeof level !== 'string' || typeof message !== 'string') return null;
  const lines = message.split('\n').filter((one) => one !== '');
  return { thread: typeof thread === 'string' ? thread : null, level, logger, lines };
}

function recordOf({ thread, level, logger, lines }: Open): LogRecord {
  const [first = '', ...more] = lines;
  const tags = TAGS.exec(first);
  const old = OLD_TAGS.exec(first);
  const headers = more.flatMap((line) => {
    const [, name, value] = HEADER.exec(line) ?? [];
    return name === undefined ? [] : [[name.toLowerCase(), value ?? ''] as const];
  });
  return {
    thread,
    level,
    logger,
    connection: (tags === null ? old?.[1] : /"ConnectionId":"(\d+)"/.exec(tags[1] ?? '')?.[1]) ?? null,
    stream: (tags === null ? old?.[2] : /"StreamId":"(\d+)"/.exec(tags[1] ?? '')?.[1]) ?? null,
    message: first.slice((tags ?? old)?.[0].length ?? 0),
    headers,
  };
}
