/**
 * Texts by number, those that repeat once: tables of hundreds of thousands of cells are made of them without a string or a list for any. They
 * are kept as UTF-8, one behind the other, so that they compare as Go compares strings, by their bytes.
 */
import { areQuiet } from '../secrets/quiet';

const NEW_LINE = 0x0a;
const COLON = 0x3a;
const DOT = 0x2e;
/** Of an address and its port. */
const LONGEST_ADDRESS = 21;
/** Of a part of either. */
const MOST_DIGITS = 5;
const FIRST_BYTES = 1 << 16;
const FIRST_TEXTS = 1 << 10;
/** So many places are looked at for a text; names that are chosen so that their hashes are equal would take all. */
const MOST_PLACES = 256;
/** Texts are looked over for secrets so many bytes at a time. */
const WINDOW = 1 << 16;

/** A list with room for as many numbers at least, and those that it has. */
export function grown(list: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  if (least <= list.length) return list;
  const larger = new Int32Array(Math.max(least, list.length * 2));
  larger.set(list);
  return larger;
}

/** A growing set of texts. */
export class TextPool {
  /** How many there are. */
  count = 0;
  /** Whether all are printable ASCII, of which each byte is one character and takes one place. */
  isPlain = true;
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #scratch = Buffer.allocUnsafe(1 << 8);
  /** Where each begins; a line end stands behind it. */
  #begins = new Int32Array(FIRST_TEXTS);
  #hashes = new Int32Array(FIRST_TEXTS);
  /** How many have a place. */
  #found = 0;
  /** By hash the number of a text, and one more: a text stands in the place that its hash names or the next free one. */
  #places = new Int32Array(2 * FIRST_TEXTS);
  /** The numbers of all that have a place, by their text, as soon as one was looked for in too many places. */
  #byText: Map<string, number> | null = null;

  /** The number of a text that stands in bytes, in printable ASCII. */
  numberOf(bytes: Uint8Array, begin: number, end: number): number {
    return this.#numberOf(bytes, begin, end, true);
  }

