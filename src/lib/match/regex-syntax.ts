/**
 * The structure of an RE2 regular expression, as far as it takes to say what texts it takes. Whether a text matches is
 * `regex.ts`'s to say. https://github.com/google/re2/wiki/Syntax
 */

import { addAll } from '../lists';

/** Characters from and to, both included. */
export type Range = readonly [from: number, to: number];

export type RegexNode =
  | { readonly kind: 'literal'; readonly text: string; readonly anyCase: boolean }
  | { readonly kind: 'class'; readonly ranges: readonly Range[]; readonly negated: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly inner: RegexNode; readonly min: number; readonly max: number | null }
  /** `^`, `\b` and the like: takes no text. */
  | { readonly kind: 'assertion' };

/** Groups within groups beyond this are not read. */
const DEEPEST = 200;

/** Reads an expression; null where it is not one, or holds something that is not known here. */
export function parseRegex(text: string): RegexNode | null {
  try {
    const parser = new Parser(text);
    const node = parser.choice(0, false);
    return parser.isDone ? node : null;
  } catch (error) {
    if (error instanceof NotRead) return null;
    throw error;
  }
}

/** A range with the other case of each ASCII letter in it. */
function inAnyCase([from, to]: Range): readonly Range[] {
  const other = ([low, high]: Range, by: number): readonly Range[] => {
    const [first, last] = [Math.max(from, low), Math.min(to, high)];
    return first > last ? [] : [[first + by, last + by]];
  };
  return [[from, to], ...LETTER.flatMap((letters, index) => other(letters, index === 0 ? CASE : -CASE))];
}

/** How far a small letter stands behind its capital. */
const CASE = 0x20;

class NotRead extends Error {}

const DIGIT: readonly Range[] = [[0x30, 0x39]];
const WORD: readonly Range[] = [...DIGIT, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
const SPACE: readonly Range[] = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
];
const LETTER: readonly Range[] = [
  [0x41, 0x5a],
  [0x61, 0x7a],
];

const PERL: Readonly<Record<string, readonly Range[]>> = { d: DIGIT, w: WORD, s: SPACE };

const POSIX: Readonly<Record<string, readonly Range[]>> = {
  alnum: [...DIGIT, ...LETTER],
  alpha: LETTER,
  ascii: [[0, 0x7f]],
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: DIGIT,
  graph: [[0x21, 0x7e]],
  lower: [[0x61, 0x7a]],
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: [...SPACE, [0x0b, 0x0b]],
  upper: [[0x41, 0x5a]],
  word: WORD,
  xdigit: [...DIGIT, [0x41, 0x46], [0x61, 0x66]],
};

