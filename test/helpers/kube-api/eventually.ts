/** Waits for what comes a moment later, such as a connection's end. */

/** The value as soon as it passes, else the last one after `milliseconds`. */
export async function eventually<T>(value: () => T, passes: (value: T) => boolean, milliseconds = 3000): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const now = value();
    if (passes(now) || Date.now() > end) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
