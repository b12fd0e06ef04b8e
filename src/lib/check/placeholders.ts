/**
 * `${NAME}` (a variable of the environment), `${NAME:-default}` and `${{ name }}` (a value of the check's matrix) in the
 * texts of a check file. `$${` stands for the characters `${`.
 */
import { nearest } from '../nearest';
import type { Scalar } from './check-file';

/** Where in a document: keys and indexes from its root. */
export type DocumentPath = readonly (string | number)[];

/** Something wrong at a place of a document. */
export interface Mistake {
  readonly path: DocumentPath;
  readonly message: string;
}

export interface PlaceholderValues {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Null where the text stands outside of a check with a matrix. */
  readonly matrix: Readonly<Record<string, Scalar>> | null;
}

export interface Filled {
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
  /** Places whose whole text was one variable: a number may be wanted there. */
  readonly variables: readonly DocumentPath[];
}

const PLACEHOLDER = /\$\$\{|\$\{\{([^{}]*)\}\}|\$\{([^{}]*)\}|\$\{/g;
const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;
const WHOLE_MATRIX = /^\$\{\{\s*([A-Za-z_][A-Za-z0-9_-]*)\s*\}\}$/;
const WHOLE_VARIABLE = /^\$\{[A-Za-z_][A-Za-z0-9_]*(?::-[^{}]*)?\}$/;

/** Fills every text of a value in, keys of maps included. A text that is one matrix placeholder takes the value's type. */
export function fillIn(value: unknown, values: PlaceholderValues, path: DocumentPath = []): Filled {
  if (typeof value === 'string') return fillText(value, values, path);
  if (Array.isArray(value)) {
    const parts = value.map((item: unknown, index) => fillIn(item, values, [...path, index]));
    return gathered(
      parts,
      parts.map((part) => part.value),
    );
  }
  if (typeof value !== 'object' || value === null) return { value, mistakes: [], variables: [] };
  const parts = Object.entries(value).map(([key, item]) => {
    const name = fillText(key, values, [...path, key]);
    return { name, part: fillIn(item, values, [...path, key]) };
  });
  return gathered(
    parts.flatMap(({ name, part }) => [{ ...name, variables: [] }, part]),
    Object.fromEntries(parts.map(({ name, part }) => [String(name.value), part.value])),
  );
}

function gathered(parts: readonly Filled[], value: unknown): Filled {
  return {
    value,
    mistakes: parts.flatMap((part) => part.mistakes),
    variables: parts.flatMap((part) => part.variables),
  };
}

function fillText(text: string, values: PlaceholderValues, path: DocumentPath): Filled {
  if (!text.includes('${')) return { value: text, mistakes: [], variables: [] };
  const whole = WHOLE_MATRIX.exec(text)?.[1];
  const own = whole === undefined ? undefined : matrixValue(whole, values);
  if (own !== undefined) return { value: own, mistakes: [], variables: [] };
  const mistakes: Mistake[] = [];
  const filled = text.replace(PLACEHOLDER, (found, matrix?: string, variable?: string) => {
    if (found === '$${') return '${';
    const part = matrix === undefined ? variableValue(variable, values) : named(matrix, values);
    if ('value' in part) return part.value;
    mistakes.push({ path, message: part.message });
    return '';
  });
  return { value: filled, mistakes, variables: WHOLE_VARIABLE.test(text) ? [path] : [] };
}

type Part = { readonly value: string } | { readonly message: string };

function matrixValue(name: string, { matrix }: PlaceholderValues): Scalar | undefined {
  return matrix !== null && Object.hasOwn(matrix, name) ? matrix[name] : undefined;
}

function named(inner: string, values: PlaceholderValues): Part {
  const name = inner.trim();
  const value = matrixValue(name, values);
  if (value !== undefined) return { value: String(value) };
  if (values.matrix === null) return { message: `\${{ ${name} }} is used in a check without a matrix` };
  const [close] = nearest(name, Object.keys(values.matrix), 1);
  return { message: `the matrix has no ${name}${close === undefined ? '' : `: did you mean ${close}?`}` };
}

function variableValue(inner: string | undefined, { environment }: PlaceholderValues): Part {
  const match = VARIABLE.exec(inner ?? '');
  const name = match?.[1];
  if (name === undefined) return { message: `\${${inner ?? ''} is not a variable; $\${ stands for these characters` };
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  const filled = value ?? match?.[2];
  if (filled !== undefined) return { value: filled };
  return { message: `the environment variable ${name} is not set; \${${name}:-default} would have a default` };
}
