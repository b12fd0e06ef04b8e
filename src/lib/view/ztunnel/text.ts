/** What the views of a ztunnel's dump share: addresses, and Go's JSON. */
import { setField } from '../../own-field';

/** What is behind the first slash of `network/IP`; empty where there is none. */
export function addressPart(vip: string): string {
  const at = vip.indexOf('/');
  return at < 0 ? '' : vip.slice(at + 1);
}

/** Texts of a list, null ones as empty. */
export function textsOf(list: readonly (string | null)[] | undefined): readonly string[] {
  return list === undefined ? [] : hasNoNull(list) ? list : list.map((one) => one ?? '');
}

function hasNoNull(list: readonly (string | null)[]): list is readonly string[] {
  return !list.includes(null);
}

/**
 * One object of the members of several, in their order. There can be a hundred thousand: a literal of that many spreads takes
 * V8 a hundred times as long, and leaves garbage that lives long.
 */
export function together(...parts: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const part of parts) {
    for (const name of Object.keys(part)) setField(whole, name, part[name]);
  }
  return whole;
}

/** An object's members without those that are empty, which Go leaves out (`omitempty`). */
export function withoutEmpty(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null || value === '' || value === false || value === 0;
}

/** Members that istioctl does not know and drops; those that are null or left out are not there. */
export function othersOf(value: object, known: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(([name, one]) => !known.includes(name) && one !== undefined && one !== null),
  );
}

/** A list as Go writes it: null where it is left out. */
export function listOrNull<T>(list: readonly T[] | undefined): readonly T[] | null {
  return list ?? null;
}

/** Stands for null where an object is asked for. */
export const JSON_NULL: object = Object.freeze({ toJSON: () => null });
