/**
 * Parts of a document that come again and again: in a mesh's configuration the filters, TLS contexts and access logs of one listener
 * or cluster are those of the next, to the byte. Such a part is parsed once, and stands as the same object wherever it comes; what
 * is worked out of it is worked out once (`rememberedPart`). Nobody may change a value that was parsed.
 */
import { parseExactly, wordNotIn } from './exact-number';

/** A shorter document, in characters, has too little that comes again; of a longer one there are not many. */
const SHORTEST_DOCUMENT = 512;
const LONGEST_DOCUMENT = 1 << 18;

/** A part is at least and at most this long, in characters. */
const SHORTEST = 64;
const LONGEST = 1 << 16;

/** A part is looked for by as many characters from its name on, and as many texts are known by one of them. */
const BEFORE = 12;
const KEY = 32;
const TEXTS_OF_KEY = 4;

/** When so many keys, or characters of parts, are known, those of another time begin. */
const MOST_KEYS = 4_000;
const MOST_CHARACTERS = 1 << 21;

/** A key whose parts differed so often, and did not come again several times as often, is not looked at any more. */
const MOST_MISSES = 16;
const WORTH = 8;

/** So many times the characters of a document are compared with parts that turn out to be others. */
const MOST_COMPARED = 16;

/** The end of a member's name, and the bracket with which its value begins. */
const BEGINNINGS = /":\s*[{[]/g;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

interface Part {
  readonly text: string;
  value: object | undefined;
}

interface Known {
  readonly parts: Part[];
  hits: number;
  misses: number;
}

const NOTHING_KNOWN: Known = { parts: [], hits: 0, misses: 0 };

const repeated = new WeakSet();

/** Most documents that are read have no such part: those of plain tables, of which only a few fields are parsed. */
let hasRepeated = false;

function repeats(value: object): void {
  repeated.add(value);
  hasRepeated = true;
}

/**
 * A function of a value and of where it stands that remembers what it gave for a part that comes again, as long as there is the
 * part. What it gives for one is taken for such a part itself.
 */
export function rememberedPart<Place extends readonly string[], Answer>(
  work: (value: object, ...place: Place) => Answer,
): (value: object, ...place: Place) => Answer {
  const answers = new WeakMap<object, Map<string, Answer>>();
  return (value, ...place) => {
    if (!hasRepeated || !repeated.has(value)) return work(value, ...place);
    let known = answers.get(value);
    if (known === undefined) answers.set(value, (known = new Map<string, Answer>()));
    const key = place.length === 1 ? String(place[0]) : place.map((word) => `${word.length} ${word}`).join(' ');
    const found = known.get(key);
    if (found !== undefined) return found;
    const answer = work(value, ...place);
    known.set(key, answer);
    if (typeof answer === 'object' && answer !== null) repeats(answer);
    return answer;
  };
}

/** The same of a question about a value that is answered with yes or no, wherever the value stands. */
export function rememberedOfPart(work: (value: object) => boolean): (value: object) => boolean {
  const answers = new WeakMap<object, boolean>();
  return (value) => {
    if (!hasRepeated || !repeated.has(value)) return work(value);
    const found = answers.get(value);
    if (found !== undefined) return found;
    const answer = work(value);
    answers.set(value, answer);
    return answer;
  };
}

/** The parts of the documents of one list that came so far. */
export class RepeatedParts {
  /** What stands for a part while the rest is parsed; no text of the document begins so. */
  #mark = '';
  /** By the characters around a part's beginning; null where its parts do not come again. */
  #known = new Map<string, Known | null>();
  #characters = 0;
  #canCompare = 0;

  /** The value of a JSON text, as parseExactly; see above. Throws SyntaxError. */
  parse(text: string): unknown {
    const isOfUse = text.length >= SHORTEST_DOCUMENT && text.length <= LONGEST_DOCUMENT;
    // A letter that is written as an escape might be one of the mark.
    if (!isOfUse || text.includes('\\u')) return parseExactly(text);
    this.#mark = wordNotIn(text, 'part');
    this.#canCompare = text.length * MOST_COMPARED;
    return this.#parsed(text);
  }

