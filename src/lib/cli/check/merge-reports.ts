/** Reads JSON reports of several runs as one. */
import { mergeReports, parseJsonReport } from '../../check/report/json-report';
import type { CheckReport } from '../../check/result';
import { fileBody, textOfBody } from '../../source/body';

export async function mergedReport(paths: readonly string[]): Promise<CheckReport> {
  const reports: CheckReport[] = [];
  for (const path of paths) reports.push(parseJsonReport(path, await textOfBody(fileBody(path))));
  return mergeReports(reports);
}
