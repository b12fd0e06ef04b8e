/** Keeps the text of entries: in memory, or, where the document can be read again and is large, only where it stands. */
import type { Element } from './cursor';
import { EntryList } from './entry-list';
import type { WholeElement } from './entry-run';
import type { SeekableFile } from '../seekable-file';
import { parse, tryParse } from './parse';
import type { KeepAs, RawEntry } from './raw-dump';

/** Beyond this many bytes entries that are kept whole and can be read again are read again. */
const IN_MEMORY = 1 << 20;

export class EntryStore {
  readonly #label: string;
  readonly #document: SeekableFile | null;
  #wholeSize = 0;

  /** @param document what entries can be read from again; null where they cannot */
  constructor(label: string, document: SeekableFile | null) {
    this.#label = label;
    this.#document = document;
  }

  /** Whether entries can be read from the document again. */
  get readsAgain(): boolean {
    return this.#document !== null;
  }

  /** An empty list of the one with this pointer. */
  list(pointer: string): EntryList {
    return new EntryList(this.#label, pointer, this.#document);
  }

  /** Keeps an element of a list. */
  keep(list: EntryList, index: number, element: Element, as: KeepAs): void {
    const { offset, size } = element;
    const reduced = as === 'whole' ? null : this.#reducedText(element);
    const isBrief = as === 'whole with brief';
    const text = isBrief || reduced === null ? this.#wholeText(element) : reduced;
    list.add({ index, offset, size, text, brief: isBrief ? reduced : null });
  }

  /** Keeps an element of a list whole, and gives it. */
  keepWhole(list: EntryList, index: number, element: WholeElement): RawEntry {
    const { offset, size } = element;
    return list.add({ index, offset, size, text: this.#wholeText(element), brief: null });
  }

  /** Null where it is better read again. */
  #wholeText(element: WholeElement): Uint8Array | null {
    if (this.#document !== null && this.#wholeSize + element.size > IN_MEMORY) return null;
    const text = element.whole();
    this.#wholeSize += text?.length ?? 0;
    return text;
  }

  /** Null where there is none. Throws Malformed where it is not JSON and will be gone when that is found out. */
  #reducedText(element: Element): Uint8Array | null {
    const text = element.reduced();
    if (text === null || this.#document !== null || tryParse(text) !== null) return text;
    const bytes = element.whole();
    if (bytes !== null) parse({ bytes, offset: element.offset });
    return null;
  }
}
