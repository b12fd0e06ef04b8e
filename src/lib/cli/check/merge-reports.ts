/** Reads JSON reports of several runs as one. */
import { mergeReports, parseJsonReport } from '../../check/report/json-report';
import type { CheckReport } from '../../check/result';
import { UsageError } from '../../errors';
import { fileBody, textOfBody } from '../../source/body';

export async function mergedReport(paths: readonly string[]): Promise<CheckReport> {
  const reports: CheckReport[] = [];
  for (const path of paths) reports.push(parseJsonReport(path, await textOfBody(fileBody(path))));
  const merged = mergeReports(reports);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new UsageError(`${twice} is given twice`);
  return merged;
}