const CONTROL: Readonly<Record<string, string>> = { a: '\x07', f: '\f', t: '\t', n: '\n', r: '\r', v: '\v' };

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isDone(): boolean {
    return this.#at === this.#text.length;
  }

  choice(depth: number, anyCase: boolean): RegexNode {
    if (depth > DEEPEST) throw new NotRead();
    const flags = { anyCase };
    const options = [this.#sequence(depth, flags)];
    while (this.#take('|')) options.push(this.#sequence(depth, flags));
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
  }

  #sequence(depth: number, flags: { anyCase: boolean }): RegexNode {
    const parts: RegexNode[] = [];
    while (!this.isDone && !this.#sees('|') && !this.#sees(')')) {
      const atom = this.#atom(depth, flags);
      if (atom !== null) parts.push(this.#repeated(atom));
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'sequence', parts };
  }

  #repeated(atom: RegexNode): RegexNode {
    let node = atom;
    for (let count = this.#count(); count !== null; count = this.#count()) {
      node = { kind: 'repeat', inner: node, min: count.min, max: count.max };
      this.#take('?');
    }
    return node;
  }

  #count(): { readonly min: number; readonly max: number | null } | null {
    if (this.#take('*')) return { min: 0, max: null };
    if (this.#take('+')) return { min: 1, max: null };
    if (this.#take('?')) return { min: 0, max: 1 };
    const match = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.#text.slice(this.#at, this.#at + 12));
    if (match === null) return null;
    this.#at += match[0].length;
    const min = Number(match[1]);
    return { min, max: match[2] === undefined ? min : match[3] === '' ? null : Number(match[3]) };
  }

  /** Null for flags, which stand for nothing. */
  #atom(depth: number, flags: { anyCase: boolean }): RegexNode | null {
    if (this.#take('(')) return this.#group(depth, flags);
    if (this.#take('[')) return this.#class(flags.anyCase);
    if (this.#take('.')) return { kind: 'class', ranges: [[0x0a, 0x0a]], negated: true };
    if (this.#take('^') || this.#take('$')) return { kind: 'assertion' };
    if (this.#take('\\')) return this.#escape(flags.anyCase);
    if (this.#sees('*') || this.#sees('+') || this.#sees('?')) throw new NotRead();
    return { kind: 'literal', text: this.#next(), anyCase: flags.anyCase };
  }

  #group(depth: number, flags: { anyCase: boolean }): RegexNode | null {
    const head = /^\?(?:P?<\w+>|([imsU]*)(?:-([imsU]+))?([:)]))/.exec(this.#text.slice(this.#at, this.#at + 200));
    let anyCase = flags.anyCase;
    if (head === null && this.#sees('?')) throw new NotRead();
    if (head !== null) {
      this.#at += head[0].length;
      if (head[1]?.includes('i') === true) anyCase = true;
      if (head[2]?.includes('i') === true) anyCase = false;
      if (head[3] === ')') {
        flags.anyCase = anyCase;
        return null;
      }
    }
    const inner = this.choice(depth + 1, anyCase);
    if (!this.#take(')')) throw new NotRead();
    return inner;
  }

  #escape(anyCase: boolean): RegexNode {
    const letter = this.#next();
    if ('AzbB'.includes(letter)) return { kind: 'assertion' };
    if (letter === 'Q') return { kind: 'literal', text: this.#quoted(), anyCase };
    const named = this.#namedClass(letter);
    return named ?? { kind: 'literal', text: this.#character(letter), anyCase };
  }

  #quoted(): string {
    const end = this.#text.indexOf('\\E', this.#at);
    const text = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 2;
    return text;
  }

  #namedClass(letter: string): Extract<RegexNode, { kind: 'class' }> | null {
    const ranges = Object.hasOwn(PERL, letter.toLowerCase()) ? PERL[letter.toLowerCase()] : undefined;
    if (ranges !== undefined) return { kind: 'class', ranges, negated: letter !== letter.toLowerCase() };
    if (letter === 'p' || letter === 'P' || letter === 'C') throw new NotRead();
    return null;
  }

  /** The character that an escape stands for; the letter itself is read already. */
  #character(letter: string): string {
    if (letter === 'x') return this.#hexadecimal();
    const octal = /^[0-7]{1,3}/.exec(this.#text.slice(this.#at - 1, this.#at + 2))?.[0];
    if (octal !== undefined) {
      this.#at += octal.length - 1;
      return String.fromCodePoint(parseInt(octal, 8));
    }
    if (Object.hasOwn(CONTROL, letter)) return CONTROL[letter] ?? '';
    if (/[0-9A-Za-z]/.test(letter)) throw new NotRead();
    return letter;
  }

  #hexadecimal(): string {
    const match = /^(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/.exec(this.#text.slice(this.#at, this.#at + 8));
    const code = parseInt(match?.[1] ?? match?.[2] ?? '', 16);
    if (match === null || code > 0x10ffff) throw new NotRead();
    this.#at += match[0].length;
    return String.fromCodePoint(code);
  }

  #class(anyCase: boolean): RegexNode {
    const negated = this.#take('^');
    const ranges: Range[] = [];
    for (let isFirst = true; isFirst || !this.#sees(']'); isFirst = false) {
      const set = this.#classSet();
      if (set !== null) {
        addAll(ranges, set);
        continue;
      }
      const from = this.#classCharacter();
      const isRange = this.#sees('-') && this.#text[this.#at + 1] !== ']';
      if (isRange) this.#at += 1;
      ranges.push([from, isRange ? this.#classCharacter() : from]);
    }
    this.#at += 1;
    return { kind: 'class', ranges: anyCase ? ranges.flatMap(inAnyCase) : ranges, negated };
  }

  /** A set with a name inside a class: `[:alpha:]`, `\d`. */
  #classSet(): readonly Range[] | null {
    const rest = this.#text.slice(this.#at, this.#at + 12);
    const posix = /^\[:(\w+):\]/.exec(rest);
    if (posix !== null) {
      const ranges = Object.hasOwn(POSIX, posix[1] ?? '') ? POSIX[posix[1] ?? ''] : undefined;
      if (ranges === undefined) throw new NotRead();
      this.#at += posix[0].length;
      return ranges;
    }
    const perl = /^\\([dwsDWS])/.exec(rest)?.[1];
    if (perl === undefined) return null;
    // A negated set inside a class is an intersection that nobody writes in a route.
    if (perl !== perl.toLowerCase()) throw new NotRead();
    this.#at += 2;
    return PERL[perl] ?? null;
  }

  #classCharacter(): number {
    const character = this.#next();
    return (character === '\\' ? this.#character(this.#next()) : character).codePointAt(0) ?? 0;
  }

  #sees(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  #next(): string {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) throw new NotRead();
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }
}