  /**
   * A new number for a text that stands in bytes, in printable ASCII: of most names and addresses there is one each, so that it is
   * cheaper not to look for another. It is not found again.
   */
  append(bytes: Uint8Array, begin: number, end: number): number {
    const number = this.count++;
    this.#begins = grown(this.#begins, number + 2);
    const from = this.#begins[number] ?? 0;
    const behind = from + end - begin;
    if (behind >= this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(behind + 1, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, from));
      this.#bytes = larger;
    }
    for (let at = begin, to = from; at < end; at++) this.#bytes[to++] = bytes[at] ?? 0;
    this.#bytes[behind] = NEW_LINE;
    this.#begins[number + 1] = behind + 1;
    return number;
  }

  /** The number of any text. */
  numberOfText(text: string): number {
    if (!/^[ -~]*$/.test(text)) this.isPlain = false;
    const bytes = Buffer.from(text);
    return this.#numberOf(bytes, 0, bytes.length, true);
  }

  /** As numberOf, of a text that is there; -1 where it is not. */
  find(bytes: Uint8Array, begin: number, end: number): number {
    return this.#numberOf(bytes, begin, end, false);
  }

  text(number: number): string {
    return this.#bytes.toString('utf8', this.#begins[number], this.#endOf(number));
  }

  /** In bytes. */
  sizeOf(number: number): number {
    return this.#endOf(number) - (this.#begins[number] ?? 0);
  }

  /** Writes a text into bytes, and gives the place behind it. */
  write(number: number, to: Uint8Array, at: number): number {
    const bytes = this.#bytes;
    const end = this.#endOf(number);
    let behind = at;
    for (let from = this.#begins[number] ?? 0; from < end; from++) to[behind++] = bytes[from] ?? 0;
    return behind;
  }

  /** By bytes. */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    const bytes = this.#bytes;
    const [beginA, beginB] = [this.#begins[a] ?? 0, this.#begins[b] ?? 0];
    const [sizeA, sizeB] = [this.sizeOf(a), this.sizeOf(b)];
    const size = Math.min(sizeA, sizeB);
    for (let at = 0; at < size; at++) {
      const difference = (bytes[beginA + at] ?? 0) - (bytes[beginB + at] ?? 0);
      if (difference !== 0) return difference;
    }
    return sizeA - sizeB;
  }

  /** Whether a colon stands in one of them. */
  get hasColon(): boolean {
    return this.#bytes.subarray(0, this.#begins[this.count]).includes(COLON);
  }

  /** The number of texts of a pool with dots between them. */
  joined(of: TextPool, numbers: readonly number[]): number {
    let size = numbers.length;
    for (const number of numbers) size += of.sizeOf(number);
    if (size > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(2 * size);
    const bytes = this.#scratch;
    let at = 0;
    for (const [index, number] of numbers.entries()) {
      if (index > 0) bytes[at++] = DOT;
      at = of.write(number, bytes, at);
    }
    this.isPlain &&= of.isPlain;
    return this.numberOf(bytes, 0, at);
  }

  /** Which of the texts may hold a secret, alone or with others beside them: 1 at their numbers. */
  loud(): Uint8Array {
    const loud = new Uint8Array(this.count);
    const { hasColon } = this;
    const window = Buffer.allocUnsafe(WINDOW);
    let [first, size] = [0, 0];
    const look = (behind: number): void => {
      if (!areQuiet(window.toString('latin1', 0, size), hasColon)) {
        for (let number = first; number < behind; number++)
          loud[number] = areQuiet(this.text(number), hasColon) ? 0 : 1;
      }
      [first, size] = [behind, 0];
    };
    for (let number = 0; number < this.count; number++) {
      if (this.#isAddress(number)) continue;
      const own = this.sizeOf(number);
      if (own >= WINDOW) loud[number] = 1;
      else {
        if (size + own >= WINDOW) look(number);
        size = this.write(number, window, size);
        window[size++] = NEW_LINE;
      }
    }
    look(this.count);
    return loud;
  }

  /** Whether a text is as IPv4 addresses are, with a port or without: none of them is more than it says. */
  #isAddress(number: number): boolean {
    const bytes = this.#bytes;
    const end = this.#endOf(number);
    if (end - (this.#begins[number] ?? 0) > LONGEST_ADDRESS) return false;
    let digits = 0;
    let isPort = false;
    for (let at = this.#begins[number] ?? 0; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte >= 0x30 && byte <= 0x39) digits++;
      else if (!isPort && digits > 0 && (byte === DOT || byte === COLON)) {
        digits = 0;
        isPort = byte === COLON;
      } else return false;
      if (digits > MOST_DIGITS) return false;
    }
    return digits > 0;
  }

  #endOf(number: number): number {
    return (this.#begins[number + 1] ?? 0) - 1;
  }

  #numberOf(bytes: Uint8Array, begin: number, end: number, isAdded: boolean): number {
    if (this.#byText !== null) return this.#numberByText(this.#byText, bytes, begin, end, isAdded);
    let hash = 0x811c_9dc5;
    for (let at = begin; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
    hash ^= hash >>> 15;
    const last = this.#places.length - 1;
    for (let looked = 0, place = hash & last; looked < MOST_PLACES; looked++, place = (place + 1) & last) {
      const number = (this.#places[place] ?? 0) - 1;
      if (number < 0) return isAdded ? this.#add(bytes, begin, end, hash, place) : -1;
      if (this.#hashes[number] === hash && this.#isAt(number, bytes, begin, end)) return number;
    }
    this.#byText = new Map();
    for (const known of this.#places) if (known !== 0) this.#byText.set(this.#latin1(known - 1), known - 1);
    return this.#numberByText(this.#byText, bytes, begin, end, isAdded);
  }

  #numberByText(known: Map<string, number>, bytes: Uint8Array, begin: number, end: number, isAdded: boolean): number {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', begin, end);
    const found = known.get(text);
    if (found !== undefined || !isAdded) return found ?? -1;
    const number = this.append(bytes, begin, end);
    known.set(text, number);
    return number;
  }

  #latin1(number: number): string {
    return this.#bytes.toString('latin1', this.#begins[number], this.#endOf(number));
  }

  #isAt(number: number, bytes: Uint8Array, begin: number, end: number): boolean {
    if (this.sizeOf(number) !== end - begin) return false;
    const own = this.#bytes;
    let from = this.#begins[number] ?? 0;
    for (let at = begin; at < end; at++) if (bytes[at] !== own[from++]) return false;
    return true;
  }

  #add(bytes: Uint8Array, begin: number, end: number, hash: number, place: number): number {
    const number = this.append(bytes, begin, end);
    this.#hashes = grown(this.#hashes, number + 1);
    this.#hashes[number] = hash;
    this.#places[place] = number + 1;
    if (2 * ++this.#found > this.#places.length) this.#spread();
    return number;
  }

  /** Gives the places of all texts anew, twice as many. */
  #spread(): void {
    const places = new Int32Array(2 * this.#places.length);
    const last = places.length - 1;
    for (const known of this.#places) {
      if (known === 0) continue;
      let place = (this.#hashes[known - 1] ?? 0) & last;
      while (places[place] !== 0) place = (place + 1) & last;
      places[place] = known;
    }
    this.#places = places;
  }
}
