/**
 * JSONPath as kubectl has it: fields, `..`, `*`, indices and slices from either end, unions, and filters that compare a field
 * with a value. A filter is no code: it is read here, and nothing is evaluated.
 * https://kubernetes.io/docs/reference/kubectl/jsonpath/
 */
import { UsageError } from '../errors';
import { ExactNumber } from '../exact-number';

/** Where a path begins, and its steps. */
export interface JsonPath {
  /** `$`; else what is current, which is the whole outside of a range. */
  readonly isFromRoot: boolean;
  readonly steps: readonly Step[];
}

type Step =
  /** A step in the words of jsonpath-plus. */
  { readonly part: string } | { readonly union: readonly string[] } | { readonly filter: Filter };

interface Filter {
  readonly left: Operand;
  /** Null where only existence is asked for. */
  readonly comparison: { readonly operator: string; readonly right: Operand } | null;
}

type Operand = { readonly path: JsonPath } | { readonly value: unknown };

/** Says what of an expression is not understood. */
export function notSupported(expression: string, what: string): UsageError {
  return new UsageError(`the JSONPath ${JSON.stringify(expression)} cannot be read: ${what}`, {
    hint: `For example -o jsonpath='{[*].name}' or -o jsonpath='{range [*]}{.name}{"\\n"}{end}'.`,
  });
}

const NAME = /(?:\\.|[^.[\]{}()\s'"\\@$,?!=<>|&^~`])+/y;
const BRACKET = /\[\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|(-?\d+)|(\*)|(-?\d*:-?\d*(?::-?\d*)?))\s*(?=[,\]])/y;
const NEXT_OF_UNION = /,\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|(-?\d+))\s*(?=[,\]])/y;

/** Reads the path in a text. Throws UsageError, which names what it cannot read. */
export function parsePath(text: string, expression = text): JsonPath {
  const [path, end] = pathAt(text, 0, expression);
  if (end < text.length)
    throw notSupported(expression, `${JSON.stringify(text.slice(end, end + 20))} is not supported`);
  return path;
}

