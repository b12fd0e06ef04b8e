/**
 * Annotations as GitHub Actions reads them from a job's log.
 * https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
import type { CheckReport } from '../result';
import { explanation } from './explanation';

/** One line for every check that did not pass. */
export function githubAnnotations(report: CheckReport): readonly string[] {
  return report.checks
    .filter((check) => !check.passed)
    .map((check) => {
      const title = check.error === null ? check.name : `not judged: ${check.name}`;
      const properties = { file: check.file, line: String(check.line), title };
      const head = Object.entries(properties).map(([key, value]) => `${key}=${property(value)}`);
      return `::error ${head.join(',')}::${data(explanation(check).join('\n'))}`;
    });
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
