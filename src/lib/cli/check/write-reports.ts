/** Prints a check's report, and writes others beside it. */
import { githubAnnotations } from '../../check/report/github-report';
import { jsonReport, jsonReportText } from '../../check/report/json-report';
import { junitReport } from '../../check/report/junit-report';
import { prettyReport } from '../../check/report/pretty-report';
import { tapReport } from '../../check/report/tap-report';
import type { CheckReport } from '../../check/result';
import { UsageError } from '../../errors';
import { writeNamedFile } from '../../files/named';
import { renderYaml } from '../../render/structured';
import type { Streams } from '../streams';
import { visible } from '../../render/visible';

export const REPORT_FORMATS = ['pretty', 'tap', 'junit', 'json', 'yaml'] as const;

type ReportFormat = (typeof REPORT_FORMATS)[number];

/** A report to write to a file. */
export interface ReportFile {
  readonly format: ReportFormat;
  readonly path: string;
}

/** Whether one of the reports holds the traces of checks that passed. */
export function holdsTraces(format: string, files: readonly ReportFile[]): boolean {
  return [format, ...files.map((file) => file.format)].some((one) => one === 'json' || one === 'yaml');
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

/** Prints the report to stdout in a format, writes the files, and annotates a GitHub Actions job. */
export async function writeReports(
  report: CheckReport,
  format: string,
  files: readonly ReportFile[],
  streams: Streams,
): Promise<void> {
  for (const file of files) await writeNamedFile(file.path, await textOf(report, file.format, false));
  const isStyled = format === 'pretty';
  await streams.write(await textOf(report, format, streams.colour), { styled: isStyled });
  // On stderr, so that data on stdout stays what it is; a job's log has both.
  if (streams.env['GITHUB_ACTIONS'] === 'true') for (const line of githubAnnotations(report)) streams.note(line);
}

async function textOf(report: CheckReport, format: string, colour: boolean): Promise<string | Iterable<string>> {
  switch (format) {
    case 'json':
      return jsonReportText(report);
    case 'yaml':
      return await renderYaml(jsonReport(report));
    case 'tap':
      return tapReport(report);
    case 'junit':
      return junitReport(report);
    default:
      return prettyReport(report, { colour, visible });
  }
}
