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
 * Reads a line by its format, or by the first known format that it has. Null where it has none of them.
 * @param formats tried before the known ones: what the user gave, and what the proxy's configuration has
 */
export function readLogLine(line: string, formats: readonly LogFormat[] = []): LogLine | null {
  const text = line.trim();
  const isJson = text.startsWith('{');
  for (const format of [...formats, ...(isJson ? [JSON_FORMAT] : TEXT_FORMATS)]) {
    const values = format.kind === 'text' ? textValues(text, format.pieces) : isJson ? jsonValues(text, format) : null;
    if (values !== null) return { values, format };
  }
  return null;
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
    const found = placeOf(piece.text, line, at, { isOpen: open.length > 0, isStrict, isLast });
    if (found < at) return null;
    close(found);
    at = found + piece.text.length;
  }
  if (open.length === 0 && at !== line.length) return null;
  close(line.length);
  return values;
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

function jsonValues(text: string, format: LogFormat & { readonly kind: 'json' }): LogLine['values'] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
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
  return known * 2 >= Math.min(format.keys.size, 4) ? values : null;
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
