/**
 * A table looked up by a name that others write. `constructor` and `toString` are names of every object, and what they name
 * there is no entry.
 */

/** What a table holds under a name of its own; undefined where it has none such. */
export function ownField<T>(table: Readonly<Record<string, T>> | null | undefined, name: string): T | undefined {
  return table !== null && table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Sets a field of an object that is being made; `__proto__` is one as any other. */
export function setField(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}