  #parsed(text: string): unknown {
    const ends = new Ends(text);
    const parts: object[] = [];
    let rest = '';
    let from = 0;
    for (BEGINNINGS.lastIndex = 0; ;) {
      const found = BEGINNINGS.exec(text);
      if (found === null) break;
      const at = found.index + found[0].length - 1;
      if (!endsName(text.charCodeAt(found.index - 1))) continue;
      const part = this.#partAt(text, at, ends);
      if (part === null) continue;
      rest += `${text.slice(from, at)}"${this.#mark}${parts.length}"`;
      parts.push(this.#valueOf(part));
      // What is looked for inside of the part has moved the place.
      BEGINNINGS.lastIndex = from = at + part.text.length;
    }
    if (parts.length === 0) return parseExactly(text);
    const value = parseExactly(rest + text.slice(from));
    this.#fill(value, parts);
    return value;
  }

  /** The known part that begins at a bracket of a text; one that is not known is from now on. */
  #partAt(text: string, at: number, ends: Ends): Part | null {
    const key = text.slice(Math.max(0, at - BEFORE), at + KEY - BEFORE);
    const known = this.#known.get(key);
    if (known === null) return null;
    for (const part of known?.parts ?? []) {
      if (this.#canCompare < part.text.length) return null;
      if (text.slice(at, at + part.text.length) === part.text) {
        if (known !== undefined) known.hits += 1;
        return part;
      }
      this.#canCompare -= part.text.length;
    }
    this.#learn(key, known, isVain(known) ? null : partOf(text, at, ends.of(at)));
    return null;
  }

  /** @param text of the part that has this key; null where it is not worth it */
  #learn(key: string, known: Known | undefined, text: string | null): void {
    const { parts, hits, misses } = known ?? NOTHING_KNOWN;
    if (this.#known.size >= MOST_KEYS || this.#characters >= MOST_CHARACTERS) this.#forget();
    if (text === null) {
      this.#known.set(copied(key), null);
      return;
    }
    const part = { text: copied(text), value: undefined };
    this.#characters += part.text.length;
    this.#known.set(copied(key), {
      parts: [part, ...parts.slice(0, TEXTS_OF_KEY - 1)],
      hits,
      misses: misses + 1,
    });
  }

  #forget(): void {
    const vain = this.#known.size >= MOST_KEYS ? [] : [...this.#known].filter(([, known]) => known === null);
    this.#known = new Map(vain);
    this.#characters = 0;
  }

  #valueOf(part: Part): object {
    if (part.value === undefined) {
      part.value = this.#parsed(part.text) as object;
      repeats(part.value);
    }
    return part.value;
  }

  /** Puts the parts where their marks stand. */
  #fill(value: unknown, parts: readonly object[]): void {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) this.#fill(item, parts);
      return;
    }
    const fields = value as Record<string, unknown>;
    for (const name of Object.keys(fields)) {
      const inner = fields[name];
      if (typeof inner === 'object') this.#fill(inner, parts);
      else if (typeof inner === 'string' && inner.startsWith(this.#mark))
        fields[name] = parts[Number(inner.slice(this.#mark.length))];
    }
  }
}

/** A text of its own: a slice of a document's keeps all of that in memory. */
function copied(slice: string): string {
  return JSON.parse(JSON.stringify(slice)) as string;
}

/** Whether a quote behind this character ends a text: before one that begins a text stands no letter, digit or underscore. */
function endsName(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x5f
  );
}

/** Where the objects and lists of a JSON text end: worked out once, when it is first asked. */
class Ends {
  readonly #text: string;
  #ends: ReadonlyMap<number, number> | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The place behind the one that begins there; undefined where it does not end. */
  of(at: number): number | undefined {
    this.#ends ??= endsOf(this.#text);
    return this.#ends.get(at);
  }
}

/** The text between two places of another; null where it is too short or too long to be a part. */
function partOf(text: string, at: number, end: number | undefined): string | null {
  return end === undefined || end - at < SHORTEST || end - at > LONGEST ? null : text.slice(at, end);
}

function isVain(known: Known | undefined): boolean {
  return known !== undefined && known.misses >= MOST_MISSES && known.hits < known.misses * WORTH;
}

/** Where the objects and lists of a JSON text end, by where they begin. */
function endsOf(text: string): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === 0x7b || code === 0x5b) open.push(at);
    else if (code === 0x7d || code === 0x5d) ends.set(open.pop() ?? at, at + 1);
  }
  return ends;
}

/** The place of the quote that ends a string of JSON; the text's length where none does. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; ; at++) {
    at = text.indexOf('"', at);
    if (at === -1) return text.length;
    let begin = at;
    while (text.charCodeAt(begin - 1) === BACKSLASH) begin -= 1;
    if ((at - begin) % 2 === 0) return at;
  }
}
