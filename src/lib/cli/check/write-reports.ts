/** Prints a check's report, and writes others beside it. */
import { githubAnnotations } from '../../check/report/github-report';
import { jsonReport, jsonReportText } from '../../check/report/json-report';
import { junitReport } from '../../check/report/junit-report';
import { githubSummary } from '../../check/report/summary-report';
import type { GrowingReport } from '../../check/report/growing-report';
import { growingPretty, prettyReport } from '../../check/report/pretty-report';
import { growingTap, tapReport } from '../../check/report/tap-report';
import type { CheckReport, CheckResult } from '../../check/result';
import { UsageError } from '../../errors';
import { publicTrace } from '../../explain/public-trace';
import { appendNamedFile, writeNamedFile } from '../../files/named';
import { renderYaml } from '../../render/structured';
import { secretsAreShown, withoutGiven } from '../../secrets/disclosure';
import { redacted } from '../../secrets/redact';
import type { Streams, TextKind } from '../streams';
import { type LiveReport, liveReport } from './live-report';
import { inWorkspace } from './workspace';

/** A format of reports. One is added here, and only here. */
interface ReportRules {
  /** Whether it holds the traces of checks that passed. */
  readonly holdsTraces: boolean;
  /** @param colour whether it may have colour, where it knows any */
  readonly text: (report: CheckReport, colour: boolean) => ReportText | Promise<ReportText>;
  /** What its text is for those who print it. */
  readonly kind: TextKind;
  /** The same in pieces, where its text can grow with the checks. */
  readonly growing?: (colour: boolean) => GrowingReport;
  /** Whether a CI system looks up its files in the working copy. */
  readonly isLocated?: true;
}

type ReportText = string | Iterable<string>;

const REPORTS = {
  pretty: {
    holdsTraces: false,
    text: (report, colour) => prettyReport(report, { colour }),
    growing: (colour) => growingPretty({ colour }),
    kind: 'styled',
  },
  tap: { holdsTraces: false, text: tapReport, growing: () => growingTap, kind: 'text' },
  junit: { holdsTraces: false, text: junitReport, kind: 'text', isLocated: true },
  json: { holdsTraces: true, text: jsonReportText, kind: 'data' },
  yaml: { holdsTraces: true, text: (report) => renderYaml(jsonReport(report)), kind: 'data' },
} satisfies Record<string, ReportRules>;

export type ReportFormat = keyof typeof REPORTS;

export const REPORT_FORMATS = Object.keys(REPORTS) as readonly ReportFormat[];

/** A report to write to a file. */
export interface ReportFile {
  readonly format: ReportFormat;
  readonly path: string;
}

/** Whether one of the reports holds the traces of checks that passed. */
export function holdsTraces(format: ReportFormat, files: readonly ReportFile[]): boolean {
  return [format, ...files.map((file) => file.format)].some((one) => REPORTS[one].holdsTraces);
}

/** Reads `FORMAT=FILE`. Throws UsageError for anything else. */
export function parseReportFile(text: string): ReportFile {
  const equals = text.indexOf('=');
  const format = REPORT_FORMATS.find((known) => known === text.slice(0, equals));
  const path = text.slice(equals + 1);
  if (format !== undefined && path !== '') return { format, path };
  throw new UsageError(`invalid argument "${text}" for "--report" flag: it is FORMAT=FILE`, {
    hint: `Formats: ${REPORT_FORMATS.join(', ')}. For example --report junit=report.xml.`,
  });
}

/** Prints checks in a format while they are judged; null where its text is no such text. */
export function liveReportIn(format: ReportFormat, streams: Streams): LiveReport | null {
  const { growing, kind }: ReportRules = REPORTS[format];
  return growing === undefined ? null : liveReport(growing(streams.colour), kind, streams, publicResult);
}

/**
 * Prints the report to stdout in a format, writes the files, and annotates a GitHub Actions job and summarises it on its page.
 * @param live what has printed the checks already; null where nothing is printed
 */
export async function writeReports(
  judged: CheckReport,
  { format, files, live }: { format: ReportFormat; files: readonly ReportFile[]; live: LiveReport | null },
  streams: Streams,
): Promise<void> {
  const report = publicReport(judged);
  const { GITHUB_WORKSPACE: root = '', GITHUB_STEP_SUMMARY: summary = '' } = streams.env;
  const located = inWorkspace(report, root === '' ? null : root);
  const textOf = async (one: ReportFormat, colour: boolean): Promise<ReportText> => {
    const rules: ReportRules = REPORTS[one];
    return await rules.text(rules.isLocated === true ? located : report, colour);
  };
  for (const file of files) await writeNamedFile(file.path, withoutGivenIn(await textOf(file.format, false)));
  if (live === null) await streams.write(await textOf(format, streams.colour), REPORTS[format].kind);
  else await live.end(report);
  // On stderr, so that data on stdout stays what it is; a job's log has both.
  if (streams.env['GITHUB_ACTIONS'] === 'true') for (const line of githubAnnotations(located)) streams.command(line);
  if (summary !== '') await appendNamedFile(summary, withoutGiven(githubSummary(located)));
}

/** The report without what the person gave as secrets, and without those of the configuration. */
function publicReport(report: CheckReport): CheckReport {
  return { ...report, checks: report.checks.map(publicResult) };
}

function publicResult(check: CheckResult): CheckResult {
  if (secretsAreShown()) return check;
  return {
    ...check,
    ...redacted({ ...check, trace: null }),
    trace: check.trace === null ? null : publicTrace(check.trace, false),
  };
}

function* withoutGivenIn(text: string | Iterable<string>): Iterable<string> {
  for (const piece of typeof text === 'string' ? [text] : text) yield withoutGiven(piece);
}
