/** Logic with a third value: true, false, or unknown because an input that is not in the configuration decides. */

export interface Unknown {
  /** The input that would decide, in words: `dynamic metadata of envoy.lb`. */
  readonly unknown: string;
}

export type Ternary = boolean | Unknown;

export function unknown(input: string): Unknown {
  return { unknown: input };
}

export function isUnknown(value: Ternary): value is Unknown {
  return typeof value !== 'boolean';
}

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
