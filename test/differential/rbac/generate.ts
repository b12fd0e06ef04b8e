/** Random RBAC: policies, permissions and principals of every kind that configuration decides. */
import type { Permission, Policy, Principal, Rbac } from '../../../src/lib/envoy/rbac';
import type { HeaderMatcher, StringMatcher } from '../../../src/lib/envoy/route';
import type { CidrRange } from '../../../src/lib/envoy/address';
import type { MetadataMatcher, ValueMatcher } from '../../../src/lib/envoy/rbac';
import type { Random } from '../rig/random';
import { CLAIMS, DNS, HEADERS, HOSTS, METHODS, PATHS, RANGES, SNIS, SPIFFE, STATE_KEY } from './vocabulary';

/** Where the policies stand. */
export interface Place {
  readonly isHttp: boolean;
  readonly isTls: boolean;
  readonly ports: readonly number[];
}

const T = 'type.googleapis.com/';

export function rules(random: Random, place: Place): Rbac {
  const action = random.pick(['ALLOW', 'ALLOW', 'DENY', 'DENY', 'LOG'] as const);
  const names = ['ns[shop]-policy[a]-rule[0]', 'b policy', 'ns[shop]-policy[c]-rule[1]', 'Z', 'é', '0'];
  const chosen = names.filter(() => random.chance(0.5));
  const policies = Object.fromEntries(chosen.map((name): [string, Policy] => [name, policy(random, place)]));
  return { action, policies };
}

function policy(random: Random, place: Place): Policy {
  return {
    permissions: random.list(1, 2, () => permission(random, place, 0)),
    principals: random.list(1, 2, () => principal(random, place, 0)),
  };
}

function permission(random: Random, place: Place, depth: number): Permission {
  const inner = (): Permission => permission(random, place, depth + 1);
  if (depth < 3 && random.chance(0.45)) {
    const kind = random.pick(['and', 'or', 'not']);
    if (kind === 'and') return { and_rules: { rules: random.list(1, 3, inner) } };
    if (kind === 'or') return { or_rules: { rules: random.list(1, 3, inner) } };
    return { not_rule: inner() };
  }
  return random.pick(permissionLeaves(random, place))();
}

function permissionLeaves(random: Random, place: Place): readonly (() => Permission)[] {
  const both: (() => Permission)[] = [
    () => (random.chance(0.4) ? { any: true } : { destination_port: random.pick(place.ports) }),
    () => ({ destination_ip: range(random) }),
    () => ({ destination_port: random.pick(place.ports) }),
    () => portRange(random, place),
    () => ({ requested_server_name: text(random, SNIS) }),
    () => ({ metadata: metadata(random, place) }),
  ];
  if (!place.isHttp) return both;
  return [
    ...both,
    () => ({ header: header(random) }),
    () => ({ header: header(random) }),
    () => ({ url_path: { path: text(random, PATHS) } }),
    () => ({ url_path: { path: text(random, PATHS) } }),
    () => ({ uri_template: template(random) }),
    () => ({ sourced_metadata: { metadata_matcher: metadata(random, place), metadata_source: 'ROUTE' } }),
  ];
}

function portRange(random: Random, place: Place): Permission {
  const start = random.pick(place.ports) - random.int(0, 1);
  return { destination_port_range: { start, end: start + 1 + random.int(0, 2) } };
}

function principal(random: Random, place: Place, depth: number): Principal {
  const inner = (): Principal => principal(random, place, depth + 1);
  if (depth < 3 && random.chance(0.45)) {
    const kind = random.pick(['and', 'or', 'not']);
    if (kind === 'and') return { and_ids: { ids: random.list(1, 3, inner) } };
    if (kind === 'or') return { or_ids: { ids: random.list(1, 3, inner) } };
    return { not_id: inner() };
  }
  return random.pick(principalLeaves(random, place))();
}

function principalLeaves(random: Random, place: Place): readonly (() => Principal)[] {
  const name = (): StringMatcher => text(random, [...SPIFFE, ...DNS, 'CN=client', '']);
  const both: (() => Principal)[] = [
    () => (random.chance(0.4) ? { any: true } : { remote_ip: range(random) }),
    () => ({ authenticated: random.chance(0.2) ? {} : { principal_name: name() } }),
    () => ({ authenticated: { principal_name: name() } }),
    () => ({ source_ip: range(random) }),
    () => ({ direct_remote_ip: range(random) }),
    () => ({ remote_ip: range(random) }),
    () => ({ metadata: metadata(random, place) }),
    () => ({ filter_state: { key: STATE_KEY, string_match: text(random, [...SPIFFE, 'state', '-']) } }),
    () => mtlsAuthenticated(random),
  ];
  if (!place.isHttp) return both;
  return [
    ...both,
    () => ({ header: header(random) }),
    () => ({ url_path: { path: text(random, PATHS) } }),
    () => ({ metadata: claim(random) }),
    () => ({ metadata: claim(random) }),
  ];
}

