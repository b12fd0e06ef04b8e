/** One line of an access log as the value of each operator. */
import { JSON_FORMAT, TEXT_FORMATS } from './known-formats';
import { type LogFormat, operatorKey, type Piece } from './format';

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

interface Compiled {
  readonly strict: RegExp;
  readonly lenient: RegExp;
  readonly keys: readonly string[];
}

const compiled = new WeakMap<readonly Piece[], Compiled>();

function textValues(line: string, pieces: readonly Piece[]): ReadonlyMap<string, string | null> | null {
  const known = compiled.get(pieces) ?? compile(pieces);
  compiled.set(pieces, known);
  const match = known.strict.exec(line) ?? known.lenient.exec(line);
  return match === null ? null : new Map(known.keys.map((key, index) => [key, valueOf(match[index + 1] ?? '-')]));
}

function valueOf(text: string): string | null {
  return text === '-' ? null : text;
}

/** Values hold what does not end them: in quotes no quote, elsewhere no blank; the lenient reading allows blanks, too. */
function compile(pieces: readonly Piece[]): Compiled {
  const keys: string[] = [];
  const source = (isStrict: boolean): string =>
    pieces
      .map((piece, index) => {
        if (piece.kind === 'text') return escaped(piece.text);
        if (isStrict) keys.push(operatorKey(piece));
        const next = pieces[index + 1];
        const end = next?.kind === 'text' ? next.text.charAt(0) : '';
        if (!isStrict) return '(.*?)';
        return end === '' ? '(.*)' : `([^${end === ']' || end === '\\' || end === '^' ? `\\${end}` : end}]*)`;
      })
      .join('');
  return { strict: new RegExp(`^${source(true)}$`), lenient: new RegExp(`^${source(false)}$`), keys };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
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
    const found = path.split('.').reduce<unknown>((node, key) => childOf(node, key), value);
    if (found !== undefined) known += 1;
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
