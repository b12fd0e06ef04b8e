/**
 * Ctrl-C, a stop by the system, and a terminal that goes away. A listener of JavaScript is called between two turns of the
 * loop only, so that a long computation would have to end first. Therefore signals keep what the system does with them, which
 * ends the process at once, and are listened to only while there is something to put back.
 */
import { ExitCode } from '../errors';
import { surroundLongWork } from '../long-work';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long a run that was interrupted may take to end. */
const PATIENCE_MS = 800;

/** What is still to be undone when the user interrupts. */
export class Interrupts {
  /** What is to be done, with how long that may take in milliseconds. */
  readonly #cleanups = new Map<() => Promise<void>, number>();
  readonly #end: (status: number) => Promise<void>;
  readonly #listener = (): void => void this.#interrupted();

  /** @param end ends the process with an exit status */
  constructor(end: (status: number) => Promise<void>) {
    this.#end = end;
  }

  /** Registers what must still be done before the run ends; the function returned takes it back. */
  add(cleanup: () => Promise<void>, patienceMs = PATIENCE_MS): () => void {
    if (this.#cleanups.size === 0) {
      this.#listen();
      surroundLongWork((work) => this.#unattended(work));
    }
    this.#cleanups.set(cleanup, patienceMs);
    return () => {
      if (!this.#cleanups.delete(cleanup) || this.#cleanups.size > 0) return;
      this.#forget();
      surroundLongWork(null);
    };
  }

  #listen(): void {
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  /** What a signal leaves undone meanwhile, the next run finds and does; what must be put back is waited for all the same. */
  #unattended<T>(work: () => T): T {
    if ([...this.#cleanups.values()].some((patienceMs) => patienceMs > PATIENCE_MS)) return work();
    this.#forget();
    try {
      return work();
    } finally {
      this.#listen();
    }
  }

  /** A second signal is not waited for: nobody listens to it. */
  #forget(): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }

  /** Does what was registered, the last first, each waited for no longer than it asked for. */
  async #interrupted(): Promise<void> {
    this.#forget();
    surroundLongWork(null);
    for (const [cleanup, patienceMs] of [...this.#cleanups].reverse()) {
      await withPatience(cleanup(), patienceMs);
    }
    await this.#end(ExitCode.interrupted);
  }
}

/** Waits for something, whatever becomes of it, but no longer than this. */
export async function withPatience(wait: Promise<unknown>, milliseconds: number): Promise<void> {
  const patience = new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
  await Promise.race([Promise.allSettled([wait]), patience]);
}
