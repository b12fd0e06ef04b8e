/** A report whose text can be printed while checks are still being judged: nothing in it stands in front of what it counts. */
import type { CheckReport, CheckResult } from '../result';

/** A check's place among the results. */
export interface PlaceInReport {
  /** From 1. */
  readonly number: number;
  /** How many checks there are in all. */
  readonly total: number;
  /** The check in front of it; null for the first. */
  readonly before: CheckResult | null;
}

/** The texts of such a report, in this order. Together they are the whole of it. */
export interface GrowingReport {
  /** A check's own, with what stands in front of it. */
  readonly check: (check: CheckResult, place: PlaceInReport) => string;
  /** What stands behind all checks. */
  readonly end: (report: CheckReport) => string;
}

/** The text of a report that is complete. */
export function wholeText({ check, end }: GrowingReport, report: CheckReport): string {
  const total = report.checks.length;
  const texts = report.checks.map((one, index) =>
    check(one, { number: index + 1, total, before: report.checks[index - 1] ?? null }),
  );
  return [...texts, end(report)].join('');
}

/** Lines as a text, each with its end. */
export function linesText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
