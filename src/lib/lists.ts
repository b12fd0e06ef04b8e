/**
 * Lists of any length. What is spread into the arguments of a call stands on the stack: beyond some 120,000 elements V8 throws a
 * RangeError, so that a rule of the linter forbids it.
 */

/** Puts all of them at the end of a list, in order. */
export function addAll<Item>(list: Item[], more: Iterable<Item>): void {
  for (const one of more) list.push(one);
}

/** The largest of numbers; `least` where there is none, or none is larger. */
export function largest(numbers: Iterable<number>, least = Number.NEGATIVE_INFINITY): number {
  let found = least;
  for (const one of numbers) if (one > found) found = one;
  return found;
}

/** The smallest of numbers; infinity where there is none. */
export function smallest(numbers: Iterable<number>): number {
  let found = Number.POSITIVE_INFINITY;
  for (const one of numbers) if (one < found) found = one;
  return found;
}
