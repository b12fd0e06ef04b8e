/**
 * Fields whose value is not of their type. Nobody is disturbed by one but who reads it: it is an accessor that throws. Who
 * only hands values on as they stand, to print or to compare them, reads with `asItStands`.
 */
import { InputError } from '../errors';

/** What is wrong with the value at a JSON pointer, as the words that follow it in a sentence. */
export function wrongType(pointer: string, because: string): InputError {
  return new InputError(`${pointer} ${because}`, {
    hint: 'Envoy does not write this: look at what has made or changed the document.',
  });
}

/** What stands in the document in such fields, by message or list. */
const held = new WeakMap<object, ReadonlyMap<string, unknown>>();
let isAnyGuarded = false;

/** Makes a field of a message, or an element of a list, throw InputError where it is read. */
export function guard(target: object, name: string, value: unknown, error: InputError): void {
  const get = (): never => {
    throw error;
  };
  held.set(target, new Map(held.get(target)).set(name, value));
  isAnyGuarded = true;
  // One that is missing stays so for who lists the fields.
  Object.defineProperty(target, name, { get, enumerable: value !== undefined, configurable: true });
}

/** A message or list with all that is in it, of its type or not; the same object where all is. */
export function asItStands<T extends object>(value: T): T {
  const wrong = isAnyGuarded ? held.get(value) : undefined;
  if (wrong === undefined) return value;
  const fields = Object.keys(value).map((name): [string, unknown] => [
    name,
    wrong.has(name) ? wrong.get(name) : (value as Readonly<Record<string, unknown>>)[name],
  ]);
  return (Array.isArray(value) ? fields.map(([, item]) => item) : Object.fromEntries(fields)) as T;
}

/** Whether a field holds what is not of its type. */
export function isGuarded(message: object, name: string): boolean {
  return isAnyGuarded && held.get(message)?.has(name) === true;
}
