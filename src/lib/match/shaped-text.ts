/**
 * Texts that are not known and yet known in part: how long they are, and which characters may stand at each place. What every such text
 * matches, or none, is decided; only what some match is not.
 */
import type { StringMatcher } from '../envoy/route';
import { largest } from '../lists';
import { parseRegex, type Range, type RegexNode } from './regex-syntax';
import { fullMatch } from './regex';
import { type Ternary, Unknown } from './ternary';

/** An unknown text whose characters are known to be among some. */
export class ShapedText extends Unknown {
  /** For each place the characters that may stand there: at least one. */
  readonly places: readonly string[];

  constructor(input: string, places: readonly string[]) {
    super(input);
    this.places = places;
  }

  /** Whether some of the texts are whole numbers, as far as each place tells. */
  mayBeNumber(): boolean {
    return this.places.every((letters) => /[0-9+\- \t]/.test(letters)) && !this.places.slice(1).includes('-');
  }

  /** Some of the texts, in which each character stands at its place at least once. */
  examples(): readonly string[] {
    const most = largest(
      this.places.map((letters) => letters.length),
      1,
    );
    const mixed = (number: number, step: number): string =>
      this.places.map((letters, at) => letters.charAt((number + at * step) % letters.length)).join('');
    return Array.from({ length: most }, (_unused, number) => [mixed(number, 0), mixed(number, 7)]).flat();
  }
}

/**
 * Whether a string matcher takes every such text (true), none (false), or some (unknown: the text's own input). Where an expression takes
 * all of them and that is not seen, as of `([0-9]|[a-f])*`, it is unknown as well.
 */
export function matchShaped(matcher: StringMatcher, text: ShapedText): Ternary {
  const node = nodeOf(matcher);
  if (node === null) return text;
  const { places } = text;
  const { safe_regex: regex } = matcher;
  const isMet = (wanted: boolean): boolean =>
    regex === undefined || text.examples().every((one) => fullMatch(regex.regex ?? '', one) === wanted);
  const may = ends(node, [0], places, (allowed, letters) => Array.from(letters).some(allowed));
  if (!may.includes(places.length)) return isMet(false) ? false : text;
  const must = ends(node, [0], places, (allowed, letters) => Array.from(letters).every(allowed));
  return must.includes(places.length) && isMet(true) ? true : text;
}

const ANYTHING: RegexNode = {
  kind: 'repeat',
  inner: { kind: 'class', ranges: [], negated: true },
  min: 0,
  max: null,
};

/** The matcher as an expression that takes the same texts; null for an extension, or what is not read. */
function nodeOf(matcher: StringMatcher): RegexNode | null {
  const literal = (text: string): RegexNode => ({ kind: 'literal', text, anyCase: matcher.ignore_case === true });
  const sequence = (...parts: readonly RegexNode[]): RegexNode => ({ kind: 'sequence', parts });
  if (matcher.exact !== undefined) return literal(matcher.exact);
  if (matcher.prefix !== undefined) return sequence(literal(matcher.prefix), ANYTHING);
  if (matcher.suffix !== undefined) return sequence(ANYTHING, literal(matcher.suffix));
  if (matcher.contains !== undefined) return sequence(ANYTHING, literal(matcher.contains), ANYTHING);
  return matcher.safe_regex === undefined ? null : parseRegex(matcher.safe_regex.regex ?? '');
}

type Takes = (allowed: (letter: string) => boolean, letters: string) => boolean;

/**
 * The places at which the node may end when it begins at one of these.
 * @param takes whether the characters that may stand at a place are such as the node allows: some of them, or all
 */
function ends(node: RegexNode, from: readonly number[], places: readonly string[], takes: Takes): readonly number[] {
  const one = (at: number, allowed: (letter: string) => boolean): boolean => {
    const letters = places[at];
    return letters !== undefined && takes(allowed, letters);
  };
  switch (node.kind) {
    case 'literal':
      return from.flatMap((at) =>
        Array.from(node.text).every((wanted, index) => one(at + index, sameLetter(wanted, node.anyCase)))
          ? [at + Array.from(node.text).length]
          : [],
      );
    case 'class':
      return from.flatMap((at) => (one(at, (letter) => isIn(letter, node.ranges) !== node.negated) ? [at + 1] : []));
    case 'assertion':
      return from;
    case 'sequence':
      return node.parts.reduce<readonly number[]>((at, part) => ends(part, at, places, takes), from);
    case 'choice':
      return unique(node.options.flatMap((option) => ends(option, from, places, takes)));
    case 'repeat':
      return repeatedEnds(node, from, places, takes);
  }
}

function repeatedEnds(
  { inner, min, max }: Extract<RegexNode, { kind: 'repeat' }>,
  from: readonly number[],
  places: readonly string[],
  takes: Takes,
): readonly number[] {
  const found = new Set<number>();
  let now = from;
  for (let round = 0; round <= (max ?? Infinity) && now.length > 0; round += 1) {
    if (round >= min) for (const at of now) found.add(at);
    const next = unique(ends(inner, now, places, takes));
    // From here on each round leads to the same places: how often it is gone makes no difference.
    const before = new Set(now);
    if (next.length === now.length && next.every((at) => before.has(at))) return unique([...found, ...next]);
    now = next;
  }
  return [...found];
}

function unique(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)];
}

function sameLetter(wanted: string, anyCase: boolean): (letter: string) => boolean {
  return (letter) => letter === wanted || (anyCase && letter.toLowerCase() === wanted.toLowerCase());
}

function isIn(letter: string, ranges: readonly Range[]): boolean {
  const code = letter.codePointAt(0) ?? 0;
  return ranges.some(([from, to]) => code >= from && code <= to);
}
