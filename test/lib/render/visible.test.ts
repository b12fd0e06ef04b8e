import fc from 'fast-check';
import { visible, visibleLine, withoutCommands } from '../../../src/lib/render/visible';

describe('visible', () => {
  it.each([
    ['\u001b[31mred', '\\x1b[31mred'],
    ['a\u0000b\u007f\u009b', 'a\\x00b\\x7f\\x9b'],
    ['a\rb', 'a\\x0db'],
    ['tab\tand\nline stay', 'tab\tand\nline stay'],
    ['right \u202e to left', 'right \\u202e to left'],
    ['a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['zero\u200bwidth\ufeff\u00ad', 'zero\\u200bwidth\\ufeff\\xad'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
    ['half \ud800', 'half \\ud800'],
    ['filler \u3164', 'filler \\u3164'],
    ['héllo ☃ 日本 😀', 'héllo ☃ 日本 😀'],
  ])('shows %j', (given, expected) => {
    expect(visible(given)).toBe(expected);
  });

  it('leaves nothing that a terminal obeys, and changes nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visible(text);
        expect(shown).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(visible(shown)).toBe(shown);
      }),
    );
  });
});

test('visibleLine leaves one line', () => {
  expect(visibleLine('a\nb\tc\u2028d')).toBe('a\\x0ab\\x09c\\u2028d');
});

describe('withoutCommands', () => {
  it.each([
    ['::error::x', '\\x3a:error::x'],
    ['  \u00a0::set-output name=a::b', '  \u00a0\\x3a:set-output name=a::b'],
    ['a\n\t::add-mask::e\n', 'a\n\t\\x3a:add-mask::e\n'],
    ['a ##[group]b', 'a \\x23#[group]b'],
    ['###[error]', '#\\x23#[error]'],
    ['##VSO[task.setvariable]x', '\\x23#VSO[task.setvariable]x'],
    ["x##teamcity[buildStatus text='ok']", "x\\x23#teamcity[buildStatus text='ok']"],
    [':: 15006 ALL', ':: 15006 ALL'],
    ['a::b ## [c]', 'a::b ## [c]'],
  ])('%j', (given, expected) => {
    expect(withoutCommands(given)).toBe(expected);
  });
});
