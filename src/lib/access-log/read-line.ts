/** One line of an access log as the value of each operator. */
import { JSON_FORMAT, TEXT_FORMATS } from './known-formats';
import { type FormatPiece, type LineValues, type LogFormat, type Operator, operatorKey } from './format';
import { allSplits, splitLine, valueOf } from './split-line';
import { isPlausible, isUsual } from './value-shapes';

/** What a line holds. */
export interface LogLine {
  /** By operator (`RESPONSE_CODE`, `REQ(:method)`); null where Envoy wrote `-`: it has no value. */
  readonly values: LineValues;
  readonly format: LogFormat;
  /** What the line may hold as well, where a value may have the text in it that ends it. */
  readonly others: readonly LineValues[];
}

/**
 * Reads a line by the format that fits it best: of JSON the one that has most of its keys, of text the first that it has without
 * blanks or quotes in values, before those that it has with them. A file may hold lines of several. Null where it has none.
 * @param formats preferred to the known ones: what the user gave, and what the proxy's configuration has
 */
export function readLogLine(line: string, formats: readonly LogFormat[] = []): LogLine | null {
  const text = line.trim();
  const isJson = text.startsWith('{');
  if (!isJson) return inText(text, [...formats, ...TEXT_FORMATS]);
  return inJson(text, formats) ?? inText(text, formats) ?? inJson(text, [JSON_FORMAT]);
}

function inText(text: string, formats: readonly LogFormat[]): LogLine | null {
  for (const reading of [strictly, inAnyWay, leniently]) {
    for (const format of formats) {
      const found = format.kind === 'text' ? reading(text, format.pieces) : [];
      const [values, ...others] = found;
      if (values !== undefined) return { values, format, others };
    }
  }
  return null;
}

type Reading = (text: string, pieces: readonly FormatPiece[]) => readonly LineValues[];

const strictly: Reading = (text, pieces) => {
  const values = splitLine(text, pieces, true);
  if (values === null || !isPlausible(values)) return [];
  if (isUsual(values) && !mayBeginEarlier(values, pieces)) return [values];
  const all = allSplits(text, pieces);
  return all.length === 0 ? [values] : all;
};

const inAnyWay: Reading = (text, pieces) => allSplits(text, pieces).filter(isPlausible);

const leniently: Reading = (text, pieces) => {
  const values = splitLine(text, pieces, false);
  return values !== null && isPlausible(values) ? [values] : [];
};

/** The last value, which nothing ends, may hold what stands before it. */
function mayBeginEarlier(values: LineValues, pieces: readonly FormatPiece[]): boolean {
  const [before, last] = pieces.slice(-2);
  if (before?.kind !== 'text' || last?.kind !== 'operator') return false;
  return values.get(operatorKey(last))?.includes(before.text) === true;
}

function inJson(text: string, formats: readonly LogFormat[]): LogLine | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  let best: { readonly line: LogLine; readonly known: number } | null = null;
  for (const format of formats) {
    if (format.kind !== 'json') continue;
    const { values, known } = jsonValues(value, format);
    if (known * 2 < Math.min(format.keys.size, 4) || known <= (best?.known ?? -1)) continue;
    best = { line: { values, format, others: [] }, known };
  }
  return best?.line ?? null;
}

/** The values, and how many of the format's keys the line has. */
function jsonValues(
  value: object,
  format: LogFormat & { readonly kind: 'json' },
): { readonly values: LogLine['values']; readonly known: number } {
  const values = new Map<string, string | null>();
  let known = 0;
  for (const [path, pieces] of format.keys) {
    const found = childOf(value, path) ?? path.split('.').reduce<unknown>((node, key) => childOf(node, key), value);
    // What the line does not have is not known; Envoy writes null for what has no value.
    if (found === undefined) continue;
    known += 1;
    const [only, more] = pieces;
    if (only?.kind === 'operator' && more === undefined) values.set(operatorKey(only), scalarOf(found, only));
    else if (typeof found === 'string') for (const entry of textValues(found, pieces)) values.set(...entry);
  }
  return { values, known };
}

function textValues(line: string, pieces: readonly FormatPiece[]): LineValues {
  return inText(line, [{ kind: 'text', name: 'of one key', pieces }])?.values ?? new Map();
}

function childOf(node: unknown, key: string): unknown {
  return typeof node === 'object' && node !== null && Object.hasOwn(node, key)
    ? (node as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** An empty text is a header that is empty; of what has no value tools that collect logs may leave one. */
function scalarOf(value: unknown, { name }: Operator): string | null {
  if (typeof value === 'string') return value === '' && name !== 'REQ' ? null : valueOf(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
