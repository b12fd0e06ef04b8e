/** A report in the Test Anything Protocol, version 14. https://testanything.org/tap-version-14-specification.html */
import { visibleLine } from '../../render/visible';
import { jsonLine } from '../../render/visible-json';
import type { CheckReport, CheckResult } from '../result';
import { explanation, proofOf } from './explanation';
import { type GrowingReport, linesText, wholeText } from './growing-report';

/** The report's text. A check that could not be judged is not ok, and says so in its diagnostics. */
export function tapReport(report: CheckReport): string {
  return wholeText(growingTap, report);
}

/** The same in pieces. */
export const growingTap: GrowingReport = {
  check: (check, { number, total }) => linesText([...(number === 1 ? headOf(total) : []), ...testPoint(check, number)]),
  end: ({ passed, failed, unjudged, checks }) =>
    linesText([
      ...(checks.length === 0 ? headOf(0) : []),
      ...[`# passed ${passed}`, `# failed ${failed}`, `# unjudged ${unjudged}`],
    ]),
};

function headOf(total: number): readonly string[] {
  return ['TAP version 14', `1..${total}`];
}

function testPoint(check: CheckResult, number: number): readonly string[] {
  const line = `${check.passed ? 'ok' : 'not ok'} ${number} - ${description(check.name)}`;
  const proof = proofOf(check);
  if (check.passed && proof.length === 0) return [line];
  const fields: Readonly<Record<string, unknown>> = {
    ...(check.passed ? {} : { severity: check.error === null ? 'fail' : 'error' }),
    at: { file: check.file, line: check.line },
    ...(check.proxy === null ? {} : { proxy: check.proxy }),
    ...(check.error === null ? {} : { message: check.error }),
    ...(check.failures.length === 0 ? {} : { failures: check.failures }),
    ...(check.passed ? {} : { explanation: explanation(check) }),
    ...(proof.length === 0 ? {} : { proof }),
  };
  // JSON in flow style is YAML, whatever the texts hold.
  const yaml = Object.entries(fields).map(([key, value]) => `  ${key}: ${jsonLine(value)}`);
  return [line, '  ---', ...yaml, '  ...'];
}

/** Hashes begin directives and backslashes escape them; a description is one line. */
function description(name: string): string {
  return visibleLine(name)
    .replace(/[\\#]/g, (character) => `\\${character}`)
    .trim();
}
