/** Pieces of names that a terminal, a parser of lines or a runner would obey, and what they are looked for by. */

export const HOSTILE_PIECES: readonly string[] = [
  // Of terminals: CSI, OSC, C1, BEL, backspace, DEL.
  ...['\u001b[31m', '\u001b]52;c;UFdO\u0007', '\u009b2J', '\u0007', '\b\b', '\u007f', '\u0000', '\u0085'],
  // Ends of lines, of every kind.
  ...['\n', '\r', '\r\n', '\v', '\f', '\t', '\u2028', '\u2029'],
  // What cannot be seen: bidirectional controls, zero-width characters, tags, noncharacters, half a character.
  ...['\u202e', '\u2066', '\u200b', '\u200d', '\ufeff', '\u00ad', '\u{e0041}', '\ufffe', '\ud800', '\u115f'],
  // Commands of runners, at the beginning of a line and in its midst.
  ...['\n::error::mark', '\r\n  ::set-output name=a::b', '\u2028::add-mask::x', '##[add-mask]x', '\n##[group]x'],
  ...['##vso[task.setvariable variable=a]b', "##teamcity[message text='x']", '\nsection_start:1:x\r\u001b[0K'],
  // Lines that look like mctl's own.
  ...['\nError: forged', '\nmctl: forged', '</testcase><x>', '"; echo forged #'],
];

/**
 * Texts that hold all of them: each alone where MCTL_EACH_PIECE is set; otherwise those that end a line, of which a message may show
 * no more than the first line, and the others, which stay together.
 */
export function hostileGroups(): readonly string[] {
  if (process.env['MCTL_EACH_PIECE'] !== undefined) return HOSTILE_PIECES.map((piece) => `p1${piece}x`);
  const endsLine = (piece: string): boolean => piece.includes('\n');
  const others = HOSTILE_PIECES.filter((piece) => !endsLine(piece));
  return [others, HOSTILE_PIECES.filter(endsLine)].map((pieces) => `p1${pieces.join('x')}x`);
}

const HIDDEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** GitLab's sections end with a carriage return, which is looked for as every control is. */
const OBEYED = /^[^\S\n]*::[a-z]|##\[|##vso\[|##teamcity\[/im;
const FORGED = /^\s*(?:Error|mctl): forged/m;

/** @param where what is said where something is found */
export function expectNothingObeyed(text: string, where: unknown): void {
  const found = [HIDDEN, OBEYED, FORGED].filter((pattern) => pattern.test(text)).map(({ source }) => source);
  expect([where, found.length === 0 ? '' : text, found]).toEqual([where, '', []]);
}
