/** A parsed expression of the Common Expression Language as the text that it may have been. */
import { redacted } from '../../secrets/redact';
import type { CelConstant, CelExpression } from '../../envoy/cel';

const OPERATORS = /^_(&&|\|\||==|!=|<|<=|>|>=|\+|-|\*|\/|%)_$/;
const DEEPEST = 20;
/** Objects and lists of a call inside a call. */
const LEVELS = 3;

/** The expression in words that fit a line; what is compared with something secret is not shown. */
export function describeCel(expression: CelExpression): string {
  return text(redacted(cut(expression, 0)) as CelExpression, 0);
}

/** The expression as far as it is told; all that reads a secret is near to what it is compared with. */
function cut(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > (DEEPEST + 2) * LEVELS) return {};
  if (Array.isArray(value)) return value.map((one) => cut(one, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cut(inner, depth + 1)]));
}

function text(expression: CelExpression, depth: number): string {
  if (depth > DEEPEST) return '…';
  const inner = (one: CelExpression): string => text(one, depth + 1);
  const { const_expr: constant, ident_expr: ident, select_expr: select, call_expr: call, list_expr: list } = expression;
  if (constant !== undefined) return constantText(constant);
  if (ident !== undefined) return ident.name ?? '';
  if (list !== undefined) return `[${(list.elements ?? []).map(inner).join(', ')}]`;
  if (select !== undefined) {
    const path = `${inner(select.operand ?? {})}.${select.field ?? ''}`;
    return select.test_only === true ? `has(${path})` : path;
  }
  return call === undefined ? '…' : callText(call, inner);
}

function callText(
  { target, function: name = '', args = [] }: NonNullable<CelExpression['call_expr']>,
  inner: (one: CelExpression) => string,
): string {
  const parts = args.map((one) => (name === '_[_]' ? inner(one) : operand(one, inner)));
  const [first = '', second = '', third = ''] = parts;
  const operator = OPERATORS.exec(name)?.[1];
  if (operator !== undefined) return `${first} ${operator} ${second}`;
  switch (name) {
    case '_[_]':
      return `${first}[${second}]`;
    case '!_':
    case '-_':
      return `${name.charAt(0)}${first}`;
    case '@in':
    case '_in_':
      return `${first} in ${second}`;
    case '_?_:_':
      return `${first} ? ${second} : ${third}`;
  }
  return `${target === undefined ? '' : `${inner(target)}.`}${name}(${parts.join(', ')})`;
}

/** In brackets where it is an operation of its own. */
function operand(one: CelExpression, inner: (one: CelExpression) => string): string {
  const isOperation = OPERATORS.test(one.call_expr?.function ?? '') || one.call_expr?.function === '_?_:_';
  return isOperation ? `(${inner(one)})` : inner(one);
}

function constantText(constant: CelConstant): string {
  if (constant.string_value !== undefined) return JSON.stringify(constant.string_value);
  const { bool_value: bool, int64_value: int, uint64_value: uint, double_value: double } = constant;
  const value = bool ?? int ?? double;
  if (value !== undefined) return String(value);
  return uint === undefined ? 'null' : `${uint}u`;
}
