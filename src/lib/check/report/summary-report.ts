/**
 * A report as GitHub shows it on a job's page: Markdown, in which every text of a check or a mesh is escaped HTML.
 * https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#adding-a-job-summary
 */
import { visibleLine } from '../../render/visible';
import { escaped } from '../../render/xml';
import type { CheckReport, CheckResult } from '../result';
import { explanation, proofOf, proofTotals } from './explanation';

/** GitHub shows no summary of more than 1 MiB. */
const MOST = 900_000;

/** The summary's text: how many checks passed, each that did not with what it expected, and what sending requests showed. */
export function githubSummary(report: CheckReport): string {
  const { passed, failed, unjudged } = report;
  const bad = report.checks.filter((check) => !check.passed);
  const shown = [...bad, ...report.checks.filter((check) => check.passed && proofOf(check).length > 0)];
  const proved = proofTotals(report);
  const parts = [`${passed} passed`, `${failed} failed`, ...(unjudged > 0 ? [`${unjudged} could not be judged`] : [])];
  let text = `### ${bad.length === 0 ? '✅' : '❌'} mctl check: ${[parts.join(', '), ...(proved === null ? [] : [proved])].join('; ')}\n\n`;
  for (const [index, check] of shown.entries()) {
    const next = detailsOf(check);
    if (Buffer.byteLength(text) + Buffer.byteLength(next) > MOST) {
      return `${text}and ${shown.length - index} more: the report has them.\n`;
    }
    text += next;
  }
  return text;
}

/** Without an empty line inside, which would end the HTML for a reader of Markdown. */
function detailsOf(check: CheckResult): string {
  const html = (line: string): string => escaped(visibleLine(line));
  const mark = check.passed ? '✅' : check.error === null ? '❌' : '⚠️ not judged:';
  const where = `${check.file}:${check.line}`;
  const lines = [...explanation(check), ...proofOf(check)].filter((line) => line.trim() !== '').map(escaped);
  const head = `<summary>${mark} ${html(check.name)} <code>${html(where)}</code></summary>`;
  return `<details>${head}\n<pre>${lines.join('\n')}</pre>\n</details>\n\n`;
}
