/** Lines that stand in a line of a CSV file, as Grafana exports it, and in what Fluent Bit's output `stdout` prints. */
import { field, textOrNull } from '../json-fields';

/** What a line holds that may be a line of an access log, and the pod that is named beside it; null where none is. */
export interface ExportedLine {
  readonly text: string;
  readonly pod: string | null;
  readonly namespace: string | null;
}

/**
 * The fields of a line of CSV, those that could be a line of a log; labels that stand in another field as JSON, as Loki has them, name the pod.
 * https://www.rfc-editor.org/rfc/rfc4180; a field that goes on in the next line of the file is none.
 */
export function csvFields(line: string): readonly ExportedLine[] {
  const fields = fieldsOf(line);
  if (fields === null || fields.length < 2) return [];
  const labels = fields.map(labelsOf).find((found) => found !== null) ?? {};
  const place = { pod: textOrNull(field(labels, 'pod')), namespace: textOrNull(field(labels, 'namespace')) };
  return fields.filter((field) => field.length > LEAST_LINE).map((text) => ({ text, ...place }));
}

const LONGEST_LINE = 1 << 20;
/** No line of a default format, and no JSON object of one, is shorter. */
const LEAST_LINE = 40;

/** Whether a line is the first of a CSV file, which names the columns, or says what separates them. */
export function isCsvHead(line: string): boolean {
  if (/^"?sep=.{1,3}$/.test(line.trim())) return true;
  const fields = fieldsOf(line.trim()) ?? [];
  return (
    fields.length > 1 && fields.some((field) => /^(?:Line|line|message|_msg|body)$/.test(field)) && !/[{[]/.test(line)
  );
}

/** Null where quotes do not close, or something stands behind them. */
function fieldsOf(line: string): readonly string[] | null {
  if (line.length > LONGEST_LINE) return null;
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/gy;
  while (field.lastIndex <= line.length) {
    const found = field.exec(line);
    if (found === null) return null;
    const [, quoted, plain = '', end] = found;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '') return fields;
  }
  return null;
}

function labelsOf(field: string): object | null {
  if (!field.startsWith('{"')) return null;
  try {
    const value: unknown = JSON.parse(field);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** `[0] kube.…POD_NAMESPACE_CONTAINER-….log: [[TIME, {}], {"log"=>"…", …}]`; before 2.1 without the inner brackets. */
const PRINTED = /^\[\d+\] (\S+): \[\[?\d+\.\d+(?:, \{[^{}]*\}\])?, \{/;
/** The node names the file of a container by pod, namespace and container. */
const CONTAINER = /containers\.(?<pod>[a-z0-9.-]{1,253})_(?<namespace>[a-z0-9-]{1,63})_/;

/**
 * What a record of Fluent Bit holds under `log` or `message`. Its texts are printed as they are: a quote in one looks like
 * its end, so that it ends where another key follows, or the record does.
 * https://docs.fluentbit.io/manual/pipeline/outputs/standard-output
 */
export function fluentBitLine(line: string): ExportedLine | null {
  const tag = PRINTED.exec(line)?.[1];
  const begins = /[{ ]"(?:log|message|MESSAGE)"=>"/.exec(line);
  if (tag === undefined || begins === null) return null;
  const rest = line.slice(begins.index + begins[0].length);
  const ends = /"(?:, "[^"=]{1,100}"=>|\}+\]?\]?$|$)/.exec(rest)?.index ?? rest.length;
  const { pod, namespace } = CONTAINER.exec(tag)?.groups ?? {};
  return {
    text: rest.slice(0, ends).replace(/\\n$/, ''),
    pod: valueOf(line, 'pod_name') ?? pod ?? null,
    namespace: valueOf(line, 'namespace_name') ?? namespace ?? null,
  };
}

function valueOf(line: string, key: string): string | null {
  return new RegExp(`"${key}"=>"([a-z0-9.-]{1,253})"`).exec(line)?.[1] ?? null;
}