function mtlsAuthenticated(random: Random): Principal {
  const san = random.pick([
    { san_type: 'URI', matcher: text(random, SPIFFE) },
    { san_type: 'DNS', matcher: text(random, DNS) },
  ]);
  const type = `${T}envoy.extensions.rbac.principals.mtls_authenticated.v3.Config`;
  const how = random.chance(0.3) ? { any_validated_client_certificate: true } : { san_matcher: san };
  return { custom: { name: 'envoy.rbac.principals.mtls_authenticated', typed_config: { '@type': type, ...how } } };
}

function template(random: Random): NonNullable<Permission['uri_template']> {
  const type = `${T}envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig`;
  const path_template = random.pick(['/api/{version}/items/*', '/{file}.html', '/admin/**', '/**', '/*']);
  return { name: 'envoy.path.match.uri_template.uri_template_matcher', typed_config: { '@type': type, path_template } };
}

function range(random: Random): CidrRange {
  const [address_prefix, prefix_len] = random.pick(RANGES);
  return { address_prefix, prefix_len };
}

export function text(random: Random, values: readonly string[]): StringMatcher {
  const value = random.pick(values);
  const some = value === '' ? 'x' : value;
  const fold = random.chance(0.2) ? { ignore_case: true } : {};
  switch (random.int(0, 5)) {
    case 0:
    case 1:
      return { exact: value, ...fold };
    case 2:
      return { prefix: some.slice(0, 1 + random.int(0, some.length - 1)), ...fold };
    case 3:
      return { suffix: some.slice(-1 - random.int(0, some.length - 1)), ...fold };
    case 4:
      return { contains: some.slice(0, 3), ...fold };
    default:
      return {
        safe_regex: { regex: random.pick(['.*', '.+', '[a-z]+', '.*/ns/shop/.*', '/a.*', 'web.*', '.*[0-9]']) },
      };
  }
}

export function header(random: Random): HeaderMatcher {
  const kind = random.next();
  const invert = random.chance(0.25) ? { invert_match: true } : {};
  if (kind < 0.2) return { name: ':method', string_match: text(random, METHODS), ...invert };
  if (kind < 0.3) return { name: ':path', string_match: text(random, PATHS), ...invert };
  if (kind < 0.4) return { name: random.pick([':authority', 'Host']), string_match: text(random, HOSTS), ...invert };
  const name = random.pick(Object.keys(HEADERS));
  if (random.chance(0.2)) return { name, present_match: random.chance(0.6), ...invert };
  if (name === 'x-num') return { name, range_match: { start: '-5', end: String(random.pick([0, 6, 11])) }, ...invert };
  const empty = random.chance(0.15) ? { treat_missing_header_as_empty: true } : {};
  return { name, string_match: text(random, HEADERS[name]!), ...invert, ...empty };
}

function metadata(random: Random, place: Place): MetadataMatcher {
  const key = random.pick(['text', 'number', 'yes', 'no', 'nothing', 'list', 'missing']);
  const deep = random.chance(0.15) ? [{ key: 'deep' }, { key: 'er' }] : [{ key }];
  const filter = random.pick(place.isHttp ? ['test.meta', 'test.meta', 'test.none'] : ['test.none']);
  return { filter, path: deep, value: value(random, 0), ...(random.chance(0.25) ? { invert: true } : {}) };
}

function value(random: Random, depth: number): ValueMatcher {
  const kinds: (() => ValueMatcher)[] = [
    () => ({ string_match: text(random, ['v1', 'a', 'x', 'b']) }),
    () => ({ present_match: random.chance(0.7) }),
    () => ({ bool_match: random.chance(0.5) }),
    () => ({ null_match: {} }),
    () => ({ double_match: random.chance(0.5) ? { exact: 7 } : { range: { start: 1, end: random.pick([7, 8]) } } }),
  ];
  if (depth === 0) {
    kinds.push(() => ({ list_match: { one_of: value(random, 1) } }));
    kinds.push(() => ({ or_match: { value_matchers: [value(random, 1), value(random, 1)] } }));
  }
  return random.pick(kinds)();
}

function claim(random: Random): MetadataMatcher {
  const path = random.pick([['iss'], ['sub'], ['groups'], ['realm', 'role'], ['scope']]);
  const words = CLAIMS.map((claims) => String(claims['sub'])).concat('crew', 'admin', 'read', 'https://idp.example');
  const match: ValueMatcher = { string_match: text(random, words) };
  return {
    filter: 'envoy.filters.http.jwt_authn',
    path: ['payload', ...path].map((key) => ({ key })),
    value: random.chance(0.5) ? match : { or_match: { value_matchers: [match, { list_match: { one_of: match } }] } },
  };
}
