/** What a schema says against a document, in words, with line and column. */
import type { ErrorObject } from 'ajv';
import { isMap, isPair, type Document, type LineCounter, type Node } from 'yaml';
import { nearest } from '../nearest';
import type { Mistake, DocumentPath } from './placeholders';
import { VOCABULARIES } from './vocabulary';

/** Keywords that only repeat what a deeper failure says. */
const ECHOES = new Set(['oneOf', 'anyOf', 'if', 'propertyNames']);

/** Failures as mistakes; a failed alternative repeats every failure inside it, and the deepest ones tell. */
export function mistakesOf(errors: readonly ErrorObject[]): readonly Mistake[] {
  const told = errors.filter(({ params }) => (params as { type?: unknown }).type !== 'null');
  const deep = told.filter((error) => !ECHOES.has(error.keyword) || !told.some((other) => inside(other, error)));
  const plain = deep.filter((error) => error.keyword !== 'type');
  const types = deep.filter((error) => error.keyword === 'type' && !plain.some((other) => isAtOrIn(other, error)));
  const wrongTypes = [...new Set(types.map(({ instancePath }) => instancePath))].flatMap((path) => {
    const [first, ...others] = types.filter((error) => error.instancePath === path);
    return first === undefined ? [] : [{ path: pathOf(first), message: typeText([first, ...others]) }];
  });
  return [...plain.map((error) => ({ path: pathOf(error), message: messageOf(error) })), ...wrongTypes];
}

/** Whether another failure is at the same place or inside it: then this type is the one of an alternative not meant. */
function isAtOrIn(other: ErrorObject, { instancePath }: ErrorObject): boolean {
  return other.instancePath === instancePath || other.instancePath.startsWith(`${instancePath}/`);
}

/** JSON Schema's types in the words of a YAML file. */
const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

function typeText(errors: readonly [ErrorObject, ...ErrorObject[]]): string {
  const types = errors.flatMap(({ params }) => (params as { type: string | readonly string[] }).type);
  const words = [...new Set(types.filter((type) => type !== 'null').map((type) => TYPES[type] ?? type))];
  return `${placeText(errors[0])} must be ${words.join(' or ')}`;
}

function placeText({ instancePath }: ErrorObject): string {
  return instancePath === '' ? 'the file' : instancePath.slice(1).replaceAll('/', '.');
}

function inside(other: ErrorObject, outer: ErrorObject): boolean {
  return other !== outer && other.instancePath.startsWith(outer.instancePath) && !ECHOES.has(other.keyword);
}

function pathOf(error: ErrorObject): DocumentPath {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  const { additionalProperty } = error.params as { additionalProperty?: string };
  return additionalProperty === undefined ? path : [...path, additionalProperty];
}

function unescapePointer(text: string): string {
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}

function messageOf(error: ErrorObject): string {
  const where = placeText(error);
  const params = error.params as {
    additionalProperty?: string;
    allowedValues?: readonly unknown[];
    missingProperty?: string;
  };
  if (params.additionalProperty !== undefined) {
    const known = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {});
    const [close] = nearest(params.additionalProperty, known, 1);
    const hint = close === undefined ? `; known: ${known.join(', ')}` : `: did you mean ${close}?`;
    return `${where} has the unknown key ${params.additionalProperty}${hint}`;
  }
  if (params.allowedValues !== undefined) return vocabularyText(where, params.allowedValues, error.data);
  if (params.missingProperty === 'url' || params.missingProperty === 'curl') {
    return `${where} has neither a url nor a curl command`;
  }
  if (params.missingProperty === 'request') return `${where} has neither a request nor a view`;
  return keywordText(where, error);
}

/** What a keyword asks for, where its parameters do not tell. */
function keywordText(where: string, error: ErrorObject): string {
  if (error.keyword === 'minItems' && where === 'checks') return 'the file holds no check';
  if (error.keyword === 'minItems' || error.keyword === 'maxItems') return itemsText(where, error);
  if (error.keyword === 'minProperties') return `${where} is empty: it expects nothing`;
  if (error.keyword === 'pattern') return patternText(where, error.data);
  if (error.keyword === 'not') return `${where} has ${subjectsIn(error.data)}: it is one or the other`;
  if (error.keyword === 'false schema' && where.includes('.request.')) {
    return `${where} is given beside a curl command, which says the same in its own options`;
  }
  if (error.keyword === 'false schema') return `${where} is in a check of a request; it belongs in a check of a view`;
  return `${where} ${error.message ?? 'is not as it should be'}`;
}

/** What a check may be of, of which it is one. */
function subjectsIn(data: unknown): string {
  const own = Object.keys(data ?? {});
  const words = { request: 'a request', forAll: 'forAll', view: 'a view' };
  return Object.entries(words)
    .flatMap(([key, word]) => (own.includes(key) ? [word] : []))
    .join(' and ');
}

function itemsText(where: string, { data, params }: ErrorObject): string {
  const { limit } = params as { readonly limit: number };
  if (/\.headers\.\d+$/.test(where)) return `${where} must be a pair: [name, value]`;
  if (Array.isArray(data) && data.length === 0) return `${where} is an empty list`;
  return `${where} must have ${limit} entries`;
}

/** What a text must look like, by the key that it belongs to. */
function patternText(where: string, given: unknown): string {
  const key = where.split('.').at(-1) ?? '';
  const text = JSON.stringify(given);
  if (key === 'responseFlags') {
    const flags = VOCABULARIES['responseFlags'] ?? [];
    const wrong = String(given)
      .split(',')
      .find((flag) => !flags.includes(flag));
    const [close] = nearest(wrong ?? '', flags, 1);
    const hint = close === undefined ? `: they are ${flags.join(', ')}` : `: did you mean ${close}?`;
    return `${where} is ${text}, which is not a response flag of Envoy${hint}`;
  }
  if (key === 'status') return `${where} is ${text}, which is not an HTTP status`;
  if (key === 'method') return `${where} is ${text}, which is not an HTTP method`;
  if (where.includes('.headers')) return `${where} has ${text}, which cannot stand in a header`;
  return `${where} is ${text}, which is not of the form that it must have`;
}

function vocabularyText(where: string, allowed: readonly unknown[], given: unknown): string {
  const words = allowed.filter((word) => word !== null).map(String);
  const [close] = typeof given === 'string' ? nearest(given, words, 1) : [];
  return `${where} must be one of ${words.join(', ')}${close === undefined ? '' : `: did you mean ${close}?`}`;
}

/** `LINE:COLUMN` of a place in a document: of its key where it has one, else of the nearest place around it. */
export function positionOf(document: Document, lines: LineCounter, path: DocumentPath): string {
  const { line, col } = lines.linePos(offsetOf(document, path));
  return `${line}:${col}`;
}

/** The line of a place in a document, from 1. */
export function lineOf(document: Document, lines: LineCounter, path: DocumentPath): number {
  return lines.linePos(offsetOf(document, path)).line;
}

function offsetOf(document: Document, path: DocumentPath): number {
  for (let depth = path.length; depth > 0; depth--) {
    const range = rangeOf(document, path.slice(0, depth));
    if (range !== undefined) return range;
  }
  return document.contents?.range?.[0] ?? 0;
}

function rangeOf(document: Document, path: DocumentPath): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isPair(item) && String(item.key) === String(last));
    return (pair?.key as Node | undefined)?.range?.[0];
  }
  const node = document.getIn(path, true) as Node | undefined;
  return node?.range?.[0];
}
