/** A parsed expression of the Common Expression Language as the text that it may have been. */
import { shownValue } from '../../secrets/redact';
import type { CelConstant, CelExpression } from '../../envoy/cel';

const OPERATORS = /^_(&&|\|\||==|!=|<|<=|>|>=|\+|-|\*|\/|%)_$/;
const DEEPEST = 20;

/** The expression in words that fit a line; what is compared with a secret header is not shown. */
export function describeCel(expression: CelExpression): string {
  return text(expression, '', 0);
}

/** @param header the header that the surrounding comparison reads; empty for none */
function text(expression: CelExpression, header: string, depth: number): string {
  if (depth > DEEPEST) return '…';
  const inner = (one: CelExpression, of = header): string => text(one, of, depth + 1);
  const { const_expr: constant, ident_expr: ident, select_expr: select, call_expr: call, list_expr: list } = expression;
  if (constant !== undefined) return constantText(constant, header);
  if (ident !== undefined) return ident.name ?? '';
  if (list !== undefined) return `[${(list.elements ?? []).map((one) => inner(one)).join(', ')}]`;
  if (select !== undefined) {
    const path = `${inner(select.operand ?? {})}.${select.field ?? ''}`;
    return select.test_only === true ? `has(${path})` : path;
  }
  return call === undefined ? '…' : callText(call, header === '' ? headerIn(call) : header, inner);
}

function callText(
  { target, function: name = '', args = [] }: NonNullable<CelExpression['call_expr']>,
  header: string,
  inner: (one: CelExpression, of?: string) => string,
): string {
  const parts = args.map((one) => (name === '_[_]' ? inner(one, '') : operand(one, header, inner)));
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
  return `${target === undefined ? '' : `${inner(target, header)}.`}${name}(${parts.join(', ')})`;
}

/** In brackets where it is an operation of its own. */
function operand(one: CelExpression, header: string, inner: (one: CelExpression, of?: string) => string): string {
  const isOperation = OPERATORS.test(one.call_expr?.function ?? '') || one.call_expr?.function === '_?_:_';
  return isOperation ? `(${inner(one, header)})` : inner(one, header);
}

/** The header that one of the operands reads: `request.headers["x"]`. */
function headerIn({ target, args = [] }: NonNullable<CelExpression['call_expr']>): string {
  for (const one of target === undefined ? args : [target, ...args]) {
    const [from, key] = one.call_expr?.function === '_[_]' ? (one.call_expr.args ?? []) : [];
    if (from?.select_expr?.field === 'headers') return key?.const_expr?.string_value ?? '';
  }
  return '';
}

function constantText(constant: CelConstant, header: string): string {
  if (constant.string_value !== undefined) {
    return JSON.stringify(header === '' ? constant.string_value : shownValue(header, constant.string_value));
  }
  const { bool_value: bool, int64_value: int, uint64_value: uint, double_value: double } = constant;
  const value = bool ?? int ?? double;
  if (value !== undefined) return String(value);
  return uint === undefined ? 'null' : `${uint}u`;
}
