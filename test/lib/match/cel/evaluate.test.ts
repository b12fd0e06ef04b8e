/** https://github.com/google/cel-spec/blob/master/doc/langdef.md */
import type { CelExpression } from '../../../../src/lib/envoy/cel';
import { describeCel } from '../../../../src/lib/match/cel/describe';
import { celHolds } from '../../../../src/lib/match/cel/evaluate';
import { celValueOf } from '../../../../src/lib/match/cel/value';
import { isUnknown, unknown } from '../../../../src/lib/match/ternary';

const text = (value: string): CelExpression => ({ const_expr: { string_value: value } });
const int = (value: number): CelExpression => ({ const_expr: { int64_value: String(value) } });
const double = (value: number): CelExpression => ({ const_expr: { double_value: value } });
const bool = (value: boolean): CelExpression => ({ const_expr: { bool_value: value } });
const name = (value: string): CelExpression => ({ ident_expr: { name: value } });
const list = (...elements: readonly CelExpression[]): CelExpression => ({ list_expr: { elements } });
const field = (operand: CelExpression, of: string, test = false): CelExpression => ({
  select_expr: { operand, field: of, ...(test ? { test_only: true } : {}) },
});
const call = (of: string, ...args: readonly CelExpression[]): CelExpression => ({ call_expr: { function: of, args } });
const method = (target: CelExpression, of: string, ...args: readonly CelExpression[]): CelExpression => ({
  call_expr: { target, function: of, args },
});

const open = name('open');
const missing = field(name('map'), 'nothing');

function holds(expression: CelExpression): unknown {
  const value = celHolds(expression, (of) =>
    of === 'map' ? celValueOf({ a: 'x', list: ['p', 'q'], n: 2, yes: true }) : unknown(`the name ${of}`),
  );
  return isUnknown(value) ? value.unknown : value;
}

it.each<[string, CelExpression, unknown]>([
  ['a constant', bool(true), true],
  ['what is not a boolean does not hold', text('true'), false],
  ['a name that is not known', open, 'the name open'],
  ['equal texts', call('_==_', field(name('map'), 'a'), text('x')), true],
  ['other texts', call('_!=_', field(name('map'), 'a'), text('x')), false],
  ['an int and a double of one number', call('_==_', int(2), double(2)), true],
  ['a text and a number are not equal', call('_==_', text('2'), int(2)), false],
  ['and so they differ', call('_!=_', text('2'), int(2)), true],
  ['a key that is not there is an error', call('_!=_', missing, text('x')), false],
  ['and stays one when it is denied', call('!_', call('_==_', missing, text('x'))), false],
  ['an error beside true in ||', call('_||_', call('_==_', missing, text('x')), bool(true)), true],
  ['true beside an error in ||', call('_||_', bool(true), missing), true],
  ['an error beside false in &&', call('_&&_', missing, bool(false)), false],
  ['an error beside true in &&', call('_&&_', bool(true), missing), false],
  ['unknown beside false in &&', call('_&&_', open, bool(false)), false],
  ['unknown beside true in &&', call('_&&_', open, bool(true)), 'the name open'],
  ['unknown beside true in ||', call('_||_', open, bool(true)), true],
  ['a function of an unknown', method(open, 'startsWith', text('a')), 'the name open'],
  ['has', field(name('map'), 'a', true), true],
  ['has not', field(name('map'), 'b', true), false],
  ['an index', call('_==_', call('_[_]', field(name('map'), 'list'), int(1)), text('q')), true],
  ['an index past the end', call('_==_', call('_[_]', field(name('map'), 'list'), int(2)), text('q')), false],
  ['in a list', call('@in', text('p'), list(text('o'), text('p'))), true],
  ['in no list', call('@in', text('r'), list(text('o'), text('p'))), false],
  ['in a map', call('_in_', text('a'), name('map')), true],
  ['of the ternary operator the branch that is taken', call('_?_:_', bool(false), open, bool(true)), true],
  ['less', call('_<_', int(1), double(1.5)), true],
  ['texts by their bytes', call('_<_', text('Z'), text('a')), true],
  ['texts and numbers have no order', call('_<_', text('1'), int(2)), false],
  ['arithmetic', call('_==_', call('_%_', int(7), int(4)), int(3)), true],
  ['a division by zero', call('_==_', call('_/_', int(7), int(0)), int(0)), false],
  ['an int out of range', call('_>_', call('_*_', int(2 ** 53), int(2 ** 53)), int(0)), false],
  ['startsWith', method(text('/admin/x'), 'startsWith', text('/admin')), true],
  ['endsWith', method(text('a.png'), 'endsWith', text('.png')), true],
  ['contains', method(text('abc'), 'contains', text('b')), true],
  ['matches takes a part', method(text('/v12/x'), 'matches', text('v[0-9]+')), true],
  ['matches, anchored', method(text('/v12/x'), 'matches', text('^v[0-9]+')), false],
  ['matches by something that is not an expression', method(text('('), 'matches', text('(')), false],
  ['size counts code points', call('_==_', call('size', text('aé😀')), int(3)), true],
  ['int of a text', call('_==_', call('int', text('12')), int(12)), true],
  ['a function that is not known', method(text('A'), 'lowerAscii'), 'the CEL function lowerAscii'],
  [
    'a kind that is not known',
    { comprehension_expr: {} } as CelExpression,
    'a CEL expression of the kind comprehension_expr',
  ],
  ['null', call('_==_', { const_expr: {} }, { const_expr: { null_value: 0 } }), true],
])('%s', (_title, expression, expected) => {
  expect(holds(expression)).toBe(expected);
});

it('stops in an expression nested too deeply', () => {
  let expression = bool(true);
  for (let depth = 0; depth < 5000; depth += 1) expression = call('!_', expression);
  expect(holds(expression)).toBe('a CEL expression nested too deeply');
  expect(describeCel(expression)).toContain('…');
});

it('is told as it may have been written, without what secret headers hold', () => {
  const header = (of: string): CelExpression => call('_[_]', field(name('request'), 'headers'), text(of));
  const both = call(
    '_&&_',
    call('_==_', header('x-user'), text('luffy')),
    call('!_', method(field(name('request'), 'path'), 'startsWith', text('/admin'))),
  );
  expect(describeCel(both)).toBe('(request.headers["x-user"] == "luffy") && !request.path.startsWith("/admin")');
  expect(describeCel(call('_==_', header('authorization'), text('Bearer hush')))).not.toContain('hush');
  expect(describeCel(field(name('map'), 'a', true))).toBe('has(map.a)');
  expect(describeCel(call('@in', int(1), list(int(1), { const_expr: { uint64_value: '2' } })))).toBe('1 in [1, 2u]');
});
