/**
 * kubectl's templates: text with paths in braces, `{range PATH}…{end}`, and quoted text such as `{"\n"}`.
 * https://kubernetes.io/docs/reference/kubectl/jsonpath/
 */
import { notSupported, parsePath, type JsonPath, PathFinder } from './json-path';
import { visibleLine } from './visible';
import { jsonLine } from './visible-json';

export type TemplatePiece =
  | { readonly text: string }
  | { readonly path: JsonPath }
  | { readonly range: JsonPath; readonly pieces: readonly TemplatePiece[] };

/** The one path that a template is; null where there is more in it than one. */
export function onlyPath(pieces: readonly TemplatePiece[]): JsonPath | null {
  const [only, ...others] = pieces;
  return only !== undefined && 'path' in only && others.length === 0 ? only.path : null;
}

const ACTION = /\{((?:[^{}'"]|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")*)\}/y;
const TEXT = /[^{}]+/y;

/** Reads a template, or a path without braces. Throws UsageError, which names what it cannot read. */
export function parseTemplate(expression: string): readonly TemplatePiece[] {
  if (!expression.includes('{')) return [{ path: parsePath(expression.trim(), expression) }];
  const open: { readonly range: JsonPath; readonly pieces: TemplatePiece[] }[] = [];
  const top: TemplatePiece[] = [];
  const pieces = (): TemplatePiece[] => open.at(-1)?.pieces ?? top;
  for (let at = 0; at < expression.length;) {
    TEXT.lastIndex = at;
    ACTION.lastIndex = at;
    const text = TEXT.exec(expression)?.[0];
    if (text !== undefined) {
      pieces().push({ text });
      at += text.length;
      continue;
    }
    const [all, inner = ''] = ACTION.exec(expression) ?? [];
    if (all === undefined) throw notSupported(expression, `the brace at character ${at + 1} has no partner`);
    at += all.length;
    const action = inner.trim();
    if (action === 'end') {
      const range = open.pop();
      if (range === undefined) throw notSupported(expression, 'there is an {end} without a {range}');
      pieces().push(range);
    } else if (/^range\s/.test(action)) {
      open.push({ range: parsePath(action.slice('range'.length).trim(), expression), pieces: [] });
    } else pieces().push(actionPiece(action, expression));
  }
  if (open.length > 0) throw notSupported(expression, 'a {range} has no {end}');
  return top;
}

function actionPiece(action: string, expression: string): TemplatePiece {
  if (/^(['"]).*\1$/s.test(action)) return { text: literalText(action.slice(1, -1)) };
  if (/^[+-]?\d+(?:\.\d+)?$/.test(action)) return { text: String(Number(action)) };
  if (/^(?:true|false)$/.test(action)) return { text: action };
  if (action === '') throw notSupported(expression, 'there is nothing between two braces');
  if (/^[a-z]+(?:\s|\()/i.test(action)) {
    throw notSupported(expression, `{${action.slice(0, 20)}} is not supported; range and end are`);
  }
  return { path: parsePath(action, expression) };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function literalText(text: string): string {
  return text.replace(/\\(.)/gs, (_all, letter: string) => ESCAPES[letter] ?? letter);
}

/** The text of a template as kubectl prints it: several values of one path with blanks between them. */
export async function renderTemplate(pieces: readonly TemplatePiece[], value: unknown): Promise<string> {
  const finder = await PathFinder.of(value);
  return pieces.map((piece) => renderPiece(finder, piece, value)).join('');
}

/** The text of one piece of a template, of what is current there. */
export function renderPiece(finder: PathFinder, piece: TemplatePiece, current: unknown): string {
  if ('text' in piece) return piece.text;
  if ('path' in piece) return finder.find(piece.path, current).map(valueText).join(' ');
  return finder
    .find(piece.range, current)
    .flatMap((item) => piece.pieces.map((inner) => renderPiece(finder, inner, item)))
    .join('');
}

/** A value as it is printed: a text on its line, its hidden characters as escapes, anything else as JSON. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? visibleLine(value) : jsonLine(value);
}
