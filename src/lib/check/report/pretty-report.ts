/** A report for people: one line a check, and below those that did not pass the part of the trace that differs. */
import { visibleLine } from '../../render/visible';
import type { Coverage, Covered } from '../coverage';
import type { CheckReport, CheckResult } from '../result';
import { explanation, proofOf, proofTotals } from './explanation';
import { type GrowingReport, linesText, wholeText } from './growing-report';

export interface PrettyOptions {
  readonly colour: boolean;
}

/** How many missed names of a kind a coverage table lists. */
const LISTED = 20;

/** The report's text: checks by file, in the files' order. */
export function prettyReport(report: CheckReport, options: PrettyOptions): string {
  const files = [...new Set(report.checks.map((check) => check.file))];
  const checks = files.flatMap((file) => report.checks.filter((check) => check.file === file));
  return wholeText(growingPretty(options), { ...report, checks });
}

/** The same in pieces, of checks that come file by file. */
export function growingPretty(options: PrettyOptions): GrowingReport {
  return {
    check: (check, { before }) => {
      const isNew = before?.file !== check.file;
      const heading = isNew ? [...(before === null ? [] : ['']), paint(visibleLine(check.file), '1', options)] : [];
      return linesText([...heading, ...checkLines(check, options)]);
    },
    end: (report) => {
      const coverage = (report.coverage ?? []).flatMap((one) => [...coverageLines(one, options), '']);
      return linesText([...(report.checks.length === 0 ? [] : ['']), ...coverage, totals(report, options)]);
    },
  };
}

const MARKS = { passed: ['✓', '32'], failed: ['✗', '31'], unjudged: ['!', '33'] } as const;

function checkLines(check: CheckResult, options: PrettyOptions): readonly string[] {
  const [mark, tone] = MARKS[check.passed ? 'passed' : check.error === null ? 'failed' : 'unjudged'];
  const where = check.passed ? '' : paint(`  ${visibleLine(check.file)}:${check.line}`, '2', options);
  return [
    `  ${paint(mark, tone, options)} ${visibleLine(check.name)}${where}`,
    ...[...explanation(check), ...proofOf(check)].map((line) => `      ${line}`),
  ];
}

function totals(report: CheckReport, options: PrettyOptions): string {
  const { passed, failed, unjudged } = report;
  const proved = proofTotals(report);
  const parts = [
    paint(`${passed} passed`, passed > 0 ? '32' : '', options),
    paint(`${failed} failed`, failed > 0 ? '31' : '', options),
    ...(unjudged > 0 ? [paint(`${unjudged} could not be judged`, '33', options)] : []),
  ];
  return [parts.join(', '), ...(proved === null ? [] : [proved])].join('; ');
}

function coverageLines(coverage: Coverage, options: PrettyOptions): readonly string[] {
  const kinds: readonly (readonly [string, Covered])[] = [
    ['virtual hosts', coverage.virtualHosts],
    ['routes', coverage.routes],
    ['clusters', coverage.clusters],
  ];
  return [
    paint(`Coverage of ${visibleLine(coverage.proxy)}`, '1', options),
    ...kinds.flatMap(([kind, { total, missed }]) => {
      const met = total - missed.length;
      const percent = total === 0 ? '' : ` (${Math.floor((met * 100) / total)}%)`;
      const more = missed.length > LISTED ? [`      and ${missed.length - LISTED} more`] : [];
      return [
        `  ${kind.padEnd(13)}  ${met} of ${total} met${percent}${missed.length > 0 ? '; not met:' : ''}`,
        ...missed.slice(0, LISTED).map((name) => `      ${visibleLine(name)}`),
        ...more,
      ];
    }),
  ];
}

function paint(text: string, code: string, { colour }: PrettyOptions): string {
  return colour && code !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
}
