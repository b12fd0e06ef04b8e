/** Keeps the text of entries: in memory, or, where the document can be read again and is large, only where it stands. */
import type { Element } from './cursor';
import { EntryList } from './entry-list';
import type { SeekableDocument } from './input';
import { parse, tryParse } from './parse';
import type { RawEntry } from './raw-dump';

/** Beyond this many bytes entries that are kept whole and can be read again are read again. */
const IN_MEMORY = 1 << 20;

export class EntryStore {
  readonly #label: string;
  readonly #document: SeekableDocument | null;
  #wholeSize = 0;
  #list: EntryList | null = null;

  /** @param document what entries can be read from again; null where they cannot */
  constructor(label: string, document: SeekableDocument | null) {
    this.#label = label;
    this.#document = document;
  }

  /**
   * An entry by its place: `parent` is the pointer of its list.
   * @param isWhole whether it is kept with all its fields
   */
  keep(parent: string, index: number, element: Element, isWhole: boolean): RawEntry {
    if (this.#list?.parent !== parent) this.#list = new EntryList(this.#label, parent, this.#document);
    const { offset, size } = element;
    const text = isWhole ? this.#wholeText(element) : (this.#reducedText(element) ?? this.#wholeText(element));
    return this.#list.add({ index, offset, size }, text);
  }

  /** Null where it is better read again. */
  #wholeText(element: Element): Uint8Array | null {
    if (this.#document !== null && this.#wholeSize + element.size > IN_MEMORY) return null;
    this.#wholeSize += element.size;
    return element.whole();
  }

  /** Null where there is none. Throws Malformed where it is not JSON and will be gone when that is found out. */
  #reducedText(element: Element): Uint8Array | null {
    const text = element.reduced();
    if (text === null || this.#document !== null || tryParse(text) !== null) return text;
    parse({ bytes: element.whole(), offset: element.offset });
    return null;
  }
}
