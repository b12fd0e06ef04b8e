/** A report as the JUnit XML that CI systems read: a suite a file, a case a check. */
import type { CheckReport, CheckResult } from '../result';
import { shownValue } from '../unmet-text';
import { explanation, proofOf } from './explanation';
import { element, escaped } from '../../render/xml';

/**
 * The report's text. A check's class is its file without the extension, which stays the same when pods are replaced. An expectation that is not met is a `failure`; a check that could not be judged is an `error`. What sending a request showed is the case's `system-out`.
 * https://github.com/testmoapp/junitxml describes what readers of it understand.
 */
export function junitReport(report: CheckReport): string {
  const files = [...new Set(report.checks.map((check) => check.file))];
  const suites = files.map((file) =>
    suite(
      file,
      report.checks.filter((check) => check.file === file),
    ),
  );
  const counts = countsOf(report.checks);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element('testsuites', { name: 'mctl check', ...counts }, suites.flat()),
  ];
  return `${lines.join('\n')}\n`;
}

function countsOf(checks: readonly CheckResult[]): Readonly<Record<string, string>> {
  const errors = checks.filter((check) => check.error !== null).length;
  const failures = checks.filter((check) => !check.passed && check.error === null).length;
  const time = secondsText(checks.reduce((sum, check) => sum + check.seconds, 0));
  return { tests: String(checks.length), failures: String(failures), errors: String(errors), skipped: '0', time };
}

function secondsText(seconds: number): string {
  return seconds.toFixed(3);
}

function suite(file: string, checks: readonly CheckResult[]): readonly string[] {
  const names = new Map<string, number>();
  const cases = checks.map((check) => {
    const count = (names.get(check.name) ?? 0) + 1;
    names.set(check.name, count);
    // Readers take cases of one class and name for one.
    return testcase(check, count === 1 ? check.name : `${check.name} #${count}`, file);
  });
  return [element('testsuite', { name: file, file, ...countsOf(checks) }, cases)];
}

function testcase(check: CheckResult, name: string, file: string): string {
  const attributes = {
    name,
    classname: file.replace(/\.[A-Za-z]{1,5}$/, ''),
    file,
    line: String(check.line),
    time: secondsText(check.seconds),
  };
  const proof = proofOf(check);
  const output = proof.length === 0 ? [] : [element('system-out', {}, [escaped(proof.join('\n'))])];
  if (check.passed) return element('testcase', attributes, output);
  const text = escaped(explanation(check).join('\n'));
  const message = check.error ?? check.failures.map(summaryOf).join('; ');
  const kind = check.error === null ? 'failure' : 'error';
  return element('testcase', attributes, [
    element(kind, { message, type: kind === 'error' ? 'unjudged' : 'unmet' }, [text]),
    ...output,
  ]);
}

function summaryOf({ key, expected, actual }: CheckResult['failures'][number]): string {
  return `${key}: expected ${shownValue(expected)}, actual ${shownValue(actual)}`;
}
