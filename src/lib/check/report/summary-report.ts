/**
 * A report as GitHub shows it on a job's page: Markdown, in which every text of a check or a mesh is escaped HTML.
 * https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#adding-a-job-summary
 */
import { visibleLine } from '../../render/visible';
import { escaped } from '../../render/xml';
import type { CheckReport, CheckResult } from '../result';
import { explanation } from './explanation';

/** GitHub shows no summary of more than 1 MiB. */
const MOST = 900_000;

/** The summary's text: how many checks passed, and each that did not with what it expected. */
export function githubSummary(report: CheckReport): string {
  const { passed, failed, unjudged } = report;
  const bad = report.checks.filter((check) => !check.passed);
  const parts = [`${passed} passed`, `${failed} failed`, ...(unjudged > 0 ? [`${unjudged} could not be judged`] : [])];
  let text = `### ${bad.length === 0 ? '✅' : '❌'} mctl check: ${parts.join(', ')}\n\n`;
  for (const [index, check] of bad.entries()) {
    const next = detailsOf(check);
    if (Buffer.byteLength(text) + Buffer.byteLength(next) > MOST) {
      return `${text}and ${bad.length - index} more: the report has them.\n`;
    }
    text += next;
  }
  return text;
}

/** Without an empty line inside, which would end the HTML for a reader of Markdown. */
function detailsOf(check: CheckResult): string {
  const html = (line: string): string => escaped(visibleLine(line));
  const mark = check.error === null ? '❌' : '⚠️ not judged:';
  const where = `${check.file}:${check.line}`;
  const lines = explanation(check)
    .filter((line) => line.trim() !== '')
    .map(escaped);
  const head = `<summary>${mark} ${html(check.name)} <code>${html(where)}</code></summary>`;
  return `<details>${head}\n<pre>${lines.join('\n')}</pre>\n</details>\n\n`;
}
