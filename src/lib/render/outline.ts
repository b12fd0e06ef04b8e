/** An outline for a terminal: marked, labelled entries whose text hangs in a column of its own. */
import { stripVTControlCharacters } from 'node:util';
import type { Style, Tone } from './style';
import { visibleLine } from './visible';
import { lengthOf, type Span, styled, wrapSpans } from './wrap';
import { largest } from '../lists';

/** A piece of an entry's text that begins on a line of its own. */
export interface Paragraph {
  readonly spans: readonly Span[];
  /** Blanks before it. */
  readonly indent?: number;
  /** How much further its lines after the first are indented: two blanks, unless it is said. */
  readonly hang?: number;
  /** Follows on the same line where all of it fits there; otherwise it begins a line of its own. */
  readonly aside?: Span;
  /** A command to copy: broken between words only, with a backslash, so that a shell reads it as one line. */
  readonly command?: boolean;
}

export interface OutlineEntry {
  /** One character, or empty. */
  readonly mark: string;
  readonly tone: Tone;
  /** Empty where the text stands without one. */
  readonly label: string;
  readonly paragraphs: readonly Paragraph[];
}

export interface OutlineSection {
  /** Set off with a rule; empty for none. */
  readonly title: string;
  readonly entries: readonly OutlineEntry[];
}

export interface OutlineOptions {
  /** Columns to wrap at; fewer than 40 are not used. */
  readonly width: number;
  readonly style: Style;
}

const NARROWEST = 40;
/** A column of text is not made narrower than this by a deep indent. */
const NARROW = 24;
/** A longer label makes the column of all labels no wider: its text follows it, or begins below it. */
const LONGEST_LABEL = 14;
/** A rule across a very wide terminal leads the eye nowhere. */
const WIDEST_RULE = 100;

/** Renders sections, labels lined up over all of them; every line ends in a newline. */
export function renderOutline(sections: readonly OutlineSection[], options: OutlineOptions): string {
  const width = Math.max(NARROWEST, options.width);
  const labels = sections.flatMap(({ entries }) => entries.map(({ label }) => lengthOf(label)));
  const labelWidth = largest(
    labels.filter((length) => length <= LONGEST_LABEL),
    0,
  );
  const lines = sections.flatMap((section, index) => [
    ...(index === 0 ? [] : ['']),
    ...titleLines(section.title, width, options.style),
    ...section.entries.flatMap((entry) => entryLines(entry, labelWidth, width, options.style)),
  ]);
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function titleLines(title: string, width: number, style: Style): readonly string[] {
  if (title === '') return [];
  const lines = wrapSpans([{ text: title, tone: 'title' }], width);
  const last = lines.at(-1)?.reduce((sum, { text }) => sum + lengthOf(text), 0) ?? 0;
  const rule = Math.min(width, WIDEST_RULE) - last - 1;
  return lines.map((line, index) =>
    index === lines.length - 1 && rule > 2
      ? `${styled(line, style)} ${style('─'.repeat(rule), 'dim')}`
      : styled(line, style),
  );
}

function entryLines(entry: OutlineEntry, labelWidth: number, width: number, style: Style): readonly string[] {
  const { label, mark, tone } = entry;
  const gap = label === '' ? '' : `${' '.repeat(Math.max(0, labelWidth - lengthOf(label)))}  `;
  const lead = `${style(mark === '' ? ' ' : mark, tone)} ${style(label, 'dim')}${gap}`;
  const column = 2 + (label === '' ? 0 : labelWidth + 2);
  const below = ' '.repeat(column);
  const lines = entry.paragraphs.flatMap((paragraph) => paragraphLines(paragraph, width - column, style));
  const [first, ...rest] = lines;
  if (first === undefined) return [];
  const isTooLong =
    lengthOf(label) > labelWidth && lengthOf(label) + lengthOf(stripVTControlCharacters(first)) + 4 > width;
  const head = isTooLong ? [lead, `${below}${first}`] : [`${lead}${first}`];
  return [...head, ...rest.map((line) => `${below}${line}`)];
}

function paragraphLines(paragraph: Paragraph, width: number, style: Style): readonly string[] {
  const { indent = 0, hang = 2 } = paragraph;
  const further = width - indent - hang < NARROW ? 2 : hang;
  const first = ' '.repeat(indent);
  const below = ' '.repeat(indent + further);
  if (paragraph.command === true) return commandLines(paragraph.spans, width - indent, { first, hang: below, style });
  return asLines(paragraph, width - indent).flatMap((spans) =>
    wrapSpans(spans, width - indent, further).map(
      (line, index) => `${index === 0 ? first : below}${styled(line, style)}`,
    ),
  );
}

function asLines({ spans, aside }: Paragraph, width: number): readonly (readonly Span[])[] {
  if (aside === undefined) return [spans];
  const whole = [...spans, { ...aside, text: `  ${aside.text}` }];
  return wrapSpans(whole, width).length === 1 ? [whole] : [spans, [aside]];
}

interface Lead {
  readonly first: string;
  readonly hang: string;
  readonly style: Style;
}

/** A word of a command is never broken: it is to be copied. */
function commandLines(spans: readonly Span[], width: number, { first, hang, style }: Lead): readonly string[] {
  const tone = spans[0]?.tone ?? 'plain';
  const words = shellWords(visibleLine(spans.map(({ text }) => text).join('')));
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line === '') line = word;
    else if (lengthOf(line) + lengthOf(word) + (lines.length === 0 ? 3 : 5) <= width) line += ` ${word}`;
    else {
      lines.push(`${line} \\`);
      line = word;
    }
  }
  return [...lines, line].map((text, index) => `${index === 0 ? first : hang}${style(text, tone)}`);
}

/** Splits at blanks outside single quotes; a flag and its value stay together. */
function shellWords(command: string): readonly string[] {
  const words = command.match(/(?:[^ ']|'[^']*'?)+/g) ?? [];
  const isFlag = (word: string | undefined): boolean => /^--?[a-z]/.test(word ?? '');
  return words.flatMap((word, index) => {
    if (isFlag(words[index - 1]) && !isFlag(word)) return [];
    const value = words[index + 1];
    return isFlag(word) && value !== undefined && !isFlag(value) ? [`${word} ${value}`] : [word];
  });
}
