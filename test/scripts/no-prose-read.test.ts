/** The lint rule that keeps code from reading sentences: what it finds, and what it leaves alone. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** How many breaches the rule finds in each text: in a process of its own, since ESLint is loaded as a module. */
function breaches(texts: readonly string[], filename: string): readonly number[] {
  const script = `
    import { Linter } from 'eslint';
    import { noProseRead } from './scripts/lint/no-prose-read.mjs';
    const config = [{ files: ['**/*.js'], plugins: { mctl: { rules: { read: noProseRead } } }, rules: { 'mctl/read': 'error' } }];
    const { texts, filename } = JSON.parse(process.argv[1]);
    const linter = new Linter({ cwd: '/' });
    console.log(JSON.stringify(texts.map((text) => linter.verify(text, config, { filename }).map(({ fatal, line }) => fatal ? text : line))));
  `;
  const args = ['--input-type=module', '-e', script, JSON.stringify({ texts, filename })];
  const out = JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })) as unknown[][];
  for (const found of out) expect(found.filter((one) => typeof one === 'string')).toEqual([]);
  return out.map((found) => found.length);
}

const OUTSIDE = '/mctl/src/lib/check/any.js';
const TRACE = '/mctl/src/lib/trace/any.js';

it('finds each way of reading prose', () => {
  const read = [
    "step.because.includes('accept_http_10')",
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