function pathAt(text: string, from: number, expression: string): readonly [JsonPath, number] {
  const first = text[from];
  let at = from + (first === '$' || first === '@' ? 1 : 0);
  const steps: Step[] = [];
  const named = (): boolean => {
    const name = matchAt(NAME, text, at);
    if (name === null) return false;
    at += name[0].length;
    steps.push({ part: name[0] === '*' ? '*' : literal(unescaped(name[0])) });
    return true;
  };
  // `items[*]` is `.items[*]`.
  if (at === from) named();
  for (;;) {
    if (text.startsWith('..', at)) {
      at += 2;
      steps.push({ part: '..' });
      if (!named() && text[at] !== '[') throw notSupported(expression, '".." needs a field behind it');
    } else if (text[at] === '.') {
      at++;
      if (!named() && text[at] !== '[' && steps.length > 0)
        throw notSupported(expression, '"." needs a field behind it');
    } else if (text.startsWith('[?', at)) {
      const [filter, end] = filterAt(text, at, expression);
      steps.push({ filter });
      at = end;
    } else if (text[at] === '[') {
      const [step, end] = bracketAt(text, at, expression);
      steps.push(step);
      at = end;
    } else return [{ isFromRoot: first === '$', steps }, at];
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

/** A field's name that means nothing else to jsonpath-plus. */
function literal(name: string): string {
  return `\`${name}`;
}

function bracketAt(text: string, from: number, expression: string): readonly [Step, number] {
  const parts: string[] = [];
  let at = from;
  for (let match = matchAt(BRACKET, text, at); match !== null; match = matchAt(NEXT_OF_UNION, text, at)) {
    at += match[0].length;
    const [, single, double, index, all, slice] = match;
    if (/:-?\d*:(?:-|0+$)/.test(slice ?? '')) throw notSupported(expression, 'a slice has a step of 1 or more');
    const name = single ?? double;
    parts.push(name === undefined ? (all ?? slice ?? indexPart(Number(index))) : literal(unescaped(name)));
  }
  if (text[at] !== ']' || parts.length === 0) {
    throw notSupported(
      expression,
      `${JSON.stringify(text.slice(from, from + 20))} is not an index, slice, name or filter`,
    );
  }
  const [only = '', ...others] = parts;
  return [others.length === 0 ? { part: only } : { union: parts }, at + 1];
}

/** From the end, where it is negative. */
function indexPart(index: number): string {
  if (index >= 0) return String(index);
  return index === -1 ? '-1:' : `${index}:${index + 1}`;
}

const OPERATOR = /\s*(==|!=|<=|>=|<|>)\s*/y;
const VALUE = /'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;

function filterAt(text: string, from: number, expression: string): readonly [Filter, number] {
  const refuse = (): UsageError =>
    notSupported(
      expression,
      `the filter ${JSON.stringify(text.slice(from, from + 40))} is none of [?(@.FIELD)] and [?(@.FIELD OPERATOR VALUE)]`,
    );
  const open = matchAt(/\[\?\(\s*/y, text, from);
  if (open === null) throw refuse();
  const [left, behind] = operandAt(text, from + open[0].length, expression) ?? [null, 0];
  if (left === null) throw refuse();
  const operator = matchAt(OPERATOR, text, behind);
  const [right, last] =
    operator === null ? [null, behind] : (operandAt(text, behind + operator[0].length, expression) ?? [null, 0]);
  const close = matchAt(/\s*\)\]/y, text, last);
  if (close === null || (operator !== null && right === null)) throw refuse();
  const comparison = operator === null || right === null ? null : { operator: operator[1] ?? '', right };
  return [{ left, comparison }, last + close[0].length];
}

function operandAt(text: string, at: number, expression: string): readonly [Operand, number] | null {
  if (text[at] === '@' || text[at] === '$') {
    const [path, end] = pathAt(text, at, expression);
    return [{ path }, end];
  }
  const match = matchAt(VALUE, text, at);
  if (match === null) return null;
  const [all, single, double, plain = ''] = match;
  const quoted = single ?? double;
  return [{ value: quoted === undefined ? JSON.parse(plain) : unescaped(quoted) }, at + all.length];
}

type Query = (json: object, path: string[]) => readonly unknown[];

/** Finds what a path means. Loads jsonpath-plus. */
export class PathFinder {
  readonly #root: unknown;
  readonly #query: Query;

  private constructor(root: unknown, query: Query) {
    this.#root = root;
    this.#query = query;
  }

  /** @param root what `$` means */
  static async of(root: unknown): Promise<PathFinder> {
    const { JSONPath } = await import('jsonpath-plus');
    return new PathFinder(root, (json, path) => {
      const found: unknown = JSONPath({ path, json, wrap: true, eval: false });
      return Array.isArray(found) ? (found as readonly unknown[]) : [];
    });
  }

  /** Every value, in order. */
  find({ isFromRoot, steps }: JsonPath, current: unknown): readonly unknown[] {
    let found: readonly unknown[] = [isFromRoot ? this.#root : current];
    let plain: string[] = [];
    const walk = (): void => {
      const path = plain;
      if (path.length > 0) found = found.flatMap((one) => this.#below(one, path));
      plain = [];
    };
    for (const step of steps) {
      if ('part' in step) plain.push(step.part);
      else {
        walk();
        found = found.flatMap((one) =>
          'union' in step ? step.union.flatMap((part) => this.#below(one, [part])) : this.#filtered(one, step.filter),
        );
      }
    }
    walk();
    return found;
  }

  #below(value: unknown, path: readonly string[]): readonly unknown[] {
    return isContainer(value) ? this.#query(value, ['$', ...path]).filter(isInJson) : [];
  }

  #filtered(value: unknown, filter: Filter): readonly unknown[] {
    return isContainer(value) ? Object.values(value).filter((item) => this.passes(filter, item)) : [];
  }

  /** Whether a filter takes an element. */
  passes({ left, comparison }: Filter, item: unknown): boolean {
    const ours = this.#operand(left, item);
    if (comparison === null) return ours.length > 0;
    const theirs = this.#operand(comparison.right, item);
    return ours.length > 0 && theirs.length > 0 && compares(ours[0], comparison.operator, theirs[0]);
  }

  #operand(operand: Operand, item: unknown): readonly unknown[] {
    return 'path' in operand ? this.find(operand.path, item) : [operand.value];
  }
}

/** Whether JSON has a value: of a field that is undefined, and of a method, it has nothing. */
function isInJson(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function';
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
}

/** Values of different types are different, and neither is the larger one. */
function compares(a: unknown, operator: string, b: unknown): boolean {
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  const isOrdered =
    (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
  if (!isOrdered) return false;
  const [less, equal] = [a < b, a === b];
  switch (operator) {
    case '<':
      return less;
    case '<=':
      return less || equal;
    case '>':
      return !less && !equal;
    default:
      return !less;
  }
}
