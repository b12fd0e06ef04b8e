/**
 * Evaluates a parsed expression of the Common Expression Language. What mctl does not know (an attribute, a function, a kind
 * of expression) makes the result unknown, by its name, where it decides.
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md#evaluation
 */
import { isUnknown, type Ternary, unknown } from '../ternary';
import type { CelConstant, CelExpression } from '../../envoy/cel';
import { callFunction } from './functions';
import { CelBytes, CelError, CelUint, type CelValue, isMap } from './value';

/** The value of a name at the root of an expression, such as `request`. */
export type CelNames = (name: string) => CelValue;

const DEEPEST = 200;

/**
 * Whether a condition holds. One that ends in an error does not, and neither does one whose value is no boolean: Envoy takes
 * a header that is not there for such an error.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes
 */
export function celHolds(expression: CelExpression, names: CelNames): Ternary {
  const value = valueOf(expression, names, 0);
  return isUnknown(value) ? value : value === true;
}

function valueOf(expression: CelExpression, names: CelNames, depth: number): CelValue {
  if (depth > DEEPEST) return unknown('a CEL expression nested too deeply');
  const inner = (one: CelExpression): CelValue => valueOf(one, names, depth + 1);
  if (expression.const_expr !== undefined) return constant(expression.const_expr);
  if (expression.ident_expr !== undefined) return names(expression.ident_expr.name ?? '');
  if (expression.select_expr !== undefined) return selected(expression.select_expr, inner);
  if (expression.call_expr !== undefined) return called(expression.call_expr, inner);
  if (expression.list_expr !== undefined) return (expression.list_expr.elements ?? []).map(inner);
  return unknown(`a CEL expression of the kind ${kindOf(expression)}`);
}

function kindOf(expression: object): string {
  return Object.keys(expression).find((name) => name.endsWith('_expr')) ?? 'that is not known';
}

function constant(value: CelConstant): CelValue {
  if (value.bool_value !== undefined) return value.bool_value;
  if (value.string_value !== undefined) return value.string_value;
  if (value.int64_value !== undefined) return wholeNumber(value.int64_value) ?? unknown('a CEL number');
  if (value.uint64_value !== undefined) {
    const number = wholeNumber(value.uint64_value);
    return number === null ? unknown('a CEL number') : new CelUint(number);
  }
  if (value.double_value !== undefined) return value.double_value;
  if (value.bytes_value !== undefined) return new CelBytes(Buffer.from(value.bytes_value, 'base64'));
  const isNull = Object.keys(value).every((name) => name === 'null_value');
  return isNull ? null : unknown('a constant of a CEL expression');
}

function wholeNumber(value: string | number): bigint | null {
  return /^-?\d{1,20}$/.test(String(value)) ? BigInt(value) : null;
}

/** `a.b`, or with `test_only` whether a has b: `has(a.b)`. */
function selected(
  { operand, field = '', test_only: isTest }: NonNullable<CelExpression['select_expr']>,
  inner: (one: CelExpression) => CelValue,
): CelValue {
  const from = inner(operand ?? {});
  if (isUnknown(from) || from instanceof CelError) return from;
  if (!isMap(from)) return new CelError('a field of what has no fields');
  const found = from.get(field);
  if (isTest === true) return isUnknown(found) ? found : found !== undefined;
  return found ?? new CelError(`a field ${field} that is not there`);
}

function called(
  { target, function: name = '', args = [] }: NonNullable<CelExpression['call_expr']>,
  inner: (one: CelExpression) => CelValue,
): CelValue {
  const [first = {}, second = {}, third = {}] = args;
  switch (name) {
    case '_&&_':
      return both(inner(first), () => inner(second), false);
    case '_||_':
      return both(inner(first), () => inner(second), true);
    case '_?_:_': {
      const condition = inner(first);
      if (typeof condition === 'boolean') return inner(condition ? second : third);
      return isUnknown(condition) || condition instanceof CelError
        ? condition
        : new CelError('a condition that is not a boolean');
    }
    default:
      return callFunction(name, (target === undefined ? args : [target, ...args]).map(inner));
  }
}

/** `&&` and `||` in either order: one side that decides does so whatever the other is, even an error. */
function both(left: CelValue, rightOf: () => CelValue, deciding: boolean): CelValue {
  if (left === deciding) return deciding;
  const right = rightOf();
  if (right === deciding) return deciding;
  const open = [left, right].find(isUnknown);
  if (open !== undefined) return open;
  const failed = [left, right].find((one) => typeof one !== 'boolean');
  return failed === undefined ? !deciding : failed instanceof CelError ? failed : new CelError('no boolean');
}
