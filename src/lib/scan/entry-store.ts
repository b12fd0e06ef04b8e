/** Keeps the text of entries: in memory, or, where the document can be read again and is large, only where it stands. */
import { type Taken, trimmed, without } from './taken';
import { parse } from './parse';
import type { RawEntry, ReadAgain } from './raw-dump';
import { rejection } from './rejection';

/** Entries share blocks of this size, so that a kept entry does not keep the chunk that it came in. */
const BLOCK = 1 << 20;

/** Beyond this many bytes a document that can be read again is read again. */
const IN_MEMORY = 1 << 20;

export class EntryStore {
  readonly #label: string;
  readonly #readAgain: ReadAgain | null;
  readonly #cut: readonly Buffer[];
  #block = Buffer.alloc(0);
  #used = 0;
  #kept = 0;

  /** @param cut names of containers whose content nobody will read */
  constructor(label: string, readAgain: ReadAgain | null, cut: readonly string[] = []) {
    this.#label = label;
    this.#readAgain = readAgain;
    this.#cut = cut.map((name) => Buffer.from(`"${name}"`));
  }

  /** An entry by its place: `parent` is the pointer of its list. */
  keep(parent: string, index: number, taken: Taken): RawEntry {
    const { bytes, cuts } = trimmed(taken, this.#cut);
    const place = { label: this.#label, parent, index, offset: taken.offset, cuts };
    if (this.#readAgain !== null && this.#kept + bytes.length > IN_MEMORY) {
      return new DistantEntry(place, taken.bytes.length, this.#readAgain);
    }
    this.#kept += bytes.length;
    return new NearEntry(place, this.#copy(bytes), taken.bytes.length);
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
  readonly cuts: readonly number[];
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

  protected abstract bytes(place: Place): Uint8Array;

  json(): unknown {
    const { label, offset, cuts } = this.#place;
    try {
      return parse({ bytes: this.bytes(this.#place), offset, cuts });
    } catch (error) {
      throw rejection(label, error);
    }
  }
}

class NearEntry extends StoredEntry {
  readonly size: number;
  readonly #bytes: Uint8Array;

  constructor(place: Place, bytes: Uint8Array, size: number) {
    super(place);
    this.size = size;
    this.#bytes = bytes;
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

  protected bytes({ offset, cuts }: Place): Uint8Array {
    return without(this.#readAgain(offset, this.size), cuts);
  }
}
