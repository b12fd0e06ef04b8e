/** The lint rule that keeps code from reading sentences: what it finds, and what it leaves alone. */
import { lintBreaches } from '../helpers/lint-breaches';

const breaches = (texts: readonly string[], filename: string): readonly number[] =>
  lintBreaches('no-prose-read', 'noProseRead', texts, filename);

const OUTSIDE = '/mctl/src/lib/check/any.js';
const TRACE = '/mctl/src/lib/trace/any.js';

it('finds each way of reading prose', () => {
  const read = [
    "step.because.includes('accept_http_10')",
    "first?.evidence.includes('upstream_reset')",
    "step?.because.startsWith('reaches ')",
    "(step.because ?? '').endsWith('x')",
    '/client certificate/.test(step.because)',
    'words.has(step.because)',
    "step.because === 'named by the route'",
    'texts[step.because]',
    'switch (trace.summary) { case "x": }',
    "const { because } = step; because.split(':')",
    "details.some(([label]) => label === 'tunnel')",
    'details.filter(([label]) => NAMES.has(label))',
    "details.find(([label, text]) => label.startsWith('t') && text)",
  ];
  expect(breaches(read, OUTSIDE)).toEqual(read.map(() => 1));
});

it('finds that the causes of a trace are read as texts', () => {
  const read = ["step.cause.includes('x')", "taken.cause === 'x'"];
  expect(breaches(read, TRACE)).toEqual([1, 1]);
});

it('leaves alone what writes or hands on prose, and typed facts', () => {
  const fine = [
    'print(step.because)',
    'const line = `${step.name}: ${step.because}`',
    'if (step.because !== null) print(step.because)',
    'const label = flag.label; names.includes(label)',
    "step.facts.cause.kind === 'no-sidecar'",
    "function f(label) { return label === 'x'; }",
  ];
  expect(breaches(fine, OUTSIDE)).toEqual(fine.map(() => 0));
});
