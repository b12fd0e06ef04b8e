/** Entries of a section that were told to be of its shape: good until the cursor moves on. */
import type { EntryFitter } from './entry-fitter';
import type { EntryRun, WholeElement } from './entry-run';
import type { FieldPlaces } from './field-places';

export class FittedRun implements EntryRun {
  readonly count: number;
  /** Whether the list or map ends behind them. */
  readonly hasEnded: boolean;
  readonly #fitter: EntryFitter;
  readonly #piece: Uint8Array;
  readonly #base: number;
  readonly #isMap: boolean;
  #first = 0;
  #values: readonly unknown[] | null = null;

  /** @param piece where they stand, which begins at `base` in the document */
  constructor(of: {
    readonly fitter: EntryFitter;
    readonly piece: Uint8Array;
    readonly base: number;
    readonly count: number;
    readonly hasEnded: boolean;
    readonly isMap: boolean;
  }) {
    this.#fitter = of.fitter;
    this.#piece = of.piece;
    this.#base = of.base;
    this.#isMap = of.isMap;
    this.count = of.count;
    this.hasEnded = of.hasEnded;
  }

  /** @param index that of the first of them in the list */
  from(index: number): this {
    this.#first = index;
    return this;
  }

  get values(): readonly unknown[] {
    return (this.#values ??= this.#fitter.values());
  }

  get places(): FieldPlaces {
    return this.#fitter.places();
  }

  token(index: number): number | string {
    return this.#isMap ? this.#fitter.nameOf(index) : this.#first + index;
  }

  text(index: number): WholeElement {
    const { begin, end } = this.#fitter.placeOf(index);
    const whole = (): Uint8Array => this.#piece.subarray(begin, end);
    return { offset: this.#base + begin, size: end - begin, whole };
  }

  isKnownToFit(index: number): boolean {
    return !this.#fitter.hasNulls(index);
  }
}
