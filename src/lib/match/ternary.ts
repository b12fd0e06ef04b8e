/** Logic with a third value: true, false, or unknown because an input that is not in the configuration decides. */

/**
 * A fact that neither the configuration nor the question holds. It is a value of its own: never an empty text or null,
 * which a reader may take for "no". Whoever decides by it decides nothing, and says which input is lacking.
 */
export class Unknown {
  /** The input that would decide, in words, with the flag that gives it: `the source's address (--source-ip)`. */
  readonly unknown: string;
  readonly #isMade = true;

  constructor(input: string) {
    this.unknown = input;
  }

  static is(value: unknown): value is Unknown {
    return typeof value === 'object' && value !== null && #isMade in value;
  }
}

/** A fact of which not even its being there is known: whether a header is set hangs on an input that is lacking. */
export class MaybeAbsent extends Unknown {}

export type Ternary = boolean | Unknown;

/** A fact that is not known, by the input that is lacking. */
export function unknown(input: string): Unknown {
  return new Unknown(input);
}

/** Whether a fact is not known, of whatever kind it would be. */
export function isUnknown(value: unknown): value is Unknown {
  return Unknown.is(value);
}

/** The opposite; unknown stays unknown. */
export function not(value: Ternary): Ternary {
  return isUnknown(value) ? value : !value;
}

/** False if one is false, else unknown if one is unknown, else true. Stops at the first false. */
export function every<T>(items: Iterable<T>, holds: (item: T) => Ternary): Ternary {
  let result: Ternary = true;
  for (const item of items) {
    const value = holds(item);
    if (value === false) return false;
    if (isUnknown(value) && !isUnknown(result)) result = value;
  }
  return result;
}

/** True if one is true, else unknown if one is unknown, else false. Stops at the first true. */
export function some<T>(items: Iterable<T>, holds: (item: T) => Ternary): Ternary {
  return not(every(items, (item) => not(holds(item))));
}
