/** A line of text taken apart by a format: the value of each operator between the literal texts. */
import { type FormatPiece, type LineValues, type Operator, operatorKey } from './format';
import { isUsualFor } from './value-shapes';

/** The value that a text stands for. */
export function valueOf(text: string): string | null {
  return text === '-' ? null : text;
}

/**
 * Values hold what does not end them: in quotes no quote, elsewhere no blank; the lenient reading takes the first place of
 * each literal text instead. The line is walked once, whatever it holds. Of operators with nothing between them nobody can
 * say where one ends: they have no values.
 */
export function splitLine(line: string, pieces: readonly FormatPiece[], isStrict: boolean): LineValues | null {
  const values = new Map<string, string | null>();
  let open: string[] = [];
  let at = 0;
  const close = (end: number): void => {
    const [key, more] = open;
    if (key !== undefined && more === undefined) values.set(key, valueOf(line.slice(at, end)));
    open = [];
  };
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'operator') {
      open.push(operatorKey(piece));
      continue;
    }
    const isLast = index === pieces.length - 1;
    const from = at + lengthOfOwn(pieces[index - 1], piece.text, line.slice(at, at + LONGEST_OWN));
    const found = placeOf(piece.text, line, from, { isOpen: open.length > 0, isStrict, isLast });
    if (found < at) return null;
    close(found);
    at = found + piece.text.length;
  }
  if (open.length === 0 && at !== line.length) return null;
  const last = pieces.at(-1);
  const isTime = last?.kind === 'operator' && last.name === 'START_TIME';
  if (isStrict && open.length === 1 && !isTime && /\s/.test(line.slice(at))) return null;
  close(line.length);
  return values;
}

/** No time and no name of a cluster is longer. */
const LONGEST_OWN = 512;

/** As Istio names them, with bars that a format may have between its values, too. */
const ISTIO_CLUSTER = /^(?:in|out)bound(?:-vip)?\|\d+\|[^|]*\|[^|\s"]*/;

/** How much of a value may hold what ends it elsewhere: a time with blanks in its format, a cluster's name with bars. */
function lengthOfOwn(operator: FormatPiece | undefined, ending: string, rest: string): number {
  if (operator?.kind !== 'operator') return 0;
  const end = ending.charAt(0);
  if (operator.name.startsWith('UPSTREAM_CLUSTER'))
    return end === '|' ? (ISTIO_CLUSTER.exec(rest)?.[0].length ?? 0) : 0;
  if (operator.name !== 'START_TIME' || operator.argument === null) return 0;
  const within = longTime(operator.argument).split(end).length - 1;
  let at = 0;
  for (let count = 0; count < within; count += 1) {
    const found = rest.indexOf(end, at);
    if (found < 0) return 0;
    at = found + 1;
  }
  return at;
}

/** A time's format with its short forms written out. https://en.cppreference.com/w/cpp/chrono/c/strftime */
function longTime(format: string): string {
  return format
    .replaceAll('%c', '%a %b %d %H:%M:%S %Y')
    .replaceAll('%r', '%I:%M:%S %p')
    .replaceAll(/%[Dx]/g, '%m/%d/%y')
    .replaceAll('%F', '%Y-%m-%d')
    .replaceAll('%R', '%H:%M')
    .replaceAll(/%[TX]/g, '%H:%M:%S');
}

/** Where a literal text stands behind a value, or at once where there is none; -1 where it does not. */
function placeOf(
  text: string,
  line: string,
  from: number,
  { isOpen, isStrict, isLast }: { readonly isOpen: boolean; readonly isStrict: boolean; readonly isLast: boolean },
): number {
  if (!isOpen) return line.startsWith(text, from) ? from : -1;
  if (!isStrict) return !isLast ? line.indexOf(text, from) : line.endsWith(text) ? line.length - text.length : -1;
  const end = line.indexOf(text.charAt(0), from);
  return end >= 0 && line.startsWith(text, end) ? end : -1;
}

/** Places of literal texts that are looked at for one line. */
const MOST_PLACES = 5_000;

/** Pieces of a format, each a step deeper. */
const MOST_PIECES = 500;

/** Readings of one line that are told. */
const MOST_READINGS = 8;

/**
 * Every way to take a line apart that gives each operator a value which Envoy writes for it: a path may hold the text that ends it.
 * The shortest values come first; at most MOST_READINGS, and none where that takes too long to find.
 */
export function allSplits(line: string, pieces: readonly FormatPiece[]): readonly LineValues[] {
  return pieces.length > MOST_PIECES ? [] : new Splitter(line, pieces).all();
}

type Values = readonly (readonly [operator: string, value: string | null])[];

class Splitter {
  readonly #line: string;
  readonly #pieces: readonly FormatPiece[];
  readonly #found: LineValues[] = [];
  /** Places, by piece and character, from which no way leads to the end. */
  readonly #deadEnds = new Set<string>();
  #places = 0;

  constructor(line: string, pieces: readonly FormatPiece[]) {
    this.#line = line;
    this.#pieces = pieces;
  }

  all(): readonly LineValues[] {
    this.#walk(0, 0, []);
    return this.#places > MOST_PLACES ? [] : this.#found;
  }

  /** From a piece, which begins at a character; whether the end was come to. */
  #walk(piece: number, at: number, values: Values): boolean {
    const text = this.#pieces[piece];
    if (text?.kind === 'text') {
      return this.#line.startsWith(text.text, at) && this.#walk(piece + 1, at + text.text.length, values);
    }
    const key = `${piece} ${at}`;
    if (this.#deadEnds.has(key) || this.#found.length >= MOST_READINGS) return false;
    const run = this.#operatorsAt(piece);
    const isGood =
      run.length + piece >= this.#pieces.length ? this.#end(run, at, values) : this.#on(piece, run, at, values);
    if (!isGood) this.#deadEnds.add(key);
    return isGood;
  }

  #operatorsAt(from: number): readonly Operator[] {
    const run: Operator[] = [];
    for (let piece = this.#pieces[from]; piece?.kind === 'operator'; piece = this.#pieces[from + run.length])
      run.push(piece);
    return run;
  }

  #end(run: readonly Operator[], at: number, values: Values): boolean {
    const all = run.length === 0 && at < this.#line.length ? null : withValue(values, run, this.#line.slice(at));
    if (all !== null) this.#found.push(new Map(all));
    return all !== null;
  }

  /** To each place of the text that ends the value. */
  #on(piece: number, run: readonly Operator[], at: number, values: Values): boolean {
    const ending = this.#pieces[piece + run.length];
    if (ending?.kind !== 'text') return false;
    const own = lengthOfOwn(this.#pieces[piece + run.length - 1], ending.text, this.#line.slice(at, at + LONGEST_OWN));
    let isGood = false;
    for (
      let end = this.#line.indexOf(ending.text, at + own);
      end >= 0;
      end = this.#line.indexOf(ending.text, end + 1)
    ) {
      if ((this.#places += 1) > MOST_PLACES) return false;
      const next = withValue(values, run, this.#line.slice(at, end));
      if (next !== null && this.#walk(piece + run.length, end, next)) isGood = true;
    }
    return isGood;
  }
}

/** With the value of an operator, where it can be such a value; of several with nothing between them nobody can say where one ends. */
function withValue(values: Values, [only, more]: readonly Operator[], text: string): Values | null {
  if (only === undefined || more !== undefined) return values;
  const value = valueOf(text);
  return isUsualFor(operatorKey(only), value) ? [...values, [operatorKey(only), value]] : null;
}
