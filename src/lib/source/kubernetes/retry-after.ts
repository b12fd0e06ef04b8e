/**
 * An API server that asks to come back later: it answers 429 where too many requests are under way (API Priority and
 * Fairness), and says after how many seconds to ask again.
 * https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiRefusal } from './api-error';

/** As many times as kubectl does. */
const TRIES = 10;
/** The least wait, where the server names none or zero. */
const LEAST_MS = 100;

/** How long to wait, from the answer's status and its Retry-After; null where it says nothing of coming back. */
export function retryAfterMs(status: number, header: string | undefined): number | null {
  const seconds = Number(header ?? Number.NaN);
  const isAsked = status === 429 || (status >= 500 && Number.isFinite(seconds));
  if (!isAsked) return null;
  return Math.max(Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0, LEAST_MS);
}

/**
 * Asks, and asks again as long as the answer is to come back later. Throws the last refusal.
 * @param mostMs how long the waits may be together; zero means any time
 */
export async function withRetries<T>(ask: () => Promise<T>, mostMs: number): Promise<T> {
  let waited = 0;
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const pause = error instanceof ApiRefusal ? error.retryAfterMs : null;
      if (pause === null || tries === TRIES || (mostMs > 0 && waited + pause > mostMs)) throw error;
      waited += pause;
      await sleep(pause);
    }
  }
}
