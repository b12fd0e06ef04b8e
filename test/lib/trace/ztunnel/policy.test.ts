import fc from 'fast-check';
import { judge, policiesFor, UNKNOWN_IDENTITY } from '../../../../src/lib/trace/ztunnel/policy';
import type { ZtunnelPolicy, PolicyMatch } from '../../../../src/lib/ztunnel/resources';

const INPUT = {
  sourceIp: '10.0.0.1',
  identity: 'cluster.local/ns/web/sa/front',
  destinationIp: '10.0.0.2',
  destinationPort: 8080,
};

function policy(
  action: 'Allow' | 'Deny',
  rules: ZtunnelPolicy['rules'],
  more: Partial<ZtunnelPolicy> = {},
): ZtunnelPolicy {
  return { name: action.toLowerCase(), namespace: 'web', scope: 'Namespace', action, rules, ...more };
}

const of = (...matches: PolicyMatch[]): ZtunnelPolicy['rules'] => [[matches]];

test.each<[string, readonly ZtunnelPolicy[], 'allowed' | 'denied']>([
  ['no policy', [], 'allowed'],
  ['an Allow without rules allows nothing', [policy('Allow', [])], 'denied'],
  ['a Deny without rules does nothing', [policy('Deny', [])], 'allowed'],
  ['a rule without clauses matches everything', [policy('Deny', [[]])], 'denied'],
  ['a clause without matches holds', [policy('Deny', [[[]]])], 'denied'],
  ['a match without fields never does', [policy('Deny', of({}))], 'allowed'],
  ['a dry run is no Allow', [policy('Allow', [], { dryRun: true })], 'allowed'],
  ['a Deny beats an Allow', [policy('Allow', [[]]), policy('Deny', [[]])], 'denied'],
  ['values of a field: one is enough', [policy('Deny', of({ destinationPorts: [80, 8080] }))], 'denied'],
  ['fields of a match: all', [policy('Deny', of({ destinationPorts: [8080], sourceIps: ['10.9.0.0/16'] }))], 'allowed'],
  ['a negative field: none may hold', [policy('Deny', of({ notDestinationPorts: [80, 8080] }))], 'allowed'],
  [
    'matches of a clause: one is enough',
    [policy('Deny', of({ destinationPorts: [1] }, { destinationPorts: [8080] }))],
    'denied',
  ],
  [
    'a principal with spiffe:// never matches',
    [policy('Deny', of({ principals: [{ Exact: `spiffe://${INPUT.identity}` }] }))],
    'allowed',
  ],
  ['a principal as it is', [policy('Deny', of({ principals: [{ Exact: INPUT.identity }] }))], 'denied'],
  [
    'a service account of any trust domain',
    [policy('Deny', of({ serviceAccounts: [{ namespace: 'web', serviceAccount: 'front' }] }))],
    'denied',
  ],
])('%s', (_name, policies, kind) => {
  expect(judge(policies, INPUT).kind).toBe(kind);
});

test('STRICT is a Deny of whoever has no identity', () => {
  const strict = [policy('Deny', of({ notPrincipals: [{ Presence: [] }] }))];
  expect(judge(strict, { ...INPUT, identity: null }).kind).toBe('denied');
  expect(judge(strict, INPUT).kind).toBe('allowed');
  expect(judge(strict, { ...INPUT, identity: UNKNOWN_IDENTITY }).kind).toBe('allowed');
});

test('plain text has the empty namespace', () => {
  expect(judge([policy('Deny', of({ namespaces: [{ Exact: '' }] }))], { ...INPUT, identity: null }).kind).toBe(
    'denied',
  );
  expect(judge([policy('Deny', of({ notNamespaces: [{ Exact: 'x' }] }))], { ...INPUT, identity: null }).kind).toBe(
    'denied',
  );
});

test('which policies apply', () => {
  const workload = { namespace: 'web', authorizationPolicies: ['other/selected', 'other/listed'] };
  const all = [
    policy('Deny', [], { name: 'global', scope: 'Global', namespace: 'root' }),
    policy('Deny', [], { name: 'own', namespace: 'web' }),
    policy('Deny', [], { name: 'elsewhere', namespace: 'shop' }),
    policy('Deny', [], { name: 'selected', namespace: 'other', scope: 'WorkloadSelector' }),
    // ztunnel looks up by name what a workload lists, whatever its scope.
    policy('Deny', [], { name: 'listed', namespace: 'other' }),
    policy('Deny', [], { name: 'unselected', namespace: 'web', scope: 'WorkloadSelector' }),
  ];
  expect(policiesFor(all, workload).map(({ name }) => name)).toEqual(['global', 'own', 'selected', 'listed']);
});

const texts = fc.record({ Exact: fc.constantFrom('web', 'shop', '', INPUT.identity) });
const match: fc.Arbitrary<PolicyMatch> = fc.record(
  {
    namespaces: fc.array(texts, { maxLength: 2 }),
    notPrincipals: fc.array(fc.oneof(texts, fc.constant({ Presence: [] })), { maxLength: 2 }),
    sourceIps: fc.array(fc.constantFrom('10.0.0.0/24', '10.0.0.1/32', '192.0.2.0/24'), { maxLength: 2 }),
    notSourceIps: fc.array(fc.constantFrom('10.0.0.0/24', '192.0.2.0/24'), { maxLength: 2 }),
    destinationPorts: fc.array(fc.constantFrom(80, 8080), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const anyPolicy = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  namespace: fc.constant('web'),
  scope: fc.constant('Namespace'),
  action: fc.constantFrom('Allow', 'Deny'),
  dryRun: fc.boolean(),
  rules: fc.array(fc.array(fc.array(match, { maxLength: 2 }), { maxLength: 2 }), { maxLength: 2 }),
});
const input = fc.record({
  sourceIp: fc.constantFrom('10.0.0.1', '192.0.2.9', '172.16.0.1'),
  identity: fc.constantFrom(null, INPUT.identity, 'cluster.local/ns/shop/sa/x'),
  destinationIp: fc.constant('10.0.0.2'),
  destinationPort: fc.constantFrom(80, 8080, 443),
});

test('the order of policies plays no part', () => {
  fc.assert(
    fc.property(fc.array(anyPolicy, { maxLength: 5 }), input, (policies, asked) => {
      const [a, b] = [judge(policies, asked), judge([...policies].reverse(), asked)];
      expect([b.kind, b.by]).toEqual([a.kind, a.by]);
    }),
  );
});

test('without an input the verdict is the same or unknown', () => {
  fc.assert(
    fc.property(fc.array(anyPolicy, { maxLength: 5 }), input, (policies, asked) => {
      const whole = judge(policies, asked);
      expect(whole.kind).not.toBe('unknown');
      for (const less of [
        { ...asked, sourceIp: null },
        { ...asked, identity: asked.identity === null ? null : UNKNOWN_IDENTITY },
      ]) {
        expect([whole.kind, 'unknown']).toContain(judge(policies, less).kind);
      }
    }),
  );
});
