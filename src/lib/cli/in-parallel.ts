/** Work on many things at once, but not on too many. */

/** What became of one piece of work. */
export type WorkResult<T> = { readonly value: T } | { readonly error: Error };

/**
 * Starts the work on every item in order, `bound` at a time, and hands over each outcome in the items' order. Work that takes
 * long keeps its own place and no other: what ends behind it waits to be handed over, and the next is started.
 */
export async function* inParallel<T, R>(
  items: readonly T[],
  bound: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<readonly [T, WorkResult<R>]> {
  const outcomes = new Map<number, WorkResult<R>>();
  let next = 0;
  let wake: () => void = () => undefined;
  const goOn = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      outcomes.set(index, await settled(work(items[index] as T)));
      wake();
    }
  };
  for (let place = 0; place < bound; place += 1) void goOn();
  try {
    for (const [index, item] of items.entries()) {
      while (!outcomes.has(index)) await new Promise<void>((resolve) => (wake = resolve));
      const outcome = outcomes.get(index);
      // What was handed over need not stay in memory.
      outcomes.delete(index);
      if (outcome !== undefined) yield [item, outcome];
    }
  } finally {
    next = items.length;
  }
}

async function settled<R>(work: Promise<R>): Promise<WorkResult<R>> {
  try {
    return { value: await work };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}
