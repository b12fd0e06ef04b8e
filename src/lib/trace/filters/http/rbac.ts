/**
 * `envoy.extensions.filters.http.rbac.v3.RBAC`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/rbac_filter
 */
import { messageOf } from '../../../envoy/any';
import type { RbacFilter, RbacPerRoute } from '../../../envoy/rbac';
import { localReply } from '../../hop/local-reply';
import type { StepFacts } from '../../facts/step';
import type { RbacInput } from '../rbac/condition';
import { decide, type RbacDecision } from '../rbac/engine';
import { decisionFacts, shadowFacts } from '../rbac/decision-facts';
import { rememberShadow } from '../rbac/shadow';
import { requestFacts } from '../shared/request-facts';
import { rbacJoinsHeaders } from '../../../envoy/version-behavior';
import { ends, type FilterResult, type FilterRun, filterStep, goesOn, open } from './handler';

/** Where the filter writes what its shadow rules decided; external authorization reads it. */
const NAMESPACE = 'envoy.filters.http.rbac';

/** Shadow rules first, which are noted, then those that are enforced. */
export function runRbac(run: FilterRun): FilterResult {
  const filter = rbacOf(run);
  const input = rbacInput(run);
  const { limit } = run.input.context.explain;
  const shadow = decide(filter, 'shadow', input, limit);
  const steps = shadow === null ? [] : [shadowStep(run, filter, shadow)];
  const decision = decide(filter, 'enforced', input, limit);
  const result =
    decision === null
      ? shadow === null
        ? goesOn(run, { kind: 'no-policies', of: 'request' })
        : null
      : enforce(run, decision);
  if (result === null) return { kind: 'goes-on', steps };
  return { ...result, steps: [...steps, ...result.steps] };
}

/** A route's own rules replace the chain's altogether; without any, everything passes. */
function rbacOf(run: FilterRun): RbacFilter {
  const [own] = run.perRoute.configs;
  return own === undefined ? messageOf<RbacFilter>(run.config) : (messageOf<RbacPerRoute>(own.config).rbac ?? {});
}

/** The inputs of RBAC and of matcher trees for a request. */
export function rbacInput({ input, message }: Pick<FilterRun, 'input' | 'message'>): RbacInput {
  return {
    ...requestFacts({ ...input, message }, rbacJoinsHeaders(input.context.config)),
    routeMetadata: input.route === null ? null : (input.route.metadata ?? {}),
  };
}

function enforce(run: FilterRun, decision: RbacDecision): FilterResult {
  const { cause, ...more } = decisionFacts(decision);
  if (decision.allowed === true) return goesOn(run, cause, more);
  const denied = localReply(run.message, ['denied', 'rbac-denied'], 403, cause, { policy: decision.policy });
  if (decision.allowed === false) return ends(run, denied, more);
  return open(run, decision.allowed.unknown, denied.outcome, more);
}

function shadowStep(run: FilterRun, filter: RbacFilter, decision: RbacDecision): StepFacts {
  const prefix = filter.shadow_rules_stat_prefix ?? '';
  rememberShadow(run.input.state, NAMESPACE, filter, decision);
  const { cause, ...more } = shadowFacts(decision, prefix);
  return filterStep(run, 'noted', cause, more);
}
