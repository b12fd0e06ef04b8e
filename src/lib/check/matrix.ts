/** A check with a matrix as one check for every combination of its values. */
import type { Scalar } from './check-file';
import { fillIn, type Mistake, type DocumentPath, type PlaceholderValues } from './placeholders';
import { addAll } from '../lists';

/** One check of the file, filled in, and where it stands in the file. */
export interface Instance {
  readonly value: unknown;
  readonly index: number;
}

export interface Expanded {
  readonly instances: readonly Instance[];
  readonly mistakes: readonly Mistake[];
  /** As `Filled.variables`, with the instance's number in place of the check's. */
  readonly variables: readonly DocumentPath[];
}

/** How many checks a file may come to. */
const MOST = 100_000;

/** Fills in and multiplies the list of checks; anything but a list is handed on as it is. */
export function expandChecks(checks: unknown, environment: PlaceholderValues['environment']): Expanded {
  if (!Array.isArray(checks)) return { instances: [], mistakes: [], variables: [] };
  const instances: Instance[] = [];
  const mistakes: Mistake[] = [];
  const variables: DocumentPath[] = [];
  for (const [index, check] of (checks as readonly unknown[]).entries()) {
    const { combinations, mistakes: wrong, rest, matrix } = combinationsOf(check, index, environment);
    addAll(mistakes, wrong);
    if (instances.length + combinations.length > MOST) {
      mistakes.push({ path: ['checks', index], message: `there are more than ${MOST} checks` });
      break;
    }
    for (const combination of combinations) {
      const filled = fillIn(rest, { environment, matrix: combination }, ['checks', index]);
      addAll(mistakes, filled.mistakes);
      addAll(
        variables,
        filled.variables.map((path) => ['checks', instances.length, ...path.slice(2)]),
      );
      instances.push({ value: withMatrix(filled.value, matrix, combination), index });
    }
  }
  return { instances, mistakes, variables };
}

interface Combinations {
  /** Null where there is no matrix. */
  readonly combinations: readonly (Readonly<Record<string, Scalar>> | null)[];
  readonly mistakes: readonly Mistake[];
  readonly rest: unknown;
  readonly matrix: unknown;
}

function combinationsOf(check: unknown, index: number, environment: PlaceholderValues['environment']): Combinations {
  const raw = isObject(check) ? check['matrix'] : undefined;
  if (!isObject(check) || raw === undefined) {
    return { combinations: [null], mistakes: [], rest: check, matrix: undefined };
  }
  const rest = Object.fromEntries(Object.entries(check).filter(([key]) => key !== 'matrix'));
  const { value: matrix, mistakes } = fillIn(raw, { environment, matrix: null }, ['checks', index, 'matrix']);
  // A matrix that is none is left for the schema to refuse.
  if (!isObject(matrix) || !Object.values(matrix).every((list) => Array.isArray(list) && list.length > 0)) {
    return { combinations: [{}], mistakes, rest, matrix };
  }
  const total = Object.values(matrix).reduce<number>((count, list) => count * (list as unknown[]).length, 1);
  if (total > MOST) {
    const message = `the matrix has ${total} combinations; there may be ${MOST}`;
    return { combinations: [], mistakes: [...mistakes, { path: ['checks', index, 'matrix'], message }], rest, matrix };
  }
  return { combinations: product(Object.entries(matrix) as [string, Scalar[]][]), mistakes, rest, matrix };
}

function product(axes: readonly (readonly [string, readonly Scalar[]])[]): readonly Readonly<Record<string, Scalar>>[] {
  return axes.reduce<readonly Readonly<Record<string, Scalar>>[]>(
    (made, [name, values]) => made.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

/** The filled check with its matrix beside it, and a name that tells it from its siblings. */
function withMatrix(check: unknown, matrix: unknown, combination: Readonly<Record<string, Scalar>> | null): unknown {
  if (combination === null || !isObject(check)) return check;
  const { name } = check;
  const label = Object.entries(combination).map(([key, value]) => `${key}=${value}`);
  const isTold = Object.values(combination).every(
    (value) => value !== '' && typeof name === 'string' && name.includes(String(value)),
  );
  const told = typeof name !== 'string' || isTold ? name : `${name} (${label.join(', ')})`;
  return { ...check, ...(told === undefined ? {} : { name: told }), matrix };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
