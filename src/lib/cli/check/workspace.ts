/** Where a check file is in the working copy that a CI job checks. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { STANDARD_INPUT } from '../../check/report/github-report';
import type { CheckReport } from '../../check/result';

/** A report whose files are named from the root of the working copy; as it was where there is none (null). */
export function inWorkspace(report: CheckReport, workspace: string | null): CheckReport {
  if (workspace === null) return report;
  return { ...report, checks: report.checks.map((one) => ({ ...one, file: pathInWorkspace(one.file, workspace) })) };
}

/**
 * A file's path from the root of the working copy, with slashes, as annotations and readers of JUnit look it up; the path as it was
 * given where it is not inside.
 */
function pathInWorkspace(file: string, workspace: string): string {
  if (file === STANDARD_INPUT) return file;
  const path = relative(resolve(workspace), resolve(file));
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path.split(sep).join('/');
}
