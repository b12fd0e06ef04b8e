/**
 * Lines of OpenTelemetry's file exporter: each is a whole export of log records, by resource and scope.
 * https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
 */

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
  return listAt(value, 'resourceLogs').flatMap((group) => {
    const resource = fieldsOf(nodeAt(nodeAt(group, 'resource'), 'attributes'));
    return listAt(group, 'scopeLogs')
      .flatMap((scope) => listAt(scope, 'logRecords'))
      .map((record) => ({
        text: textOf(record),
        pod: ownText(resource, 'k8s.pod.name'),
        namespace: ownText(resource, 'k8s.namespace.name'),
      }));
  });
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
  const alone = listAt(value, 'resourceLogs').flatMap((group) =>
    listAt(group, 'scopeLogs').flatMap((scope) =>
      listAt(scope, 'logRecords').map((record) =>
        JSON.stringify({
          resourceLogs: [{ resource: nodeAt(group, 'resource'), scopeLogs: [{ logRecords: [record] }] }],
        }),
      ),
    ),
  );
  return alone.length > 1 ? alone : [line];
}

function textOf(record: unknown): string | null {
  const body = nodeAt(record, 'body');
  const text = nodeAt(body, 'stringValue');
  if (typeof text === 'string' && text.trim() !== '') return text;
  const fields = fieldsOf(nodeAt(nodeAt(body, 'kvlistValue'), 'values'));
  const own = Object.keys(fields).length > 0 ? fields : fieldsOf(nodeAt(record, 'attributes'));
  return Object.keys(own).length > 0 ? JSON.stringify(own) : null;
}

/** Key and value pairs as one object; what is no text and no number is left out. */
function fieldsOf(pairs: unknown): Readonly<Record<string, unknown>> {
  const list: readonly unknown[] = Array.isArray(pairs) ? pairs : [];
  return Object.fromEntries(
    list.flatMap((pair): readonly (readonly [string, unknown])[] => {
      const key = nodeAt(pair, 'key');
      const value = nodeAt(pair, 'value');
      const found = ['stringValue', 'intValue', 'doubleValue', 'boolValue'].map((kind) => nodeAt(value, kind));
      const own = found.find((one) => one !== undefined);
      return typeof key === 'string' && own !== undefined ? [[key, own]] : [];
    }),
  );
}

function ownText(fields: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = nodeAt(fields, key);
  return typeof value === 'string' ? value : null;
}

function listAt(node: unknown, key: string): readonly unknown[] {
  const value = nodeAt(node, key);
  return Array.isArray(value) ? value : [];
}

function nodeAt(node: unknown, key: string): unknown {
  return typeof node === 'object' && node !== null && Object.hasOwn(node, key)
    ? (node as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
