/** The grammar of Envoy's two admin documents down to their entries: what is taken, and what is passed over. */
import { END, OPEN_BRACE, OPEN_BRACKET, type Cursor, type Element, type ResumableRead } from './cursor';
import type { EntryStore } from './entry-store';
import { MOST_ENTRIES, MOST_MEMBERS } from '../limits';
import { tokenOf } from './json-pointer';
import { bound, NotAnObject } from './malformed';
import { parse } from './parse';
import type { KeepAs, RawList, RawSection } from './raw-dump';

/** What is wanted of a document. */
export interface WantedEntries {
  /** Whether a section of this `@type` is wanted. */
  section(type: string): boolean;
  /**
   * True if every entry of the list at this JSON pointer must be kept even when a filter is set: warming resources are never
   * hidden.
   */
  all(list: string): boolean;
  readonly keepAs: KeepAs;
}

/** What a document holds at its top; where a name occurs twice the last one counts, as in JSON.parse. */
export interface TopLevel {
  readonly names: readonly string[];
  /** Null where `configs` is missing or no list. */
  readonly configs: readonly RawSection[] | null;
  /** The first type in `configs` where none of them is a section's; else null. */
  readonly bareType: string | null;
  /** Null where `cluster_statuses` is missing or no list. */
  readonly clusterStatuses: RawList | null;
}

/** Reads the document at a cursor. */
export class DocumentReader {
  readonly #cursor: Cursor;
  readonly #store: EntryStore;
  readonly #wanted: WantedEntries;

  #firstType: string | null = null;
  #hasSection = false;

  constructor(cursor: Cursor, store: EntryStore, wanted: WantedEntries) {
    this.#cursor = cursor;
    this.#store = store;
    this.#wanted = wanted;
  }

  /** Reads it to its end. Throws NotAnObject, Truncated or Malformed. */
  *read(): ResumableRead<TopLevel> {
    const cursor = this.#cursor;
    if ((yield* cursor.peek()) !== OPEN_BRACE) throw new NotAnObject();
    const names: string[] = [];
    let configs: readonly RawSection[] | null = null;
    let clusterStatuses: RawList | null = null;
    for (let more = yield* cursor.enter(OPEN_BRACE); more; more = yield* cursor.next(OPEN_BRACE)) {
      const name = yield* cursor.name();
      names.push(name);
      bound(names.length, MOST_MEMBERS, '');
      if (name === 'configs') configs = yield* this.#ifList(() => this.#sections());
      else if (name === 'cluster_statuses' || name === 'clusterStatuses') {
        clusterStatuses = yield* this.#ifList(() => this.#entries(`/${name}`));
      } else yield* cursor.pass();
    }
    if ((yield* cursor.peek()) !== END) cursor.fail();
    const bareType = this.#hasSection ? null : this.#firstType;
    return { names, configs, clusterStatuses, bareType };
  }

  /** Reads a value where it is a list; passes it, for null, where it is none. */
  *#ifList<T>(read: () => ResumableRead<T>): ResumableRead<T | null> {
    if ((yield* this.#cursor.peek()) === OPEN_BRACKET) return yield* read();
    yield* this.#cursor.pass();
    return null;
  }

  *#sections(): ResumableRead<readonly RawSection[]> {
    const cursor = this.#cursor;
    const sections: RawSection[] = [];
    let index = 0;
    for (let more = yield* cursor.enter(OPEN_BRACKET); more; more = yield* cursor.next(OPEN_BRACKET)) {
      if ((yield* cursor.peek()) === OPEN_BRACE) {
        const section = yield* this.#section(`/configs/${index}`);
        if (section !== null) sections.push(section);
      } else yield* cursor.pass();
      index++;
      bound(index, MOST_MEMBERS, '/configs');
    }
    return sections;
  }

  /**
   * A section; null where it is not wanted. Envoy writes `@type` first, and what is not wanted is left at once; where
   * it comes late, what stands before it is taken until it is known.
   */
  *#section(pointer: string): ResumableRead<RawSection | null> {
    const cursor = this.#cursor;
    // Names come from the document: no prototype, so that `__proto__` is a name like any other.
    const fields = Object.create(null) as Record<string, unknown>;
    const lists = Object.create(null) as Record<string, RawList>;
    let type: string | null = null;
    let members = 0;
    for (let more = yield* cursor.enter(OPEN_BRACE); more; more = yield* cursor.next(OPEN_BRACE)) {
      const name = yield* cursor.name();
      members++;
      bound(members, MOST_MEMBERS, pointer);
      if ((yield* cursor.peek()) === OPEN_BRACKET) {
        lists[name] = yield* this.#entries(`${pointer}/${tokenOf(name)}`);
        continue;
      }
      const value = (fields[name] = parse(yield* cursor.value()));
      if (name !== '@type') continue;
      if (typeof value === 'string') this.#note(value);
      if (typeof value !== 'string' || !this.#wanted.section(value)) {
        yield* cursor.leave(OPEN_BRACE);
        return null;
      }
      type = value;
    }
    return type === null ? null : { type, pointer, fields, lists };
  }

  #note(type: string): void {
    this.#firstType ??= type;
    this.#hasSection ||= type.endsWith('ConfigDump');
  }

  *#entries(pointer: string): ResumableRead<RawList> {
    const cursor = this.#cursor;
    const { keepAs } = this.#wanted;
    const all = this.#wanted.all(pointer);
    const list = this.#store.list(pointer);
    let index = 0;
    const take = (element: Element): void => {
      this.#store.keep(list, index, element, keepAs);
    };
    for (let more = yield* cursor.enter(OPEN_BRACKET); more; index++) {
      bound(index + 1, MOST_ENTRIES, pointer);
      more = yield* cursor.element(take, all);
    }
    return list;
  }
}
