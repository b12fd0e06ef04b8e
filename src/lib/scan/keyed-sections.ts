/**
 * The grammar of a document whose top level is an object of sections, each a list or a map of entries, as ztunnel's
 * /config_dump: entries are parsed as they come by, many at once, and handed over; none is kept.
 */
import {
  type Cursor,
  type Element,
  type WholeElement,
  OPEN_BRACE,
  OPEN_BRACKET,
  type ResumableRead,
  END,
} from './cursor';
import { NotAnObject } from './malformed';
import { parse, tryParse } from './parse';

/** Entries that follow one another in a section. */
export interface EntryRun {
  readonly values: readonly unknown[];
  /** By which entry a pointer names it: its index, or its name in a map. */
  readonly tokens: readonly (number | string)[];
  /** Where each stands in the document, with its bytes: good until the run has been taken. */
  text(index: number): WholeElement;
}

/** What is done with a section. */
export interface SectionTaker {
  /** Whether it is one value, such as settings, and not entries. */
  readonly isOneValue: boolean;
  /** Called where the section is a list or a map, before any entry, and where it is another value. */
  begins(form: 'list' | 'map' | 'value', value?: unknown): void;
  take(run: EntryRun): void;
}

/**
 * Reads the document to its end; gives the names of its members. Sections that nobody takes are passed over.
 * Throws NotAnObject, Truncated or Malformed.
 */
export function* readKeyedSections(
  cursor: Cursor,
  takerOf: (name: string) => SectionTaker | null,
): ResumableRead<readonly string[]> {
  if ((yield* cursor.peek()) !== OPEN_BRACE) throw new NotAnObject();
  const names: string[] = [];
  for (let more = yield* cursor.enter(OPEN_BRACE); more; more = yield* cursor.next(OPEN_BRACE)) {
    const name = yield* cursor.name();
    names.push(name);
    const taker = takerOf(name);
    if (taker === null) yield* cursor.pass();
    else yield* readSection(cursor, taker);
  }
  if ((yield* cursor.peek()) !== END) cursor.fail();
  return names;
}

function* readSection(cursor: Cursor, taker: SectionTaker): ResumableRead<void> {
  const opening = yield* cursor.peek();
  const entries = new Entries(taker);
  if (taker.isOneValue || (opening !== OPEN_BRACKET && opening !== OPEN_BRACE)) {
    taker.begins('value', parse(yield* cursor.value()));
  } else if (opening === OPEN_BRACKET) {
    taker.begins('list');
    let index = 0;
    const take = (element: Element): void => {
      entries.add(index, element);
    };
    for (let more = yield* cursor.enter(OPEN_BRACKET); more; index++) more = yield* cursor.element(take, true);
  } else {
    taker.begins('map');
    for (let more = yield* cursor.enter(OPEN_BRACE); more; more = yield* cursor.next(OPEN_BRACE)) {
      const name = yield* cursor.name();
      const { bytes, offset } = yield* cursor.value();
      entries.add(name, { offset, size: bytes.length, whole: () => bytes });
    }
  }
  entries.hand();
}

/** Texts are parsed together up to this many bytes. */
const RUN = 1 << 16;
const COMMA = 0x2c;
const CLOSE_BRACKET = 0x5d;

/** Collects the texts of entries as one JSON array until there are enough. */
class Entries {
  readonly #taker: SectionTaker;
  readonly #buffer = Buffer.allocUnsafe(RUN);
  #end = 1;
  #tokens: (number | string)[] = [];
  #offsets: number[] = [];
  /** Where each text begins in the buffer. */
  #begins: number[] = [];

  constructor(taker: SectionTaker) {
    this.#taker = taker;
    this.#buffer.write('[');
  }

  add(token: number | string, entry: WholeElement): void {
    const text = entry.whole();
    if (text === null) throw new Error('entries that come in pieces are kept');
    if (this.#end + text.length + 1 > RUN) this.hand();
    if (text.length + 2 > RUN) {
      const { offset } = entry;
      const values = [parse({ bytes: text, offset })];
      this.#taker.take({ values, tokens: [token], text: () => ({ offset, size: text.length, whole: () => text }) });
      return;
    }
    this.#begins.push(this.#end);
    this.#tokens.push(token);
    this.#offsets.push(entry.offset);
    this.#buffer.set(text, this.#end);
    this.#end += text.length;
    this.#buffer[this.#end++] = COMMA;
  }

  /** Hands over what there is. Throws Malformed, of the entry that is not JSON. */
  hand(): void {
    if (this.#tokens.length === 0) return;
    const values = this.#values();
    const [begins, offsets, end] = [this.#begins, this.#offsets, this.#end];
    const text = (index: number): WholeElement => {
      const begin = begins[index] ?? 0;
      const size = (begins[index + 1] ?? end) - 1 - begin;
      return { offset: offsets[index] ?? 0, size, whole: () => this.#buffer.subarray(begin, begin + size) };
    };
    const run = { values, tokens: this.#tokens, text };
    this.#end = 1;
    this.#tokens = [];
    this.#offsets = [];
    this.#begins = [];
    this.#taker.take(run);
  }

  #values(): readonly unknown[] {
    this.#buffer[this.#end - 1] = CLOSE_BRACKET;
    const parsed = tryParse(this.#buffer.subarray(0, this.#end));
    if (parsed !== null && Array.isArray(parsed.value) && parsed.value.length === this.#tokens.length) {
      return parsed.value as readonly unknown[];
    }
    return this.#tokens.map((_token, index) => {
      const next = this.#begins[index + 1] ?? this.#end;
      const bytes = this.#buffer.subarray(this.#begins[index], next - 1);
      return parse({ bytes, offset: this.#offsets[index] ?? 0 });
    });
  }
}
