/**
 * A parsed expression of the Common Expression Language, as `google.api.expr.v1alpha1.Expr` and `cel.expr.Expr` have it in
 * JSON. https://github.com/google/cel-spec/blob/master/proto/cel/expr/syntax.proto
 */
export interface CelExpression {
  readonly const_expr?: CelConstant;
  readonly ident_expr?: { readonly name?: string };
  readonly select_expr?: { readonly operand?: CelExpression; readonly field?: string; readonly test_only?: boolean };
  readonly call_expr?: {
    readonly target?: CelExpression;
    readonly function?: string;
    readonly args?: readonly CelExpression[];
  };
  readonly list_expr?: { readonly elements?: readonly CelExpression[] };
}

export interface CelConstant {
  readonly null_value?: unknown;
  readonly bool_value?: boolean;
  readonly int64_value?: string | number;
  readonly uint64_value?: string | number;
  readonly double_value?: number;
  readonly string_value?: string;
  readonly bytes_value?: string;
}

/** `xds.type.v3.CelExpression`: one of these holds the expression. */
interface CelHolder {
  readonly cel_expr_checked?: { readonly expr?: CelExpression };
  readonly cel_expr_parsed?: { readonly expr?: CelExpression };
  readonly checked_expr?: { readonly expr?: CelExpression };
  readonly parsed_expr?: { readonly expr?: CelExpression };
}

/**
 * The expression of an `xds.type.matcher.v3.CelMatcher`; null where it is written as a text, which is not parsed.
 * https://www.envoyproxy.io/docs/envoy/latest/xds/type/v3/cel.proto
 */
export function expressionIn(matcher: { readonly expr_match?: object }): CelExpression | null {
  const held = (matcher.expr_match ?? {}) as CelHolder;
  return (held.cel_expr_checked ?? held.cel_expr_parsed ?? held.checked_expr ?? held.parsed_expr)?.expr ?? null;
}
