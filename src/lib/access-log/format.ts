/** An access log's format: literal text and command operators, as Envoy's format strings have them. */
import { UsageError } from '../errors';

/** `%NAME(argument):length%`. */
export interface Operator {
  /** `REQ`, `RESPONSE_CODE`, …. */
  readonly name: string;
  /** What stands in the brackets; null where there are none. */
  readonly argument: string | null;
}

export type FormatPiece = { readonly kind: 'text'; readonly text: string } | ({ readonly kind: 'operator' } & Operator);

/** A format of text lines, or of JSON lines: the key of each operator. */
export type LogFormat =
  | { readonly kind: 'text'; readonly name: string; readonly pieces: readonly FormatPiece[] }
  | { readonly kind: 'json'; readonly name: string; readonly keys: ReadonlyMap<string, readonly FormatPiece[]> };

/** What a line holds by operator (`RESPONSE_CODE`, `REQ(:method)`); null where Envoy wrote `-`: it has no value. */
export type LineValues = ReadonlyMap<string, string | null>;

/** As Envoy reads it: an argument ends at the first bracket that a percent sign or a length follows, so that it may hold brackets. */
const OPERATOR = /%([A-Z0-9_]+)(?:\((.*?)\))?(?::\d+)?%/gs;

/**
 * Takes a format string apart; `%%` is a percent sign.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
 */
export function piecesOf(text: string): readonly FormatPiece[] {
  const pieces: FormatPiece[] = [];
  let from = 0;
  const literal = (end: number): void => {
    const between = text.slice(from, end).replaceAll('%%', '%');
    if (between !== '') pieces.push({ kind: 'text', text: between });
  };
  for (const match of text.matchAll(OPERATOR)) {
    literal(match.index);
    pieces.push({ kind: 'operator', name: match[1] ?? '', argument: match[2] ?? null });
    from = match.index + match[0].length;
  }
  literal(text.length);
  return pieces;
}

/** Whether a format has a command of Envoy's in it, and is not text alone. */
export function hasOperator(pieces: readonly FormatPiece[]): boolean {
  return pieces.some(({ kind }) => kind === 'operator');
}

/** A format string that a user gives, taken apart. Throws UsageError for one without operators. */
export function parseFormat(text: string): readonly FormatPiece[] {
  const pieces = piecesOf(text);
  if (hasOperator(pieces)) return pieces;
  throw new UsageError(`The format ${JSON.stringify(text)} has no command operator`, {
    hint: 'Write it as the proxy\'s accessLogFormat has it: [%START_TIME%] "%REQ(:METHOD)% …" %RESPONSE_CODE% ….',
  });
}

/** A format as a user gives it: a format string, or a JSON object of them. */
export function formatOf(text: string, name: string): LogFormat {
  if (!text.trimStart().startsWith('{')) {
    return { kind: 'text', name, pieces: parseFormat(text.replace(/\\n$|\r?\n$/, '')) };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError('The format begins with a brace and is not a JSON object of format strings');
  }
  return jsonFormat(value, name);
}

/** A `json_format` of Envoy: nested objects are told apart by their path, joined with dots. */
export function jsonFormat(value: unknown, name: string): LogFormat {
  const keys = new Map<string, readonly FormatPiece[]>();
  const visit = (node: unknown, path: string): void => {
    if (typeof node === 'string') {
      keys.set(path, piecesOf(node));
    } else if (typeof node === 'object' && node !== null) {
      for (const [key, child] of Object.entries(node)) visit(child, path === '' ? key : `${path}.${key}`);
    }
  };
  visit(value, '');
  return { kind: 'json', name, keys };
}

/** One spelling for an operator: header names are case-insensitive. */
export function operatorKey({ name, argument }: Operator): string {
  return argument === null ? name : `${name}(${argument.toLowerCase()})`;
}
