/** What replaying access logs gives: how many lines agree, differ or are not known, and in what. */
import type { Stage } from '../trace/model';

/** Lines that are alike: in what they agree, differ or lack. */
export interface ReplayGroup {
  /** `left-out`: nothing of it came to a proxy; it is none of `lines`. */
  readonly kind: 'agree' | 'differ' | 'unknown' | 'left-out';
  /** The proxy that wrote the lines; null where it has no name. */
  readonly proxy: string | null;
  /** Where prediction and log part; null unless they differ. */
  readonly stage: Stage | null;
  readonly predicted: string | null;
  readonly logged: string | null;
  /** What the configuration needs of a request to do what the lines say (`end-user: luffy`), what is not known, or why it was left out; null for nothing. */
  readonly needs: string | null;
  readonly count: number;
  /** One of the lines. */
  readonly example: string;
}

export interface ReplayResult {
  /** What was held against the configuration: the sum of the next three. */
  readonly lines: number;
  readonly agree: number;
  readonly differ: number;
  readonly unknown: number;
  readonly leftOut: number;
  readonly groups: readonly ReplayGroup[];
}
