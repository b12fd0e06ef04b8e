/** Whether any of these passes; those behind the first that does are not come to. */
export function anyOf<T>(items: Iterable<T>, passes: (item: T) => boolean): boolean {
  for (const item of items) if (passes(item)) return true;
  return false;
}
