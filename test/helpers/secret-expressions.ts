/** Parsed expressions of the Common Expression Language that compare something secret with a constant. */

type Expression = Readonly<Record<string, unknown>>;

const text = (value: string): Expression => ({ const_expr: { string_value: value } });
const list = (...elements: readonly Expression[]): Expression => ({ list_expr: { elements } });
const select = (operand: Expression, field: string): Expression => ({ select_expr: { operand, field } });
const name = (one: string): Expression => ({ ident_expr: { name: one } });
const call = (one: string, args: readonly Expression[], target?: Expression): Expression => ({
  call_expr: { ...(target === undefined ? {} : { target }), function: one, args },
});
const header = (one: string): Expression => call('_[_]', [select(name('request'), 'headers'), text(one)]);

/** What the expression is, and the expression with a secret in it. */
export const EXPRESSIONS: readonly (readonly [string, (secret: string) => Expression])[] = [
  ['a header that is compared', (s) => call('_==_', [header('authorization'), text(`Bearer ${s}`)])],
  ['a header behind its value', (s) => call('_!=_', [text(s), header('x-api-key')])],
  ['the beginning of a header', (s) => call('startsWith', [text(s)], header('x-auth-token'))],
  ['a header in a list', (s) => call('@in', [header('cookie'), list(text(s), text(`${s}b`))])],
  ['a field of metadata', (s) => call('_==_', [select(select(name('metadata'), 'kept-a'), 'token'), text(s)])],
  [
    'a key of metadata',
    (s) =>
      call('_==_', [call('_[_]', [call('_[_]', [name('metadata'), text('kept-space')]), text('secret')]), text(s)]),
  ],
  [
    'one of two comparisons',
    (s) =>
      call('_&&_', [
        call('_==_', [select(name('request'), 'path'), text('kept-compared')]),
        call('_==_', [header('authorization'), call('_+_', [text('Bearer '), text(s)])]),
      ]),
  ],
  [
    'bytes',
    (s) => call('_==_', [header('x-token'), { const_expr: { bytes_value: Buffer.from(s).toString('base64') } }]),
  ],
  [
    'any of a list',
    (s) => ({
      comprehension_expr: {
        iter_var: 'x',
        iter_range: list(text(s)),
        accu_var: 'a',
        loop_step: call('_||_', [name('a'), call('_==_', [name('x'), header('authorization')])]),
      },
    }),
  ],
];
