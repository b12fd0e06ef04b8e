/** Lines as tools that collect logs write them: with a prefix, or inside of a JSON object. */
import type { LogFormat } from './format';
import { readLogLine } from './read-line';

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

/** Where Docker, Fluent Bit, Filebeat and journald keep the line. */
const LINE_KEYS = ['log', 'message', 'MESSAGE', 'msg', 'line'] as const;
const HAS_LINE_KEY = /"(?:log|message|MESSAGE|msg|line)"\s*:/;
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
  if (layers.length === 0 || isLogLine(line, await formatsOf(whole))) return null;
  for (let depth = 0; depth < DEEPEST && layers.length > 0; depth += 1) {
    for (const layer of layers) if (isLogLine(layer.text, await formatsOf(layer))) return layer;
    layers = layers.flatMap(layersOf);
  }
  return null;
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

/**
 * Whether a line is of ztunnel's access log, as text or as JSON: names of the two ends of a connection, which Envoy's formats lack.
 * https://istio.io/latest/docs/ambient/usage/troubleshoot-ztunnel/
 */
export function isZtunnelLine(text: string): boolean {
  return /\bsrc\.addr(?:=|":)/.test(text) && /\bdst\.addr(?:=|":)/.test(text);
}

function layersOf(line: CollectedLine): readonly CollectedLine[] {
  const text = line.text.replace(COLOURS, '').trimStart();
  if (text.startsWith('{')) return inJson(text, line);
  const plain = text === line.text ? [] : [{ ...line, text }];
  return [
    ...plain,
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
  if (!HAS_LINE_KEY.test(text)) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const pod = textAt(value, 'kubernetes', 'pod_name') ?? textAt(value, 'kubernetes', 'pod', 'name') ?? line.pod;
  const namespace =
    textAt(value, 'kubernetes', 'namespace_name') ?? textAt(value, 'kubernetes', 'namespace') ?? line.namespace;
  return LINE_KEYS.flatMap((key) => {
    const held = textAt(value, key);
    return held === null ? [] : [{ text: held.replace(/\r?\n$/, ''), pod, namespace }];
  });
}

function textAt(value: unknown, ...path: readonly string[]): string | null {
  let node = value;
  for (const key of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return null;
    node = (node as Readonly<Record<string, unknown>>)[key];
  }
  return typeof node === 'string' ? node : null;
}
