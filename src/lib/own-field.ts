/**
 * A table looked up by a name that others write. `constructor` and `toString` are names of every object, and what they name
 * there is no entry.
 */

/** What a table holds under a name of its own; undefined where it has none such. */
export function ownField<T>(table: Readonly<Record<string, T>> | null | undefined, name: string): T | undefined {
  return table !== null && table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
