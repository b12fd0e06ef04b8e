/** Prints a report while its checks are judged: whoever reads it, or stops at the first failure, waits for no others. */
import type { CheckFile } from '../../check/check-file';
import type { GrowingReport } from '../../check/report/growing-report';
import type { CheckReport, CheckResult } from '../../check/result';
import type { Streams, TextKind } from '../streams';

export interface LiveReport {
  /** Prints a check that was judged. */
  check(result: CheckResult, total: number): Promise<void>;
  /** Prints what is left. */
  end(report: CheckReport): Promise<void>;
}

/**
 * Whether the checks of these files can be printed as they are judged: where each file is given once, since its checks stand
 * together; not on a terminal, which has the bar and the pager.
 */
export function canBeLive(files: readonly CheckFile[], streams: Streams): boolean {
  return !streams.terminal && new Set(files.map(({ label }) => label)).size === files.length;
}

/** @param shown what may be printed of a result */
export function liveReport(
  { check, end }: GrowingReport,
  kind: TextKind,
  streams: Streams,
  shown: (result: CheckResult) => CheckResult,
): LiveReport {
  let number = 0;
  let before: CheckResult | null = null;
  return {
    check: async (result, total) => {
      const judged = shown(result);
      number += 1;
      await streams.write(check(judged, { number, total, before }), kind);
      before = judged;
    },
    end: async (report) => {
      await streams.write(end(report), kind);
    },
  };
}
