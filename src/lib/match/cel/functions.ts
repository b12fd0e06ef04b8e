/**
 * The functions of the Common Expression Language that Envoy's evaluator has.
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions
 */
import { isRegex, partialMatch } from '../regex';
import { isUnknown, unknown } from '../ternary';
import { CelBytes, CelError, CelUint, type CelValue, isList, isMap, numberOf } from './value';

type CelFunction = (args: readonly CelValue[]) => CelValue;

const NO_OVERLOAD = new CelError('a function of values of other types');
const NO_KEY = new CelError('a key that is not there');
const OVERFLOW = new CelError('a number that is out of range');

const FUNCTIONS: Readonly<Record<string, CelFunction>> = {
  '_==_': ([a, b]) => equal(a ?? null, b ?? null),
  '_!=_': ([a, b]) => negated(equal(a ?? null, b ?? null)),
  '_<_': compares((order) => order < 0),
  '_<=_': compares((order) => order <= 0),
  '_>_': compares((order) => order > 0),
  '_>=_': compares((order) => order >= 0),
  '!_': ([value]) => negated(value ?? null),
  '-_': ([value]) => (typeof value === 'number' || typeof value === 'bigint' ? inRange(-value) : NO_OVERLOAD),
  '_+_': arithmetic({ whole: (a, b) => a + b, real: (a, b) => a + b }),
  '_-_': arithmetic({ whole: (a, b) => a - b, real: (a, b) => a - b }),
  '_*_': arithmetic({ whole: (a, b) => a * b, real: (a, b) => a * b }),
  '_/_': arithmetic({ whole: (a, b) => (b === 0n ? null : a / b), real: (a, b) => a / b }),
  '_%_': arithmetic({ whole: (a, b) => (b === 0n ? null : a % b), real: () => null }),
  '_[_]': ([from, key]) => element(from ?? null, key ?? null),
  '@in': ([value, within]) => isIn(value ?? null, within ?? null),
  startsWith: onTexts((text, part) => text.startsWith(part)),
  endsWith: onTexts((text, part) => text.endsWith(part)),
  contains: onTexts((text, part) => text.includes(part)),
  matches: onTexts((text, regex) =>
    isRegex(regex) ? partialMatch(regex, text) : new CelError('no regular expression'),
  ),
  size: ([value]) => size(value ?? null),
  int: ([value]) => toInt(value ?? null),
  double: ([value]) => toDouble(value ?? null),
};

/** Older names of the same operators. */
const ALIASES: Readonly<Record<string, string>> = { _in_: '@in', in: '@in' };

/**
 * The result of a function; unknown where mctl does not know it. An argument that failed or is not known decides before the
 * function is called. @param args with the target of a call such as `a.f(b)` in front
 */
export function callFunction(name: string, args: readonly CelValue[]): CelValue {
  const open = args.find(isUnknown) ?? args.find((one) => one instanceof CelError);
  if (open !== undefined) return open;
  const known = ALIASES[name] ?? name;
  const own = Object.hasOwn(FUNCTIONS, known) ? FUNCTIONS[known] : undefined;
  return own === undefined ? unknown(`the CEL function ${name}`) : own(args);
}

/** The value of a key, or the element at an index. */
function element(from: CelValue, key: CelValue): CelValue {
  if (isMap(from)) return typeof key === 'string' ? (from.get(key) ?? NO_KEY) : NO_OVERLOAD;
  const index = numberOf(key);
  if (!isList(from) || index === null) return NO_OVERLOAD;
  return from[Number(index)] ?? NO_KEY;
}

function isIn(value: CelValue, within: CelValue): CelValue {
  if (isMap(within)) {
    if (typeof value !== 'string') return false;
    const found = within.get(value);
    return isUnknown(found) ? found : found !== undefined;
  }
  if (!isList(within)) return NO_OVERLOAD;
  const results = within.map((one) => equal(one, value));
  return results.some((one) => one === true) || (results.find(isUnknown) ?? false);
}

