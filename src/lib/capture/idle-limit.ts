/** Gives up on what does not answer: a source may hang without ever failing. */
import { wordFor } from '../caller';
import { UnavailableError } from '../errors';
import { RefusedPath, WriteError } from '../files/file-error';

export interface IdleLimit {
  /** Milliseconds without an answer or a byte; zero for ever. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/** The work was stopped from outside. */
export class Stopped extends UnavailableError {}

/** Whether nothing more can be saved: it was stopped, or the directory cannot be written to. */
export function isFatal(error: unknown): boolean {
  return error instanceof Stopped || error instanceof WriteError || error instanceof RefusedPath;
}

/** The promise's value, unless it takes too long or the signal comes first. */
export async function patiently<T>(what: string, patience: IdleLimit, promise: Promise<T>): Promise<T> {
  const { idleMs, signal } = patience;
  if (signal.aborted) throw new Stopped(`${what}: stopped`);
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const limits = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(new Stopped(`${what}: stopped`));
    };
    signal.addEventListener('abort', stop, { once: true });
    if (idleMs > 0) {
      timer = setTimeout(() => {
        const hint = `A longer wait is set with ${wordFor('timeout')}.`;
        reject(new UnavailableError(`${what}: no byte came for ${idleMs / 1000} s`, { hint }));
      }, idleMs);
    }
  });
  // The one that loses the race must not be an unhandled rejection.
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, limits]);
  } finally {
    clearTimeout(timer);
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

/** The chunks, each waited for patiently. */
export async function* patientChunks(
  what: string,
  patience: IdleLimit,
  chunks: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let isDone = false;
  try {
    for (;;) {
      const next = await patiently(what, patience, Promise.resolve(iterator.next()));
      if (next.done === true) break;
      yield next.value;
    }
    isDone = true;
  } finally {
    // A source that hangs may hang in its clean-up, too: it is told, and not waited for.
    if (!isDone) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
