/**
 * Values of the Common Expression Language as Envoy's evaluator has them. An int is a bigint and a double a number, so that
 * both keep their types. https://github.com/google/cel-spec/blob/master/doc/langdef.md#values
 */
import { isUnknown, type Unknown } from '../ternary';

/** `uint`: apart from `int`, with which it is equal where the numbers are. */
export class CelUint {
  constructor(readonly number: bigint) {}
}

/** Bytes, which CEL tells apart from text. */
export class CelBytes {
  constructor(readonly bytes: Buffer) {}
}

/** An evaluation that failed, such as of a key that is not there: a condition that ends so does not hold. */
export class CelError {
  constructor(readonly why: string) {}
}

/** A map, or a group of attributes: what it holds is worked out when it is asked for. */
export interface CelMap {
  /** Undefined where there is no such key. */
  readonly get: (key: string) => CelValue | undefined;
}

export type CelValue =
  null | boolean | string | bigint | number | CelUint | CelBytes | readonly CelValue[] | CelMap | CelError | Unknown;

/** Whether a value of CEL is a list. */
export function isList(value: CelValue): value is readonly CelValue[] {
  return Array.isArray(value);
}

/** Whether a value of CEL is a map. */
export function isMap(value: CelValue): value is CelMap {
  return typeof value === 'object' && value !== null && !isUnknown(value) && 'get' in value;
}

/** A number of any of the three types; null for everything else. */
export function numberOf(value: CelValue): bigint | number | null {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof CelUint ? value.number : null;
}

/** The value of a JSON document, in which every number is a double. */
export function celValueOf(json: unknown): CelValue {
  if (typeof json === 'string' || typeof json === 'boolean' || typeof json === 'number') return json;
  if (Array.isArray(json)) return json.map(celValueOf);
  if (typeof json !== 'object' || json === null) return null;
  return { get: (key) => (Object.hasOwn(json, key) ? celValueOf((json as Record<string, unknown>)[key]) : undefined) };
}
