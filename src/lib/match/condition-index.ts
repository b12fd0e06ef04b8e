/**
 * Finds, among thousands of lists of conditions, those that can all hold, without trying each: every list is kept under
 * the one of its conditions that the fewest others share. What is found is a superset, in order; the matchers decide.
 */
import type { StringMatcher } from '../envoy/route';
import { regexPart, regexPrefix } from './regex-witness';
import { asciiLower } from './string-matcher';
import { foundIn, isWorthLooking, piecesOf } from './text-parts';

/** What a condition looks at: a header, a parameter of the query, the path. */
export type Subject = string;

/**
 * A condition: what its subject must be, begin with, end in, or hold a piece of (`piecesOf`). No text at all: that the subject is there.
 */
export interface Key {
  readonly subject: Subject;
  readonly kind: 'exact' | 'prefix' | 'suffix' | 'part';
  readonly text: string;
}

/** What is known of a text. */
export interface KnownText {
  readonly start: string;
  readonly end: string;
  /** What stands somewhere in it. */
  readonly part: string;
}

/** What is known of a subject: texts that it may be; null where nothing is. */
export interface Known {
  readonly subject: Subject;
  /** What it begins with, ends in and holds, for each text that it may be. */
  readonly texts: readonly KnownText[] | null;
}

/** A text that is known as a whole. */
export function wholeText(text: string): KnownText {
  return { start: text, end: text, part: text };
}

/** What each text that a matcher takes begins with, ends in and holds. */
export function knownOf({ exact, prefix, suffix, contains = '', safe_regex: regex }: StringMatcher): KnownText {
  if (exact !== undefined) return wholeText(exact);
  const expression = regex?.regex ?? '';
  return {
    start: prefix ?? regexPrefix(expression),
    end: suffix ?? '',
    part: regex === undefined ? contains : regexPart(expression),
  };
}

/** The keys of a string matcher, each of which must hold; whether it minds the case is left to it. */
export function keysOfText(subject: Subject, matcher: StringMatcher): readonly Key[] {
  if (matcher.exact !== undefined) return [{ subject, kind: 'exact', text: matcher.exact }];
  if (matcher.suffix !== undefined) return [{ subject, kind: 'suffix', text: matcher.suffix }];
  const { start, part } = knownOf(matcher);
  const parts = part === '' || part === start ? [] : piecesOf(asciiLower(part));
  return [{ subject, kind: 'prefix', text: start }, ...parts.map((text): Key => ({ subject, kind: 'part', text }))];
}

/** The lists of one subject, by text. */
interface Shelf {
  readonly all: number[];
  readonly exact: Map<string, number[]>;
  readonly prefix: Map<string, number[]>;
  readonly suffix: Map<string, number[]>;
  readonly part: Map<string, number[]>;
}

function emptyShelf(): Shelf {
  return { all: [], exact: new Map(), prefix: new Map(), suffix: new Map(), part: new Map() };
}

/** Finds those of many conditions that may hold for a request, without asking each. */
export class ConditionIndex {
  readonly #shelves = new Map<Subject, Shelf>();
  /** Those without a key: they are always found. */
  readonly #open: number[] = [];
  /** How long the texts of a subject's prefixes, suffixes and parts are, shortest first. */
  readonly #lengths = new Map<ReadonlyMap<string, number[]>, readonly number[]>();

  /** @param lists the keys of each list of conditions; texts are compared without case */
  constructor(lists: readonly (readonly Key[])[]) {
    const counts = new Map<string, number>();
    for (const keys of lists) for (const key of keys) counts.set(nameOf(key), (counts.get(nameOf(key)) ?? 0) + 1);
    for (const [number, keys] of lists.entries()) {
      const [first, ...others] = keys;
      if (first === undefined) {
        this.#open.push(number);
        continue;
      }
      const rarer = (a: Key, b: Key): Key => ((counts.get(nameOf(b)) ?? 0) < (counts.get(nameOf(a)) ?? 0) ? b : a);
      this.#put(others.reduce(rarer, first), number);
    }
    for (const shelf of this.#shelves.values()) {
      for (const map of [shelf.prefix, shelf.suffix, shelf.part]) this.#lengths.set(map, lengthsOf(map));
    }
  }

  /**
   * Numbers of the lists that can hold, in order.
   * @param known every subject that is there; what is left out is known to be missing
   * @param below only lists of smaller numbers are wanted
   */
  find(known: readonly Known[], below = Infinity): readonly number[] {
    const found: number[] = [];
    for (const list of this.#listsFor(known)) add(found, list, below);
    return [...new Set(found)].sort((a, b) => a - b);
  }

  /**
   * The same one at a time, for who may need the first of a hundred thousand alone.
   * @param below only lists of smaller numbers are wanted
   */
  *each(known: readonly Known[], below: number): Generator<number, void, undefined> {
    const lists = this.#listsFor(known);
    const places = lists.map(() => 0);
    for (;;) {
      let least = below;
      for (const [which, list] of lists.entries()) least = Math.min(least, list[places[which] ?? 0] ?? below);
      if (least >= below) return;
      for (const [which, list] of lists.entries()) {
        const place = places[which] ?? 0;
        if (list[place] === least) places[which] = place + 1;
      }
      yield least;
    }
  }

  /** The lists of numbers, each rising, that can hold. */
  #listsFor(known: readonly Known[]): readonly (readonly number[])[] {
    const lists: (readonly number[])[] = [this.#open];
    for (const { subject, texts } of known) {
      const shelf = this.#shelves.get(subject);
      if (shelf === undefined) continue;
      if (texts === null) lists.push(shelf.all);
      else
        for (const text of texts)
          this.#collect(shelf, text, (numbers) => {
            if (numbers !== undefined) lists.push(numbers);
          });
    }
    return lists;
  }

  #put({ subject, kind, text }: Key, number: number): void {
    const shelf = this.#shelves.get(subject) ?? emptyShelf();
    this.#shelves.set(subject, shelf);
    shelf.all.push(number);
    const map = shelf[kind];
    const lower = asciiLower(text);
    const known = map.get(lower);
    if (known === undefined) map.set(lower, [number]);
    else known.push(number);
  }

  #collect(shelf: Shelf, text: KnownText, found: (numbers: readonly number[] | undefined) => void): void {
    const [start, end] = [asciiLower(text.start), asciiLower(text.end)];
    found(shelf.exact.get(start));
    for (const length of this.#lengths.get(shelf.prefix) ?? []) {
      if (length > start.length) break;
      found(shelf.prefix.get(start.slice(0, length)));
    }
    for (const length of this.#lengths.get(shelf.suffix) ?? []) {
      if (length > end.length) break;
      found(shelf.suffix.get(end.slice(end.length - length)));
    }
    const lengths = this.#lengths.get(shelf.part) ?? [];
    if (lengths.length === 0) return;
    for (const own of new Set([start, end, asciiLower(text.part)])) {
      if (!isWorthLooking(own, lengths)) {
        found(shelf.all);
        return;
      }
      for (const numbers of foundIn(own, lengths, shelf.part)) found(numbers);
    }
  }
}

/** The numbers of a list rise, so that those below a bound come first. */
function add(found: number[], more: readonly number[], below: number): void {
  for (const number of more) {
    if (number >= below) return;
    found.push(number);
  }
}

function nameOf({ subject, kind, text }: Key): string {
  return `${kind} ${subject}\u0000${asciiLower(text)}`;
}

function lengthsOf(map: ReadonlyMap<string, number[]>): readonly number[] {
  return [...new Set([...map.keys()].map((text) => text.length))].sort((a, b) => a - b);
}
