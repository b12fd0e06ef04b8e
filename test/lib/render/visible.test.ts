import fc from 'fast-check';
import { visible } from '../../../src/lib/render/visible';

describe('visible', () => {
  it.each([
    ['\u001b[31mred', '\\x1b[31mred'],
    ['a\u0000b\u007f\u009b', 'a\\x00b\\x7f\\x9b'],
    ['a\rb', 'a\\x0db'],
    ['tab\tand\nline stay', 'tab\tand\nline stay'],
    ['right \u202e to left', 'right \\u202e to left'],
    ['héllo ☃ 日本', 'héllo ☃ 日本'],
  ])('shows %j', (given, expected) => {
    expect(visible(given)).toBe(expected);
  });

  it('leaves nothing that a terminal obeys, and changes nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visible(text);
        expect(Array.from(shown).some((character) => character < ' ' && character !== '\t' && character !== '\n')).toBe(
          false,
        );
        expect(visible(shown)).toBe(shown);
      }),
    );
  });
});
