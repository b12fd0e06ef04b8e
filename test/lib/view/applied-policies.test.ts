/** Policies by workload are those that a walk applies, in the dump's order. */
import fc from 'fast-check';
import { policiesFor, policyKey } from '../../../src/lib/trace/ztunnel/policy';
import { AppliedPolicies } from '../../../src/lib/view/ztunnel/applied-policies';

const namespace = fc.constantFrom('a', 'b', '');
const name = fc.constantFrom('p', 'q', 'r');
const policy = fc.record({
  namespace,
  name,
  scope: fc.constantFrom('Global', 'Namespace', 'WorkloadSelector'),
  dryRun: fc.boolean(),
});
const workload = fc.record({
  namespace,
  authorizationPolicies: fc.array(fc.tuple(namespace, name).map(([of, own]) => `${of}/${own}`)),
});

it('finds what a search of all of them finds', () => {
  fc.assert(
    fc.property(fc.array(policy), fc.array(workload), (policies, workloads) => {
      const applied = new AppliedPolicies();
      for (const one of policies) applied.add(one);
      for (const one of workloads) {
        const names = policiesFor(policies, one).map((found) =>
          found.dryRun ? `${policyKey(found)} (dry run)` : policyKey(found),
        );
        expect(applied.namesFor(one)).toEqual(names);
      }
    }),
  );
});
