/** Work on many things at once, but not on too many. */

/** What became of one piece of work. */
export type Outcome<T> = { readonly value: T } | { readonly error: Error };

/** Starts the work on every item in order, `bound` at a time, and hands over each outcome in the items' order. */
export async function* inParallel<T, R>(
  items: readonly T[],
  bound: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<readonly [T, Outcome<R>]> {
  const running = new Map<number, Promise<Outcome<R>>>();
  const start = (index: number): void => {
    const item = items[index];
    if (item !== undefined) running.set(index, settled(work(item)));
  };
  for (let index = 0; index < bound; index += 1) start(index);
  for (const [index, item] of items.entries()) {
    const outcome = await running.get(index);
    start(index + bound);
    if (outcome !== undefined) yield [item, outcome];
    // What was handed over need not stay in memory.
    running.delete(index);
  }
}

async function settled<R>(work: Promise<R>): Promise<Outcome<R>> {
  try {
    return { value: await work };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}