/** Values of different types are not equal, but for numbers. */
function equal(a: CelValue, b: CelValue): CelValue {
  const open = [a, b].find(isUnknown);
  if (open !== undefined) return open;
  const [left, right] = [numberOf(a), numberOf(b)];

  if (left !== null && right !== null) return left == right;
  if (a instanceof CelBytes && b instanceof CelBytes) return a.bytes.equals(b.bytes);
  if (isList(a) && isList(b)) return equalLists(a, b);
  return isMap(a) && isMap(b) ? unknown('whether two maps of a CEL expression are equal') : a === b;
}

function equalLists(a: readonly CelValue[], b: readonly CelValue[]): CelValue {
  if (a.length !== b.length) return false;
  const results = a.map((one, index) => equal(one, b[index] ?? null));
  return results.includes(false) ? false : (results.find(isUnknown) ?? true);
}

function negated(value: CelValue): CelValue {
  return typeof value === 'boolean' ? !value : isUnknown(value) ? value : NO_OVERLOAD;
}

/** Texts are ordered by their bytes. */
function compares(holds: (order: number) => boolean): CelFunction {
  return ([a, b]) => {
    if (typeof a === 'string' && typeof b === 'string') return holds(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    if (typeof a === 'boolean' && typeof b === 'boolean') return holds(Number(a) - Number(b));
    const [left, right] = [numberOf(a ?? null), numberOf(b ?? null)];
    if (left === null || right === null) return NO_OVERLOAD;
    return holds(left < right ? -1 : left > right ? 1 : left == right ? 0 : NaN);
  };
}

interface Arithmetic {
  /** Null where the result is no number: a division by zero. */
  readonly whole: (a: bigint, b: bigint) => bigint | null;
  readonly real: (a: number, b: number) => number | null;
}

/** Of two numbers of one type. Texts are joined only where an extension's configuration says so, which is not evaluated. */
function arithmetic({ whole, real }: Arithmetic): CelFunction {
  return ([a, b]) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return inRange(whole(a, b));
    if (typeof a === 'number' && typeof b === 'number') return real(a, b) ?? NO_OVERLOAD;
    if (a instanceof CelUint && b instanceof CelUint) return unsigned(whole(a.number, b.number));
    const isText = typeof a === 'string' && typeof b === 'string';
    return isText || (isList(a ?? null) && isList(b ?? null))
      ? unknown('a CEL expression that joins texts')
      : NO_OVERLOAD;
  };
}

function inRange(value: bigint | number | null): CelValue {
  if (value === null) return new CelError('a division by zero');
  return typeof value === 'bigint' && BigInt.asIntN(64, value) !== value ? OVERFLOW : value;
}

function unsigned(value: bigint | null): CelValue {
  if (value === null) return new CelError('a division by zero');
  return BigInt.asUintN(64, value) === value ? new CelUint(value) : OVERFLOW;
}

function onTexts(test: (text: string, other: string) => CelValue): CelFunction {
  return ([text, other]) => (typeof text === 'string' && typeof other === 'string' ? test(text, other) : NO_OVERLOAD);
}

/** A text has as many code points, and bytes as many bytes. */
function size(value: CelValue): CelValue {
  if (typeof value === 'string') return BigInt(Array.from(value).length);
  if (value instanceof CelBytes) return BigInt(value.bytes.length);
  if (isList(value)) return BigInt(value.length);
  return isMap(value) ? unknown('the size of a map of a CEL expression') : NO_OVERLOAD;
}

function toInt(value: CelValue): CelValue {
  if (typeof value === 'string') return /^-?\d{1,19}$/.test(value) ? inRange(BigInt(value)) : new CelError('no number');
  const number = numberOf(value);
  if (number === null) return NO_OVERLOAD;
  if (typeof number === 'bigint') return inRange(number);
  return Number.isFinite(number) ? inRange(BigInt(Math.trunc(number))) : OVERFLOW;
}

function toDouble(value: CelValue): CelValue {
  if (typeof value === 'string')
    return /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : unknown(`the CEL number ${value}`);
  const number = numberOf(value);
  return number === null ? NO_OVERLOAD : Number(number);
}
