/** The lint rule that keeps the trace from writing sentences: what it finds, and what it leaves alone. */
import { lintBreaches } from '../helpers/lint-breaches';

const breaches = (texts: readonly string[]): readonly number[] =>
  lintBreaches('no-prose-made', 'noProseMade', texts, '/mctl/src/lib/trace/any.js');

it('finds each way of making a sentence', () => {
  const made = [
    "step('http-filter', 'passed', name, 'switched off for this route')",
    "ending('failed', 'protocol-error', `${payload} comes to an HTTP/2 codec`)",
    "goesOn(run, isOff ? 'is not enabled (filter_enabled)' : cause)",
    "const because = 'the request has no Host'",
    'f({ because: `service ${host} has no endpoint` })',
    "const fact = { kind: 'no-endpoints', why: 'is a pod ready?' }",
    "const set = { notes: ['the server name'] }",
    "const fact = { cause: found ?? ('no policy' + ' matches') }",
  ];
  expect(breaches(made)).toEqual(made.map(() => 1));
});

it('leaves alone facts, names, inputs that are not known, and errors', () => {
  const fine = [
    "step('iptables', 'passed', null, { kind: 'not-in-ambient', pod })",
    "step('http-connection-manager', 'noted', 'internal redirect', cause)",
    "step('hbone', 'not-evaluated', `NetworkPolicies of ${namespace}`, cause)",
    "unknown('whether the JWT of the request is valid')",
    "throw new InputError('the dump is not one', { hint: 'Take it again.' })",
    "const fact = { why: 'no-sidecar', input: 'the answer of the authorizer' }",
  ];
  expect(breaches(fine)).toEqual(fine.map(() => 0));
});
