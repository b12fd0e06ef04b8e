/**
 * Work that takes long without a pause. A listener of JavaScript is called in pauses alone, so that who listens to signals hears of it
 * here, and does not listen meanwhile: the system then ends the process at once.
 */

import { setImmediate } from 'node:timers/promises';

/** Does the work, whatever must be so meanwhile. */
type Around = <T>(work: () => T) => T;

const plainly: Around = (work) => work();
let around: Around = plainly;

/** Does work that may take long. */
export function withoutPause<T>(work: () => T): T {
  return around(work);
}

/**
 * What comes before such work: listeners hear of what has happened until now. Who takes a listener away in the turn in which its signal
 * comes loses it: libuv reads signals from a pipe, as one event among those of a round of the loop, so that a whole round goes by.
 */
export async function pauseBefore(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/** Sets what must be so while such work is done; null for nothing. */
export function surroundLongWork(next: Around | null): void {
  around = next ?? plainly;
}
