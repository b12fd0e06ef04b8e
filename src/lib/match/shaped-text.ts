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
  const may = new Ends(places, (allowed, letters) => Array.from(letters).some(allowed)).of(node, [0]);
  if (!may.includes(places.length)) return isMet(false) ? false : text;
  const must = new Ends(places, (allowed, letters) => Array.from(letters).every(allowed)).of(node, [0]);
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

/** Where parts of an expression may end on these places; worked out once for each part and place, whatever stands around the part. */
class Ends {
  readonly #places: readonly string[];
  readonly #takes: Takes;
  readonly #known = new Map<RegexNode, Map<number, readonly number[]>>();

  /** @param takes whether the characters that may stand at a place are such as a part allows: some of them, or all */
  constructor(places: readonly string[], takes: Takes) {
    this.#places = places;
    this.#takes = takes;
  }

  /** The places at which the node may end when it begins at one of these. */
  of(node: RegexNode, from: readonly number[]): readonly number[] {
    const ends = new Set<number>();
    for (const at of from) for (const end of this.#from(node, at)) ends.add(end);
    return [...ends];
  }

  #from(node: RegexNode, at: number): readonly number[] {
    const known = this.#known.get(node) ?? new Map<number, readonly number[]>();
    this.#known.set(node, known);
    const ends = known.get(at) ?? this.#find(node, at);
    known.set(at, ends);
    return ends;
  }

  #find(node: RegexNode, at: number): readonly number[] {
    switch (node.kind) {
      case 'literal': {
        const wanted = Array.from(node.text);
        const isThere = wanted.every((letter, index) => this.#one(at + index, sameLetter(letter, node.anyCase)));
        return isThere ? [at + wanted.length] : [];
      }
      case 'class':
        return this.#one(at, (letter) => isIn(letter, node.ranges) !== node.negated) ? [at + 1] : [];
      case 'assertion':
        return [at];
      case 'sequence':
        return node.parts.reduce<readonly number[]>((before, part) => this.of(part, before), [at]);
      case 'choice':
        return unique(node.options.flatMap((option) => this.#from(option, at)));
      case 'repeat':
        return this.#repeated(node, at);
    }
  }

  #one(at: number, allowed: (letter: string) => boolean): boolean {
    const letters = this.#places[at];
    return letters !== undefined && this.#takes(allowed, letters);
  }

  #repeated({ inner, min, max }: Extract<RegexNode, { kind: 'repeat' }>, at: number): readonly number[] {
    const found = new Set<number>();
    let now: readonly number[] = [at];
    for (let round = 0; round <= (max ?? Infinity) && now.length > 0; round += 1) {
      if (round >= min) for (const end of now) found.add(end);
      const next = this.of(inner, now);
      // From here on each round leads to the same places: how often it is gone makes no difference.
      const before = new Set(now);
      if (next.length === now.length && next.every((end) => before.has(end))) return unique([...found, ...next]);
      now = next;
    }
    return [...found];
  }
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
