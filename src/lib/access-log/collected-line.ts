/** Lines as tools that collect logs write them: with a prefix, or inside of a JSON object. */
import { field, fieldAt, textOrNull } from '../json-fields';
import { csvFields, fluentBitLine, isCsvHead } from './exported-line';
import type { LogFormat } from './format';
import { otelRecords } from './otel-records';
import { readLogLine } from './read-line';
import { addAll } from '../lists';

/** A line without what a tool put around it. */
export interface CollectedLine {
  readonly text: string;
  /** The pod that the tool names; null where it names none. */
  readonly pod: string | null;
  /** Its namespace; null where the tool does not name it. */
  readonly namespace: string | null;
}

/** `kubectl logs --prefix`, `kail`, `stern`, `kubectl logs --timestamps`, files of the CRI, Loki's `logcli`, `journalctl`. */
const PREFIXES: readonly RegExp[] = [
  /^\[pod\/(?<pod>[a-z0-9.-]{1,253})\/[a-z0-9-]{1,63}\] /,
  /^(?<namespace>[a-z0-9-]{1,63})\/(?<pod>[a-z0-9.-]{1,253})\[[a-z0-9-]{1,63}\]: /,
  /^(?:(?<namespace>[a-z0-9-]{1,63}) )?(?<pod>[a-z0-9][a-z0-9.-]{0,252}) (?:› )?[a-z0-9-]{1,63} (?:│ )?/,
  /^\d{4}-\d{2}-\d{2}T[\d:.]{8,18}(?:Z|[+-]\d{2}:\d{2}) (?:stdout|stderr) [FP] /,
  /^\d{4}-\d{2}-\d{2}T[\d:.]{8,18}(?:Z|[+-]\d{2}:\d{2})\s+(?<labels>\{[^{}]*\})\s+/,
  /^\d{4}-\d{2}-\d{2}T[\d:.]{8,18}(?:Z|[+-]\d{2}:\d{2}) /,
  /^[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \S{1,253} [^\s[\]:]{1,253}(?:\[\d{1,10}\])?: /,
];

/** Where Docker, Fluent Bit, Filebeat, journald and Cloud Logging keep the line, as a text or as an object. */
const LINE_KEYS = [
  'log',
  'message',
  'MESSAGE',
  'msg',
  'line',
  'textPayload',
  'jsonPayload',
  'log_processed',
  '_source',
  'attributes',
] as const;
const HAS_LINE_KEY = new RegExp(`"(?:${LINE_KEYS.join('|')}|resourceLogs)"\\s*:`);

/** How the default formats begin, wherever another tool has put them: docker compose, syslog, grep and others. */
const BEGINS_LINE = /\[\d{4}-\d{2}-\d{2}T[\d:.]{8,18}Z\] "/;
/** No tool puts more in front of a line. */
const LONGEST_PREFIX = 400;
/** Colours, as terminals are told of them. */
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');
/** A tool's line in another tool's line, no deeper than this. */
const DEEPEST = 4;

/**
 * Takes off what a tool that collects logs put around an access log line, if what is left is a line of one of the formats.
 * Null where nothing stands around it, or where what is left is no such line.
 * @param formatsOf the formats to try before the known ones, of the proxy that a line is of
 */
export async function collectedLine(
  line: string,
  formatsOf: (found: CollectedLine) => Promise<readonly LogFormat[]>,
): Promise<CollectedLine | null> {
  const whole: CollectedLine = { text: line, pod: null, namespace: null };
  let layers = layersOf(whole);
  const seen: CollectedLine[] = [whole];
  const isNothing = layers.length === 0 && withoutFront(whole).length === 0;
  if (isNothing || isLogLine(line, await formatsOf(whole))) return null;
  for (let depth = 0; depth < DEEPEST && layers.length > 0; depth += 1) {
    for (const layer of layers) if (isLogLine(layer.text, await formatsOf(layer))) return layer;
    addAll(seen, layers);
    layers = layers.flatMap(layersOf);
  }
  // Last, since what is known of a tool's prefix tells the pod.
  for (const layer of seen.flatMap(withoutFront)) if (isLogLine(layer.text, await formatsOf(layer))) return layer;
  return null;
}

/** What begins like a default format somewhere in a line. */
function withoutFront(line: CollectedLine): readonly CollectedLine[] {
  if (/^\s*[{"]/.test(line.text)) return [];
  const begins = BEGINS_LINE.exec(line.text.slice(0, LONGEST_PREFIX))?.index ?? 0;
  return begins === 0 ? [] : [{ ...line, text: line.text.slice(begins).replace(COLOURS, '') }];
}

/** Whether a line has one of the formats, and the values that are there can be such values: the lenient reading takes many. */
export function isLogLine(text: string, formats: readonly LogFormat[]): boolean {
  const values = readLogLine(text, formats)?.values;
  if (values === undefined) return false;
  const fits = (key: string, pattern: RegExp): boolean => pattern.test(values.get(key) ?? '');
  return (
    fits('START_TIME', /^(?:\d{4}-\d{2}-\d{2}T[\d:.]+Z)?$/) &&
    fits('REQ(:method)', /^[A-Z-]*$/) &&
    fits('RESPONSE_CODE', /^\d*$/) &&
    fits('PROTOCOL', /^(?:HTTP\/[\d.]+)?$/)
  );
}

/** Why a line that has none of the formats probably has none: it was cut, or is text of another encoding; null where nothing tells. */
export function whyUnread(text: string): string | null {
  if (text.includes('\0')) return 'the text is UTF-16, and mctl reads UTF-8: iconv -f UTF-16 -t UTF-8';
  if (isCsvHead(text)) return 'it is the head of a CSV file, which names the columns';
  if (/\/logs\/(?:server|client)-accesslog-stackdriver"/.test(text))
    return "it is of the access log that Cloud Service Mesh writes to Cloud Logging, which lacks most of what Envoy's own has; mctl reads that one";
  if (BEGINS_LINE.test(text.slice(0, LONGEST_PREFIX))) return whyNotOn(text);
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const { length: count } = otelRecords(JSON.parse(text));
    return count > 1 ? `it holds ${count} records of OpenTelemetry, which mctl replay takes one by one` : null;
  } catch {
    return 'it begins like a JSON object and is not a whole one: it may be cut';
  }
}

/** What begins like a default format either ends too early, or is a whole line of another. */
function whyNotOn(text: string): string {
  const isWhole = /\d+\.\d+\.\d+\.\d+:\d+ \S+ \S+$|"$/.test(text.trimEnd());
  return isWhole
    ? 'it begins like a default format and goes on otherwise: its own format may be given with --format'
    : 'it begins like a default format and does not go on so: it may be cut';
}

/**
 * Whether a line is of ztunnel's access log, as text or as JSON: names of the two ends of a connection, which Envoy's formats lack.
 * https://istio.io/latest/docs/ambient/usage/troubleshoot-ztunnel/
 */
export function isZtunnelLine(text: string): boolean {
  return /\bsrc\.addr(?:=|":)/.test(text) && /\bdst\.addr(?:=|":)/.test(text);
}

function layersOf(line: CollectedLine): readonly CollectedLine[] {
  const text = line.text.replace(COLOURS, '').trimStart();
  if (text.startsWith('{') || text.startsWith('"')) {
    const inside = inJson(text, line);
    if (inside.length > 0 || text.startsWith('{')) return inside;
  }
  const plain = text === line.text ? [] : [{ ...line, text }];
  const printed = fluentBitLine(text);
  return [
    ...plain,
    ...(printed === null ? [] : [{ ...printed, pod: printed.pod ?? line.pod }]),
    ...csvFields(text),
    ...PREFIXES.flatMap((prefix) => {
      const found = prefix.exec(text);
      if (found === null) return [];
      const { pod, namespace, labels } = found.groups ?? {};
      return [
        {
          text: text.slice(found[0].length),
          pod: pod ?? labelOf(labels, 'pod') ?? line.pod,
          namespace: namespace ?? labelOf(labels, 'namespace') ?? line.namespace,
        },
      ];
    }),
  ];
}

function labelOf(labels: string | undefined, name: string): string | undefined {
  return labels === undefined ? undefined : new RegExp(`[{,\\s]${name}="([a-z0-9.-]{1,253})"`).exec(labels)?.[1];
}

function inJson(text: string, line: CollectedLine): readonly CollectedLine[] {
  if (!text.startsWith('"') && !HAS_LINE_KEY.test(text)) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const [record, second] = otelRecords(value);
  // Of several records the others would be lost.
  const only = second === undefined ? record : undefined;
  const found = {
    pod: only?.pod ?? firstText(value, POD) ?? line.pod,
    namespace: only?.namespace ?? firstText(value, NAMESPACE) ?? line.namespace,
  };
  const held = typeof value === 'string' ? [value] : [...LINE_KEYS.map((key) => field(value, key)), only?.text];
  return held.flatMap((one) => {
    const own = typeof one === 'object' && one !== null ? JSON.stringify(one) : one;
    return typeof own === 'string' ? [{ text: own.replace(/\r?\n$/, ''), ...found }] : [];
  });
}

/** Where collectors name the pod and its namespace. */
const POD = [
  ['kubernetes', 'pod_name'],
  ['kubernetes', 'pod', 'name'],
  ['resource', 'labels', 'pod_name'],
] as const;
const NAMESPACE = [
  ['kubernetes', 'namespace_name'],
  ['kubernetes', 'namespace'],
  ['resource', 'labels', 'namespace_name'],
] as const;

function firstText(value: unknown, paths: readonly (readonly [string, ...string[]])[]): string | null {
  return paths.map((path) => textOrNull(fieldAt(value, ...path))).find((text) => text !== null) ?? null;
}
