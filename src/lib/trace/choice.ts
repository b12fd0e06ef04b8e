/** What a matcher says: what it chose, why, and which candidates it rejected. */
import type { Rejection } from './model';

export interface Choice<T> {
  /** Null where nothing matched. */
  readonly chosen: T | null;
  /** Why this one, or why none. */
  readonly because: string;
  /** The nearest candidates not taken, nearest first, at most as many as were asked for. */
  readonly rejected: readonly Rejection[];
  readonly rejectedCount: number;
}

/** How many rejected candidates an explanation may hold. */
export interface ExplainOptions {
  readonly limit: number;
}

/** The default number of rejected candidates; `--explain` lifts it. */
export const NEAREST = 5;
