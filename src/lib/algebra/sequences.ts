/** Sequences of small numbers, each of which has a number of its own, from 0 on: states that are made of other states. */

/** Slots of the table are so many times as many as sequences at least, as a power of two. */
const SPARE = 2;

/** Sequences by their numbers, found again by hash: no text is made of them. */
export class Sequences {
  /** One sequence behind the other, and where each ends. */
  #values = new Int32Array(256);
  #ends = new Int32Array(64);
  /** The number of a sequence and 1, where its hash leads to; 0 where there is none. */
  #slots = new Int32Array(128);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** How many numbers all of them hold. */
  get held(): number {
    return this.#startOf(this.#count);
  }

  /** Its numbers, which later ones may be read from anew once more sequences are made. */
  of(number: number): Int32Array {
    return this.#values.subarray(this.#startOf(number), this.#ends[number]);
  }

  /** The number of a sequence, which is the first so many of these values; the present count for one that is new. */
  numberOf(values: Int32Array, length: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(values, length) & mask;
    for (let own = this.#slots[slot] ?? 0; own !== 0; own = this.#slots[slot] ?? 0) {
      if (this.#isSame(own - 1, values, length)) return own - 1;
      slot = (slot + 1) & mask;
    }
    return this.#put(values, length, slot);
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] ?? 0);
  }

  #isSame(number: number, values: Int32Array, length: number): boolean {
    const start = this.#startOf(number);
    if ((this.#ends[number] ?? 0) - start !== length) return false;
    for (let at = 0; at < length; at += 1) if (this.#values[start + at] !== values[at]) return false;
    return true;
  }

  #put(values: Int32Array, length: number, slot: number): number {
    const number = this.#count;
    const start = this.#startOf(number);
    if (start + length > this.#values.length) this.#values = grown(this.#values, start + length);
    if (number >= this.#ends.length) this.#ends = grown(this.#ends, number + 1);
    this.#values.set(values.subarray(0, length), start);
    this.#ends[number] = start + length;
    this.#count += 1;
    this.#slots[slot] = this.#count;
    if (this.#count * SPARE > this.#slots.length) this.#spread();
    return number;
  }

  #spread(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#count; number += 1) {
      const values = this.of(number);
      let slot = hashOf(values, values.length) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

/** The same values with room for so many at least. */
export function grown(values: Int32Array, least: number): Int32Array<ArrayBuffer> {
  const more = new Int32Array(Math.max(values.length * 2, least));
  more.set(values);
  return more;
}

/** FNV-1a by numbers in place of bytes, mixed once more so that its low bits tell sequences apart. */
function hashOf(values: Int32Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < length; at += 1) hash = Math.imul(hash ^ (values[at] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
