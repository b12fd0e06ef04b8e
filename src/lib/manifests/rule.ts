/** Which rule of an Istio or Gateway API object a step came from, where its number can be known. */
import { parseIstioClusterName } from '../envoy/cluster';
import { parsePolicyName } from '../trace/filters/rbac/policy-name';
import { FACTS, type Hop, type Origin, type Step } from '../trace/model';
import { entriesOf, fieldsOf, type Manifest, type Path } from './manifest';

/** A field of the object, and why it cannot be told more closely; null where it can. */
export interface Rule {
  readonly path: Path;
  readonly note: string | null;
}

const WHOLE: Rule = { path: [], note: null };

/** @param manifest the object as it is written; null where it is not at hand */
export function ruleOf(step: Step, hop: Hop, origin: Origin, manifest: Manifest | null): Rule {
  switch (origin.kind) {
    case 'AuthorizationPolicy':
      return policyRule(step);
    case 'DestinationRule':
      return subsetRule(step, manifest);
    case 'HTTPRoute':
      return step.stage === 'route' ? routeRule(hop, origin) : WHOLE;
    case 'VirtualService':
      return step.stage === 'route' && manifest !== null ? virtualServiceRule(step, hop, manifest) : WHOLE;
    default:
      return WHOLE;
  }
}

/** istiod writes the rule's number into the policy's name: `ns[shop]-policy[readers]-rule[0]`. */
function policyRule({ [FACTS]: facts }: Step): Rule {
  const policy = facts !== undefined && 'policy' in facts ? facts.policy : undefined;
  const rule = parsePolicyName(policy ?? '')?.rule ?? null;
  return rule === null ? WHOLE : { path: ['spec', 'rules', rule], note: null };
}

/** A cluster of a subset has the subset's name. */
function subsetRule({ name }: Step, manifest: Manifest | null): Rule {
  const subset = parseIstioClusterName(name ?? '')?.subset ?? '';
  if (manifest === null || subset === '') return WHOLE;
  const index = entriesOf(manifest.spec['subsets']).findIndex((one) => fieldsOf(one)['name'] === subset);
  if (index >= 0) return { path: ['spec', 'subsets', index], note: null };
  return { path: ['spec'], note: `it has no subset ${subset}: the proxy has another version of it` };
}

/** istiod calls the routes of an HTTPRoute NAMESPACE.NAME.NUMBER of the rule. */
function routeRule({ route }: Hop, { name, namespace }: Origin): Rule {
  const head = `${namespace}.${name}.`;
  const number = route?.name?.startsWith(head) === true ? /^\d+/.exec(route.name.slice(head.length))?.[0] : undefined;
  return number === undefined ? WHOLE : { path: ['spec', 'rules', Number(number)], note: null };
}

interface Candidate {
  readonly path: Path;
  /** Whether some proxies do not get it. */
  readonly isConditional: boolean;
}

/** Conditions of a match that istiod decides: a proxy that does not meet them does not get the route. */
const DECIDED_BEFORE = ['sourceLabels', 'sourceNamespace', 'gateways', 'port'];

/**
 * istiod makes a route of each match of each rule, in their order. A sidecar's virtual host has the routes of one VirtualService, so
 * that the route's number there is that of the match; a gateway's may have those of several.
 */
function virtualServiceRule({ outcome }: Step, { route, direction }: Hop, { spec }: Manifest): Rule {
  const rules = entriesOf(spec['http']).map(fieldsOf);
  if (outcome !== 'matched' || route === null) return { path: ['spec', 'http'], note: null };
  const named = rules.flatMap((rule, index) => (rule['name'] === route.name && route.name !== null ? [index] : []));
  if (named.length === 1) return { path: ['spec', 'http', named[0] ?? 0], note: null };
  const unknown = (why: string): Rule => ({
    path: ['spec', 'http'],
    note: `the number of the rule is not known: ${why}`,
  });
  if (direction !== 'outbound')
    return unknown('the virtual host of a gateway may have rules of several VirtualServices');
  if (rules.some((rule) => rule['delegate'] !== undefined)) return unknown('rules are delegated');
  const candidates = rules.flatMap(candidatesOf);
  const before = candidates.slice(0, route.index + 1);
  const found = before[route.index];
  if (found === undefined) return unknown('it has fewer rules than the proxy');
  if (before.some(({ isConditional }) => isConditional)) {
    return unknown('rules before it are for some proxies alone (sourceLabels, gateways, port)');
  }
  return { path: found.path, note: null };
}

function candidatesOf(rule: Readonly<Record<string, unknown>>, number: number): readonly Candidate[] {
  const matches = entriesOf(rule['match']).map(fieldsOf);
  const path = ['spec', 'http', number];
  if (matches.length === 0) return [{ path, isConditional: false }];
  return matches.map((match, index) => ({
    path: [...path, 'match', index],
    isConditional: DECIDED_BEFORE.some((key) => match[key] !== undefined),
  }));
}
