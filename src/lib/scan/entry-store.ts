/** Keeps the text of entries: in memory, or, where the document can be read again and is large, only where it stands. */
import type { Taken } from './taken';
import { parse } from './parse';
import type { RawEntry, ReadAgain } from './raw-dump';
import { rejection } from './rejection';

/** Entries share blocks of this size, so that a kept entry does not keep the chunk that it came in. */
const BLOCK = 1 << 20;

/** Beyond this many bytes a document that can be read again is read again. */
const IN_MEMORY = 1 << 24;

export class EntryStore {
  readonly #label: string;
  readonly #readAgain: ReadAgain | null;
  readonly #inMemory: number;
  #block = Buffer.alloc(0);
  #used = 0;
  #kept = 0;

  /** `inMemory` is the number of bytes that are kept before the document is read again for more. */
  constructor(label: string, readAgain: ReadAgain | null, inMemory = IN_MEMORY) {
    this.#label = label;
    this.#readAgain = readAgain;
    this.#inMemory = inMemory;
  }

  /** An entry by its place: `parent` is the pointer of its list. */
  keep(parent: string, index: number, taken: Taken): RawEntry {
    const { length } = taken.bytes;
    const place = { label: this.#label, parent, index, offset: taken.offset };
    if (this.#readAgain !== null && this.#kept + length > this.#inMemory) {
      return new DistantEntry(place, length, this.#readAgain);
    }
    this.#kept += length;
    return new NearEntry(place, this.#copy(taken.bytes));
  }

  #copy(bytes: Uint8Array): Uint8Array {
    if (bytes.length > BLOCK / 4) return Uint8Array.from(bytes);
    if (this.#used + bytes.length > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(BLOCK);
      this.#used = 0;
    }
    const copy = this.#block.subarray(this.#used, this.#used + bytes.length);
    copy.set(bytes);
    this.#used += bytes.length;
    return copy;
  }
}

interface Place {
  readonly label: string;
  readonly parent: string;
  readonly index: number;
  readonly offset: number;
}

abstract class StoredEntry implements RawEntry {
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  get pointer(): string {
    return `${this.#place.parent}/${this.#place.index}`;
  }

  abstract get size(): number;

  protected abstract bytes(offset: number): Uint8Array;

  json(): unknown {
    const { label, offset } = this.#place;
    try {
      return parse({ bytes: this.bytes(offset), offset });
    } catch (error) {
      throw rejection(label, error);
    }
  }
}

class NearEntry extends StoredEntry {
  readonly #bytes: Uint8Array;

  constructor(place: Place, bytes: Uint8Array) {
    super(place);
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  protected bytes(): Uint8Array {
    return this.#bytes;
  }
}

class DistantEntry extends StoredEntry {
  readonly size: number;
  readonly #readAgain: ReadAgain;

  constructor(place: Place, size: number, readAgain: ReadAgain) {
    super(place);
    this.size = size;
    this.#readAgain = readAgain;
  }

  protected bytes(offset: number): Uint8Array {
    return this.#readAgain(offset, this.size);
  }
}
