/** Text in tones, broken into lines that fit. */
import type { Style, Tone } from './style';
import { visibleLine } from './visible';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** Lines are never narrower, whatever is asked for. */
const NARROWEST = 4;

interface Word extends Span {
  /** Whether a blank stands before it. */
  readonly spaced: boolean;
}

/**
 * Breaks spans at their blanks into lines of at most `width` characters, those after the first by `hang` less; a word that
 * is longer is broken where the width ends. Control characters are made visible first. There is always at least one line.
 */
export function wrapSpans(spans: readonly Span[], width: number, hang = 0): readonly (readonly Span[])[] {
  const room = Math.max(NARROWEST, width);
  const roomBelow = Math.max(NARROWEST, width - hang);
  const lines: Word[][] = [];
  let line: Word[] = [];
  let used = 0;
  for (const word of spans.flatMap((span) => wordsOf(span, roomBelow))) {
    const length = lengthOf(word.text) + (word.spaced && used > 0 ? 1 : 0);
    if (used > 0 && used + length > (lines.length === 0 ? room : roomBelow)) {
      lines.push(line);
      line = [];
      used = 0;
    }
    line.push(used === 0 ? { ...word, spaced: false } : word);
    used += used === 0 ? lengthOf(word.text) : length;
  }
  return [...lines, line].map(joined);
}

function wordsOf({ text, tone }: Span, width: number): readonly Word[] {
  return visibleLine(text)
    .split(' ')
    .flatMap((word, index) =>
      pieces(word, width).map((piece, part) => ({ text: piece, tone, spaced: index > 0 && part === 0 })),
    )
    .filter((word) => word.text !== '' || word.spaced);
}

/** A list without blanks may be broken behind its commas, and any longer word where a name has a joint. */
const LONG = 24;

function pieces(word: string, width: number): readonly string[] {
  const parts = lengthOf(word) > LONG ? word.split(/(?<=,)/) : [word];
  return parts.flatMap((part) => chunks(Array.from(part), width));
}

function chunks(characters: readonly string[], width: number): readonly string[] {
  const parts: string[] = [];
  let at = 0;
  while (characters.length - at > width) {
    const end = at + jointBefore(characters.slice(at, at + width));
    parts.push(characters.slice(at, end).join(''));
    at = end;
  }
  return [...parts, characters.slice(at).join('')];
}

/** Behind the last joint of the second half, or at the end. */
function jointBefore(characters: readonly string[]): number {
  const joint = characters.findLastIndex((character) => '/|,;:&?=._-'.includes(character));
  return joint >= characters.length / 2 ? joint + 1 : characters.length;
}

/** Neighbours of one tone become one span. */
function joined(words: readonly Word[]): readonly Span[] {
  const spans: { text: string; tone: Tone }[] = [];
  for (const word of words) {
    const last = spans.at(-1);
    const text = `${word.spaced ? ' ' : ''}${word.text}`;
    if (last?.tone === word.tone) last.text += text;
    else spans.push({ text, tone: word.tone });
  }
  return spans;
}

/** How many columns of a terminal a text takes. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** One line's text in its tones. */
export function styled(line: readonly Span[], style: Style): string {
  return line.map(({ text, tone }) => style(text, tone)).join('');
}
