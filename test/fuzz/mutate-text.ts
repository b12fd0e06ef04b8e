/** A text with one or a few of its places changed: cut, doubled, and with pieces that mean something to somebody. */
import type { Random } from './random';

const ODD = [
  ...[
    '',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '\u0000',
    '\u001b[31m',
    '\u009b',
    '\u202e',
    '\u2028',
    '\ufeff',
    '\ud800',
    '::error::x',
  ],
  ...[
    '"',
    "'",
    '\\',
    '`',
    '$(id)',
    '%',
    '%%',
    '%REQ(',
    ')%',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '<',
    '>',
    '&',
    '|',
    ';',
    '#',
  ],
  ...[
    '-',
    '--',
    '---',
    '-1',
    '0',
    '65536',
    '99999999999999999999',
    '1e999',
    'NaN',
    'null',
    'true',
    '0x10',
    '::1',
    '*',
    '**',
  ],
  ...[
    '/',
    '//',
    '/../',
    '..',
    'file:///etc/passwd',
    'http://',
    '@',
    'a@b:c@d',
    ':',
    '::',
    '=',
    ',',
    '!',
    '&x',
    '*x',
    '<<',
    '?',
  ],
  ...['(a+)+$', '[a-', '{1,99999}', '(?=x)', '\\1', '__proto__', 'constructor', 'toString', 'x'.repeat(3_000)],
];

/** Changes a text; gives it with what was changed, for a report. */
export function changedText(text: string, random: Random): readonly [text: string, change: string] {
  const at = random.below(text.length + 1);
  const length = random.of([1, 1, 3, 10, 60, 1_000]);
  const cut = text.slice(at, at + length);
  const piece = random.of(ODD);
  const shown = JSON.stringify(piece.slice(0, 40));
  switch (random.below(7)) {
    case 0:
      return [text.slice(0, at) + text.slice(at + length), `${length} characters cut out at ${at}`];
    case 1:
      return [text.slice(0, at), `cut off at ${at}`];
    case 2:
      return [text.slice(0, at) + cut + text.slice(at), `${length} characters doubled at ${at}`];
    case 3:
      return [
        text.slice(0, at) + piece + text.slice(at + length),
        `${shown} in place of ${length} characters at ${at}`,
      ];
    case 4: {
      const from = random.below(text.length + 1);
      return [text.slice(0, at) + text.slice(from, from + length) + text.slice(at), `characters of ${from} at ${at}`];
    }
    default:
      return wordChanged(text, random, piece);
  }
}

/** One word (or number, or value between separators) replaced: what a format is read by stays. */
function wordChanged(text: string, random: Random, piece: string): readonly [text: string, change: string] {
  const words = [...text.slice(0, 20_000).matchAll(/[^\s"'=,:;|/[\]{}()]+/g)];
  if (words.length === 0) return [text + piece, 'something added'];
  const { 0: word, index } = random.of(words);
  const other = random.below(3) === 0 ? random.of(words)[0] : piece;
  return [
    text.slice(0, index) + other + text.slice(index + word.length),
    `${JSON.stringify(word.slice(0, 40))} at ${index} replaced by ${JSON.stringify(other.slice(0, 40))}`,
  ];
}

/** One or two changes. */
export function changedTwice(text: string, random: Random): readonly [text: string, changes: readonly string[]] {
  const changes: string[] = [];
  let changed = text;
  for (let left = 1 + random.below(2); left > 0; left--) {
    const [next, change] = changedText(changed, random);
    changed = next;
    changes.push(change);
  }
  return [changed, changes];
}
