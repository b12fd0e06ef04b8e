/**
 * The grammar of a document whose top level is an object of sections, each a list or a map of entries, as ztunnel's
 * /config_dump: entries are parsed as they come by, many at once, and handed over; none is kept. Where a section's shape is
 * known, those that are of it are parsed only in what is wanted of them.
 */
import { type Cursor, type Element, OPEN_BRACE, OPEN_BRACKET, type ResumableRead, END } from './cursor';
import type { EntryRun, WholeElement } from './entry-run';
import type { FieldPlaces } from './field-places';
import type { FittedRun } from './fitted-run';
import { MOST_ENTRIES, MOST_MEMBERS } from '../limits';
import { bound, NotAnObject } from './malformed';
import { parse, tryParse } from './parse';
import type { SectionFit } from './section-fit';

/** What is done with a section. */
export interface SectionTaker {
  /** Whether it is one value, such as settings, and not entries. */
  readonly isOneValue: boolean;
  /** Called where the section is a list or a map, before any entry, and where it is another value. */
  begins(form: 'list' | 'map' | 'value', value?: unknown): void;
  take(run: EntryRun): void;
  /** Takes entries of which the places of fields are wanted. */
  takePlaces?(places: FieldPlaces): void;
  /** By what entries can be told to be of the section's shape without parsing them; null where nothing can. */
  readonly fit: SectionFit | null;
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
    bound(names.length, MOST_MEMBERS, '');
    const taker = takerOf(name);
    if (taker === null) yield* cursor.pass();
    else yield* readSection(cursor, taker, `/${name}`);
  }
  if ((yield* cursor.peek()) !== END) cursor.fail();
  return names;
}

function* readSection(cursor: Cursor, taker: SectionTaker, pointer: string): ResumableRead<void> {
  const opening = yield* cursor.peek();
  const entries = new Entries(taker);
  if (taker.isOneValue || (opening !== OPEN_BRACKET && opening !== OPEN_BRACE)) {
    taker.begins('value', parse(yield* cursor.value()));
    return;
  }
  const isMap = opening === OPEN_BRACE;
  taker.begins(isMap ? 'map' : 'list');
  let index = 0;
  const passFitting = (): boolean => {
    for (;;) {
      const run = fittedRun(cursor, taker, isMap);
      if (run === null) return false;
      // What came in front of them is taken before them.
      entries.hand();
      if (taker.fit?.wanted === 'places') taker.takePlaces?.(run.places);
      else if (taker.fit?.wanted !== 'none') taker.take(run.from(index));
      index += run.count;
      bound(index, MOST_ENTRIES, pointer);
      if (run.hasEnded) return true;
    }
  };
  const take = (element: Element): void => {
    entries.add(index, element);
  };
  for (let more = yield* cursor.enter(opening); more; index++) {
    bound(index + 1, MOST_ENTRIES, pointer);
    if (passFitting()) break;
    if (isMap) {
      const name = yield* cursor.name();
      const { bytes, offset } = yield* cursor.value();
      entries.add(name, { offset, size: bytes.length, whole: () => bytes });
      more = yield* cursor.next(OPEN_BRACE);
    } else more = yield* cursor.element(take, true);
  }
  entries.hand();
}

function fittedRun(cursor: Cursor, { fit }: SectionTaker, isMap: boolean): FittedRun | null {
  return fit === null ? null : cursor.fitted(fit, isMap);
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
      this.#taker.take({
        values,
        token: () => token,
        text: () => ({ offset, size: text.length, whole: () => text }),
        isKnownToFit: () => false,
      });
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
    const [begins, offsets, tokens, end] = [this.#begins, this.#offsets, this.#tokens, this.#end];
    const text = (index: number): WholeElement => {
      const begin = begins[index] ?? 0;
      const size = (begins[index + 1] ?? end) - 1 - begin;
      return { offset: offsets[index] ?? 0, size, whole: () => this.#buffer.subarray(begin, begin + size) };
    };
    const run = { values, token: (at: number) => tokens[at] ?? 0, text, isKnownToFit: () => false };
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
