/**
 * Lines of OpenTelemetry's file exporter: each is a whole export of log records, by resource and scope.
 * https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
 */
import { field, fieldAt, listOf, textOrNull } from '../json-fields';

/** One log record, as it would stand alone in a line of its own. */
export interface OtelRecord {
  /** The line that it holds, as a text, or as JSON where it has fields instead; null where it holds neither. */
  readonly text: string | null;
  /** Of its resource's attributes. */
  readonly pod: string | null;
  readonly namespace: string | null;
}

/**
 * The records of an export, in order; none for another value. Envoy's OpenTelemetry access logger writes its format into the body, and
 * the labels of Istio's provider into attributes; an empty body leaves these to be the line.
 * https://istio.io/latest/docs/tasks/observability/logs/otel-provider/
 */
export function otelRecords(value: unknown): readonly OtelRecord[] {
  return recordsIn(value).map(({ resource, record }) => {
    const attributes = fieldsOf(field(resource, 'attributes'));
    return {
      text: textOf(record),
      pod: textOrNull(field(attributes, 'k8s.pod.name')),
      namespace: textOrNull(field(attributes, 'k8s.namespace.name')),
    };
  });
}

interface RecordOf {
  readonly resource: unknown;
  readonly record: unknown;
}

/** Each log record with the resource that it is of, in order. */
function recordsIn(value: unknown): readonly RecordOf[] {
  return listOf(field(value, 'resourceLogs')).flatMap((group) =>
    listOf(field(group, 'scopeLogs'))
      .flatMap((scope) => listOf(field(scope, 'logRecords')))
      .map((record) => ({ resource: field(group, 'resource'), record })),
  );
}

/** Each record of a line as a line of its own; the line itself where it holds no more than one. */
export function recordLines(line: string): readonly string[] {
  if (!line.includes('"resourceLogs"')) return [line];
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return [line];
  }
  const alone = recordsIn(value).map(({ resource, record }) =>
    JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] }),
  );
  return alone.length > 1 ? alone : [line];
}

function textOf(record: unknown): string | null {
  const body = field(record, 'body');
  const text = field(body, 'stringValue');
  if (typeof text === 'string' && text.trim() !== '') return text;
  const fields = fieldsOf(fieldAt(body, 'kvlistValue', 'values'));
  const own = Object.keys(fields).length > 0 ? fields : fieldsOf(field(record, 'attributes'));
  return Object.keys(own).length > 0 ? JSON.stringify(own) : null;
}

/** Key and value pairs as one object; what is no text and no number is left out. */
function fieldsOf(pairs: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    listOf(pairs).flatMap((pair): readonly (readonly [string, unknown])[] => {
      const key = field(pair, 'key');
      const value = field(pair, 'value');
      const found = ['stringValue', 'intValue', 'doubleValue', 'boolValue'].map((kind) => field(value, kind));
      const own = found.find((one) => one !== undefined);
      return typeof key === 'string' && own !== undefined ? [[key, own]] : [];
    }),
  );
}
