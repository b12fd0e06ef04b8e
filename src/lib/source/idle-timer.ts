/** A wait with an end: what is called when nothing has happened for so long. */

export interface IdleTimer {
  /** Something happened: the wait begins anew. */
  again(): void;
  /** What was waited for is there. */
  stop(): void;
}

/** @param milliseconds how long nothing may happen; zero means for ever */
export function idleTimer(milliseconds: number, whenOver: () => void): IdleTimer {
  if (milliseconds <= 0) return { again: () => undefined, stop: () => undefined };
  const timer = setTimeout(whenOver, milliseconds);
  return {
    again: () => {
      timer.refresh();
    },
    stop: () => {
      clearTimeout(timer);
    },
  };
}
