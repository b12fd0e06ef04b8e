/**
 * RBAC policies as formulas of conditions on dimensions of a request. What cannot be said so (metadata, CEL, filter state, extensions)
 * is `null`: of such a policy nothing is reported, and nothing is by it.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/rbac/v3/rbac.proto
 */
import type { ReachCondition } from '../algebra/cell';
import { addressCondition, principalCondition } from '../algebra/client';
import { headerCondition, pathCondition, textCondition } from '../algebra/conditions';
import type { CidrRange } from '../envoy/address';
import type { Permission, Policy, Principal } from '../envoy/rbac';
import type { HeaderMatcher, StringMatcher } from '../envoy/route';

export type Formula =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Formula[] }
  | { readonly kind: 'not'; readonly of: Formula }
  | { readonly kind: 'true' }
  | { readonly kind: 'condition'; readonly condition: ReachCondition };

/** Null where a part of it cannot be said. Throws LanguageTooLarge. */
export function policyFormula({
  permissions = [],
  principals = [],
  condition,
  checked_condition: checked,
}: Policy): Formula | null {
  if (condition !== undefined || checked !== undefined) return null;
  return joined('all', [
    joined('any', permissions.map(permissionFormula)),
    joined('any', principals.map(principalFormula)),
  ]);
}

function joined(kind: 'all' | 'any', parts: readonly (Formula | null)[]): Formula | null {
  const of = parts.filter((one) => one !== null);
  return of.length === parts.length ? { kind, of } : null;
}

function negated(inner: Formula | null): Formula | null {
  return inner === null ? null : { kind: 'not', of: inner };
}

function leaf(condition: ReachCondition | null): Formula | null {
  return condition === null ? null : { kind: 'condition', condition };
}

const TRUE: Formula = { kind: 'true' };

function permissionFormula(one: Permission): Formula | null {
  if (one.and_rules !== undefined) return joined('all', (one.and_rules.rules ?? []).map(permissionFormula));
  if (one.or_rules !== undefined) return joined('any', (one.or_rules.rules ?? []).map(permissionFormula));
  if (one.not_rule !== undefined) return negated(permissionFormula(one.not_rule));
  if (one.any !== undefined) return one.any ? TRUE : null;
  if (one.header !== undefined) return leaf(headerIn(one.header));
  if (one.url_path !== undefined) return leaf(pathCondition({ kind: 'text', matcher: one.url_path.path ?? {} }));
  if (one.destination_ip !== undefined) return leaf(addressIn('destination address', one.destination_ip));
  if (one.destination_port !== undefined) return leaf(portCondition(one.destination_port));
  return one.requested_server_name === undefined ? null : leaf(textCondition('server name', one.requested_server_name));
}

function principalFormula(one: Principal): Formula | null {
  if (one.and_ids !== undefined) return joined('all', (one.and_ids.ids ?? []).map(principalFormula));
  if (one.or_ids !== undefined) return joined('any', (one.or_ids.ids ?? []).map(principalFormula));
  if (one.not_id !== undefined) return negated(principalFormula(one.not_id));
  if (one.any !== undefined) return one.any ? TRUE : null;
  if (one.authenticated !== undefined) return leaf(identityIn(one.authenticated.principal_name));
  if (one.source_ip !== undefined) return leaf(addressIn('source address', one.source_ip));
  if (one.direct_remote_ip !== undefined) return leaf(addressIn('direct peer', one.direct_remote_ip));
  if (one.remote_ip !== undefined) return leaf(addressIn('client address', one.remote_ip));
  if (one.header !== undefined) return leaf(headerIn(one.header));
  return one.url_path === undefined ? null : leaf(pathCondition({ kind: 'text', matcher: one.url_path.path ?? {} }));
}

function headerIn(matcher: HeaderMatcher): ReachCondition | null {
  const name = (matcher.name ?? '').toLowerCase();
  if (name === ':path' || name === ':scheme') return null;
  return headerCondition(matcher, name === 'host' ? 'header::authority' : `header:${name}`);
}

/** Who has no TLS is missing from the dimension. */
function identityIn(name: StringMatcher = { prefix: '' }): ReachCondition | null {
  return principalCondition(name);
}

function addressIn(dimension: string, range: CidrRange): ReachCondition | null {
  const found = addressCondition(range);
  return found === null ? null : { ...found, dimension, key: `${dimension} ${found.key}` };
}

/** That a request comes to this port. */
export function portCondition(port: number): ReachCondition | null {
  return textCondition('port', { exact: String(port) });
}

/** Every condition in it. */
export function conditionsIn(formula: Formula): readonly ReachCondition[] {
  switch (formula.kind) {
    case 'true':
      return [];
    case 'condition':
      return [formula.condition];
    case 'not':
      return conditionsIn(formula.of);
    default:
      return formula.of.flatMap(conditionsIn);
  }
}

/**
 * Whether it holds. Stops at the first part that decides.
 * @param holds whether a condition does
 */
export function isTrue(formula: Formula, holds: (condition: ReachCondition) => boolean): boolean {
  switch (formula.kind) {
    case 'true':
      return true;
    case 'condition':
      return holds(formula.condition);
    case 'not':
      return !isTrue(formula.of, holds);
    case 'all':
      return formula.of.every((one) => isTrue(one, holds));
    case 'any':
      return formula.of.some((one) => isTrue(one, holds));
  }
}

/**
 * Whether what it says of names in certificates holds of one of several names as of the only one: not where a name is excluded, or two
 * are asked for at once.
 */
export function isOfOneName(formula: Formula): boolean {
  switch (formula.kind) {
    case 'true':
    case 'condition':
      return true;
    case 'not':
      return !asksNames(formula.of);
    case 'any':
      return formula.of.every(isOfOneName);
    case 'all':
      return formula.of.every(isOfOneName) && formula.of.filter(asksNames).length <= 1;
  }
}

/** Whether it asks for a name in a certificate. */
export function asksNames(formula: Formula): boolean {
  return conditionsIn(formula).some(({ dimension }) => dimension === 'principal');
}
