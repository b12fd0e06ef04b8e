/** What became of checks: the value that every report is made from. */
import type { Witness } from '../reach/query';
import type { Trace } from '../trace/model';
import type { Coverage } from './coverage';
import type { Unmet } from './expectation';
import type { Shard } from './shard';

/** One check as it was judged. */
export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  /** Why it could not be judged; null where it was. */
  readonly error: string | null;
  readonly failures: readonly Unmet[];
  /** Null of a view, and of a check that could not be judged. */
  readonly trace: Trace | null;
  /** Where the same is expected of every request: one that is otherwise; it is the one that was traced. */
  readonly counterexample?: Witness;
  /** With `--prove`, why nothing was sent for it; a check whose request was sent has the proof in its trace. */
  readonly unsent?: string;
  readonly file: string;
  readonly line: number;
  readonly proxy: string | null;
  /** The exit status that the error asks for; null where there is none. */
  readonly exitStatus: number | null;
  /** How long it took, the loading of its proxy's dump included where it was the first to ask it. */
  readonly seconds: number;
}

export interface CheckReport {
  readonly passed: number;
  readonly failed: number;
  readonly unjudged: number;
  readonly checks: readonly CheckResult[];
  /** Null where it was not asked for. */
  readonly coverage: readonly Coverage[] | null;
  /** Which part of the checks this is; null of the whole. */
  readonly shard: Shard | null;
}

/** Counts results. */
export function reportOf(
  checks: readonly CheckResult[],
  coverage: readonly Coverage[] | null,
  shard: Shard | null = null,
): CheckReport {
  const unjudged = checks.filter((check) => check.error !== null).length;
  const passed = checks.filter((check) => check.passed).length;
  return { passed, failed: checks.length - passed - unjudged, unjudged, checks, coverage, shard };
}

/**
 * The exit status of a run: what kept a check from being judged comes before an expectation that is not met, since a
 * cluster that is away says nothing about it.
 */
export function exitStatusOf(report: CheckReport): number {
  const errors = report.checks.flatMap((check) => check.exitStatus ?? []);
  return errors.length > 0 ? errors.reduce((worst, error) => Math.max(worst, error)) : report.failed > 0 ? 1 : 0;
}
