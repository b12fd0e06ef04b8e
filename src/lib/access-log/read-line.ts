/** One line of an access log as the value of each operator. */
import { JSON_FORMAT, TEXT_FORMATS } from './known-formats';
import { type LogFormat, operatorKey, type FormatPiece } from './format';

/** What a line holds. */
export interface LogLine {
  /** By operator (`RESPONSE_CODE`, `REQ(:method)`); null where Envoy wrote `-`: it has no value. */
  readonly values: ReadonlyMap<string, string | null>;
  readonly format: LogFormat;
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
  for (const isStrict of [true, false]) {
    for (const format of formats) {
      const values = format.kind === 'text' ? splitLine(text, format.pieces, isStrict) : null;
      if (values !== null && isPlausible(values)) return { values, format };
    }
  }
  return null;
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
    best = { line: { values, format }, known };
  }
  return best?.line ?? null;
}

/** What Envoy writes for these: where a line has something else in their place, it is of another format. */
const SHAPES: readonly (readonly [operator: string, shape: RegExp])[] = [
  ['RESPONSE_CODE', /^\d{1,3}$/],
  ['REQ(:method)', /^[^\s"/]+$/],
  ['PROTOCOL', /^HTTP\/[\d.]+$/],
  ['BYTES_SENT', /^\d+$/],
  ['BYTES_RECEIVED', /^\d+$/],
  ['DURATION', /^\d+$/],
];

function isPlausible(values: LogLine['values']): boolean {
  return SHAPES.every(([operator, shape]) => {
    const value = values.get(operator) ?? null;
    return value === null || shape.test(value);
  });
}

function textValues(line: string, pieces: readonly FormatPiece[]): ReadonlyMap<string, string | null> | null {
  return splitLine(line, pieces, true) ?? splitLine(line, pieces, false);
}

function valueOf(text: string): string | null {
  return text === '-' ? null : text;
}

/**
 * Values hold what does not end them: in quotes no quote, elsewhere no blank; the lenient reading takes the first place of
 * each literal text instead. The line is walked once, whatever it holds. Of operators with nothing between them nobody can
 * say where one ends: they have no values.
 */
function splitLine(line: string, pieces: readonly FormatPiece[], isStrict: boolean): Map<string, string | null> | null {
  const values = new Map<string, string | null>();
  let open: string[] = [];
  let at = 0;
  const close = (end: number): void => {
    const [key, more] = open;
    if (key !== undefined && more === undefined) values.set(key, valueOf(line.slice(at, end)));
    open = [];
  };
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'operator') {
      open.push(operatorKey(piece));
      continue;
    }
    const isLast = index === pieces.length - 1;
    const from = at + lengthOfOwn(pieces[index - 1], piece.text, line.slice(at, at + LONGEST_OWN));
    const found = placeOf(piece.text, line, from, { isOpen: open.length > 0, isStrict, isLast });
    if (found < at) return null;
    close(found);
    at = found + piece.text.length;
  }
  if (open.length === 0 && at !== line.length) return null;
  const last = pieces.at(-1);
  const isTime = last?.kind === 'operator' && last.name === 'START_TIME';
  if (isStrict && open.length === 1 && !isTime && /\s/.test(line.slice(at))) return null;
  close(line.length);
  return values;
}

/** No time and no name of a cluster is longer. */
const LONGEST_OWN = 512;

/** As Istio names them, with bars that a format may have between its values, too. */
const ISTIO_CLUSTER = /^(?:in|out)bound(?:-vip)?\|\d+\|[^|]*\|[^|\s"]*/;

/** How much of a value may hold what ends it elsewhere: a time with blanks in its format, a cluster's name with bars. */
function lengthOfOwn(operator: FormatPiece | undefined, ending: string, rest: string): number {
  if (operator?.kind !== 'operator') return 0;
  const end = ending.charAt(0);
  if (operator.name.startsWith('UPSTREAM_CLUSTER'))
    return end === '|' ? (ISTIO_CLUSTER.exec(rest)?.[0].length ?? 0) : 0;
  if (operator.name !== 'START_TIME' || operator.argument === null) return 0;
  const within = longTime(operator.argument).split(end).length - 1;
  let at = 0;
  for (let count = 0; count < within; count += 1) {
    const found = rest.indexOf(end, at);
    if (found < 0) return 0;
    at = found + 1;
  }
  return at;
}

/** A time's format with its short forms written out. https://en.cppreference.com/w/cpp/chrono/c/strftime */
function longTime(format: string): string {
  return format
    .replaceAll('%c', '%a %b %d %H:%M:%S %Y')
    .replaceAll('%r', '%I:%M:%S %p')
    .replaceAll(/%[Dx]/g, '%m/%d/%y')
    .replaceAll('%F', '%Y-%m-%d')
    .replaceAll('%R', '%H:%M')
    .replaceAll(/%[TX]/g, '%H:%M:%S');
}

/** Where a literal text stands behind a value, or at once where there is none; -1 where it does not. */
function placeOf(
  text: string,
  line: string,
  from: number,
  { isOpen, isStrict, isLast }: { readonly isOpen: boolean; readonly isStrict: boolean; readonly isLast: boolean },
): number {
  if (!isOpen) return line.startsWith(text, from) ? from : -1;
  if (!isStrict) return !isLast ? line.indexOf(text, from) : line.endsWith(text) ? line.length - text.length : -1;
  const end = line.indexOf(text.charAt(0), from);
  return end >= 0 && line.startsWith(text, end) ? end : -1;
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
    if (only?.kind === 'operator' && more === undefined) values.set(operatorKey(only), scalarOf(found));
    else if (typeof found === 'string') for (const entry of textValues(found, pieces) ?? []) values.set(...entry);
  }
  return { values, known };
}

function childOf(node: unknown, key: string): unknown {
  return typeof node === 'object' && node !== null && Object.hasOwn(node, key)
    ? (node as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function scalarOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : valueOf(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
