/**
 * Annotations as GitHub Actions reads them from a job's log.
 * https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
import { COMMAND_INSIDE, visible, visibleLine } from '../../render/visible';
import type { CheckReport } from '../result';
import { explanation } from './explanation';

/** What a check file that was piped in is called; it has no line in the working copy. */
export const STANDARD_INPUT = 'standard input';

/** One line for every check that did not pass. */
export function githubAnnotations(report: CheckReport): readonly string[] {
  return report.checks
    .filter((check) => !check.passed)
    .map((check) => {
      const title = check.error === null ? check.name : `not judged: ${check.name}`;
      const place = { file: check.file, line: String(check.line) };
      const properties = { ...(check.file === STANDARD_INPUT ? {} : place), title };
      const head = Object.entries(properties).map(([key, value]) => `${key}=${property(value)}`);
      return `::error ${head.join(',')}::${data(explanation(check).join('\n'))}`;
    });
}

/** The message behind the colons. https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function data(text: string): string {
  return visible(text).replace(COMMAND_INSIDE, '\\x23').replaceAll('%', '%25').replaceAll('\n', '%0A');
}

/** A property stays on its line, and ends at none of its own signs. */
function property(text: string): string {
  return data(visibleLine(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
