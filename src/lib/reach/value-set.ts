/** Values that one dimension of a request may have, its being missing among them. */
import type { Language } from './language';

/** Values of one dimension. */
export interface ValueSet {
  /** Whether it may be missing altogether. */
  readonly absent: boolean;
  readonly values: Language;
}

export function both(a: ValueSet, b: ValueSet): ValueSet {
  return { absent: a.absent && b.absent, values: a.values.and(b.values) };
}

export function either(a: ValueSet, b: ValueSet): ValueSet {
  return { absent: a.absent || b.absent, values: a.values.or(b.values) };
}

export function opposite(set: ValueSet): ValueSet {
  return { absent: !set.absent, values: set.values.not() };
}

export function isEmpty(set: ValueSet): boolean {
  return !set.absent && set.values.isEmpty();
}

export function isWithin(a: ValueSet, b: ValueSet): boolean {
  return (!a.absent || b.absent) && a.values.isWithin(b.values);
}

export function isSame(a: ValueSet, b: ValueSet): boolean {
  return isWithin(a, b) && isWithin(b, a);
}

/** The same text for the same set. */
export function keyOf(set: ValueSet): string {
  return `${set.absent ? 'absent or ' : ''}${set.values.key()}`;
}
