/** Reads pieces of a file that stand one after another, many at once. */
import type { SeekableFile } from '../seekable-file';

const WINDOW = 1 << 18;

/** A window on a file, which is moved where a piece stands outside of it. */
export class Windows {
  readonly #document: SeekableFile;
  #window = new Uint8Array(0);
  #begin = 0;
  #end = 0;

  constructor(document: SeekableFile) {
    this.#document = document;
  }

  /** The bytes at this place, good until the next are asked for; fewer where the document ends in them. */
  at(offset: number, size: number): Uint8Array {
    if (offset < this.#begin || offset + size > this.#end) this.#move(offset, size);
    return this.#window.subarray(offset - this.#begin, Math.min(offset + size, this.#end) - this.#begin);
  }

  #move(offset: number, size: number): void {
    if (this.#window.length < size) this.#window = new Uint8Array(Math.max(WINDOW, 2 * size));
    // Far from the last piece, the next one may be anywhere: no more than this one is read.
    const most = offset < this.#begin || offset > this.#end + WINDOW ? size : this.#window.length;
    this.#begin = offset;
    this.#end = offset;
    let count: number;
    do {
      count = this.#document.read(this.#window.subarray(this.#end - offset, most), this.#end);
      this.#end += count;
    } while (count > 0 && this.#end < offset + size);
  }
}
