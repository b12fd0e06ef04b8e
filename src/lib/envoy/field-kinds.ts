/**
 * Types of fields in proto JSON: what Envoy writes for each, and what else stands for the same value. A number may be in
 * quotes, and a 64-bit one always is; an enumeration's value may be its number.
 * https://protobuf.dev/programming-guides/json/
 */
import { ExactNumber } from '../exact-number';
import { type InputError } from '../errors';
import { wrongType } from './guarded';
import { ownField } from '../own-field';

export interface Kind {
  /** Whether it is of the type as Envoy writes it, down to the last field. */
  fits(value: unknown): boolean;
  /** The value as Envoy would write it. Throws InputError where it does not stand for one of this type. */
  decoded(value: unknown, pointer: string): unknown;
}

/** @param other the value that another spelling stands for; undefined where it is none */
function scalar(
  expected: string,
  fits: (value: unknown) => boolean,
  other: (value: unknown) => unknown = () => undefined,
): Kind {
  return {
    fits,
    decoded: (value, pointer) => {
      if (fits(value)) return value;
      const read = other(value);
      if (read === undefined || !fits(read)) throw mismatch(value, pointer, expected);
      return read;
    },
  };
}

/** Says of a value that something else was expected. */
export function mismatch(value: unknown, pointer: string, expected: string): InputError {
  return wrongType(pointer, `is ${described(value)}, ${expected} was expected`);
}

const SHOWN = 40;

function described(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof ExactNumber || typeof value === 'number') return `the number ${String(value)}`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(typeof value === 'string' && value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
  return typeof value === 'string' ? `the text ${text}` : text;
}

function integer(expected: string, least: number, most: number): Kind {
  const fits = (value: unknown): boolean =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
  return scalar(expected, fits, (value) =>
    typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : undefined,
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

const DURATION = /^-?\d{1,12}(?:\.\d{1,9})?s$/;
const LONG = /^-?\d{1,20}$/;
const DOUBLES: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** Scalars and well-known types by their names in the tables of `messages`. */
export const SCALARS: Readonly<Record<string, Kind>> = {
  string: scalar('a text', isText),
  timestamp: scalar('a time', isText),
  bool: scalar('true or false', (value) => typeof value === 'boolean'),
  uint32: integer('a number from 0 to 4294967295', 0, 0xffff_ffff),
  int32: integer('a number from -2147483648 to 2147483647', -0x8000_0000, 0x7fff_ffff),
  int64: scalar(
    'a whole number',
    (value) => typeof value === 'string' && LONG.test(value),
    (value) => (typeof value === 'number' || value instanceof ExactNumber ? String(value) : undefined),
  ),
  double: scalar(
    'a number',
    (value) => typeof value === 'number',
    (value) => {
      if (value instanceof ExactNumber) return Number(value.text);
      if (typeof value !== 'string') return undefined;
      return (
        ownField(DOUBLES, value) ?? (/^-?\d[\d.]{0,30}(?:[eE][+-]?\d{1,3})?$/.test(value) ? Number(value) : undefined)
      );
    },
  ),
  duration: scalar('a duration such as 1.5s', (value) => typeof value === 'string' && DURATION.test(value)),
  struct: scalar('an object', isObject),
  object: scalar('an object', isObject),
};

/** An enumeration; a name that it does not have is a later Envoy's. */
export function enumeration(names: readonly string[]): Kind {
  return scalar('a name', isText, (value) => {
    const name = typeof value === 'number' ? names[value] : undefined;
    return name === '' ? undefined : name;
  });
}

export { isObject };
