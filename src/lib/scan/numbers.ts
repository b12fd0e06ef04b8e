/** Many numbers in a row, outside of JavaScript's heap. */
export class Numbers {
  #numbers = new Float64Array(16);
  #length = 0;

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#length++] = number;
  }

  /** Throws RangeError beyond the last one. */
  at(index: number): number {
    const number = index < this.#length ? this.#numbers[index] : undefined;
    if (number === undefined) throw new RangeError(`no number at ${index}`);
    return number;
  }
}
