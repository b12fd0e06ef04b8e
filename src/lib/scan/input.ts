/** What a document can come from. */

/** A document that can be read at any place, again and again: a plain file. */
export interface SeekableDocument {
  /**
   * Reads from an offset on, after a `close`, too; gives the number of bytes that were read, which is 0 at the document's
   * end. Throws where it can no longer be read, or is no longer what it was.
   */
  read(into: Uint8Array, offset: number): number;
  /** Lets go of it until it is read again. */
  close(): void;
}

const WINDOW = 1 << 18;

/** Reads pieces of a document that stand one after another, many at once. */
export class Windows {
  readonly #document: SeekableDocument;
  #window = new Uint8Array(0);
  #begin = 0;
  #end = 0;

  constructor(document: SeekableDocument) {
    this.#document = document;
  }

  /** The bytes at this place, good until the next are asked for; fewer where the document ends in them. */
  at(offset: number, size: number): Uint8Array {
    if (offset < this.#begin || offset + size > this.#end) this.#move(offset, size);
    return this.#window.subarray(offset - this.#begin, Math.min(offset + size, this.#end) - this.#begin);
  }

  #move(offset: number, size: number): void {
    if (this.#window.length < size) this.#window = new Uint8Array(Math.max(WINDOW, 2 * size));
    this.#begin = offset;
    this.#end = offset;
    let count: number;
    do {
      count = this.#document.read(this.#window.subarray(this.#end - offset), this.#end);
      this.#end += count;
    } while (count > 0 && this.#end < offset + size);
  }
}
