/**
 * RBAC policies as formulas of conditions on dimensions of a request. What cannot be said so (CEL, filter state, extensions, lists in
 * metadata) is a condition of its own, of which nothing is known but that it holds or does not, wherever the same is asked. A part that is
 * no condition at all is `null`: of such a policy nothing is reported, and nothing is by it.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/rbac/v3/rbac.proto
 */
import type { ReachCondition } from '../algebra/cell';
import { addressCondition, principalCondition } from '../algebra/client';
import { headerCondition, pathCondition, textCondition } from '../algebra/conditions';
import type { CidrRange } from '../envoy/address';
import { oneText } from '../algebra/texts';
import type { MetadataMatcher, Permission, Policy, Principal, ValueMatcher } from '../envoy/rbac';
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
  const expressions = [condition, checked].flatMap((one) => (one === undefined ? [] : [openCondition(one)]));
  return joined('all', [
    ...expressions,
    joined('any', permissions.map(permissionFormula)),
    joined('any', principals.map(principalFormula)),
  ]);
}

function joined(kind: 'all' | 'any', parts: readonly (Formula | null)[]): Formula | null {
  const of = parts.filter((one) => one !== null);
  return of.length === parts.length ? { kind, of } : null;
}

/** What only says yes or no: the same of the same request. */
function openCondition(asked: object): Formula {
  const dimension = `open ${JSON.stringify(asked)}`;
  const words = { yes: 'holds', no: 'does not hold', preferred: [] };
  return {
    kind: 'condition',
    condition: { dimension, key: dimension, absent: false, texts: oneText('yes'), ...words },
  };
}

/** What RBAC filters before it write is another thing for each of them. */
const OF_RBAC = 'envoy.filters.http.rbac';

/** A text that stands at a path of metadata is one; whatever else stands there is missing to a matcher of texts. */
function metadataFormula({ filter, path, value, invert }: MetadataMatcher): Formula | null {
  if (filter === OF_RBAC) return null;
  const found = valueFormula(`metadata ${JSON.stringify([filter, path])}`, value ?? {});
  return invert === true ? negated(found) : found;
}

function valueFormula(dimension: string, value: ValueMatcher): Formula | null {
  const { string_match: text, or_match: any } = value;
  if (text !== undefined) return leaf(textCondition(dimension, text));
  const parts = any?.value_matchers ?? [];
  if (parts.length > 0)
    return joined(
      'any',
      parts.map((one) => valueFormula(dimension, one)),
    );
  return openCondition({ dimension, value });
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
  if (one.destination_ip !== undefined) return leaf(addressIn('destination address', one.destination_ip));
  if (one.destination_port !== undefined) return leaf(portCondition(one.destination_port));
  if (one.requested_server_name !== undefined) return leaf(textCondition('server name', one.requested_server_name));
  return requestFormula(one);
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
  return requestFormula(one);
}

/** What permissions and principals have in common, and what is a condition of its own. */
function requestFormula(one: Pick<Permission & Principal, 'header' | 'url_path' | 'metadata'>): Formula | null {
  if (one.header !== undefined) return leaf(headerIn(one.header));
  if (one.url_path !== undefined) return leaf(pathCondition({ kind: 'text', matcher: one.url_path.path ?? {} }));
  if (one.metadata !== undefined) return metadataFormula(one.metadata);
  return isEmpty(one) ? null : openCondition(one);
}

function isEmpty(one: object): boolean {
  return Object.values(one).every((value) => value === undefined);
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
