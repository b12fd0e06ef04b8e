/** Random authorization rules, of the shapes that AuthorizationPolicy becomes. */
import type { Random } from '../rig/random';
import { celCondition, celPredicate } from './cel';
import { headerMatcher, stringMatcher } from './matchers';
import { extension, type Message } from './message';
import { HOSTS, METHODS, NEIGHBOUR_IP, PATHS, POD_IP } from './vocabulary';

/** The fields of an RBAC filter. */
export function rbac(random: Random): Message {
  const more = random.aside('rbac');
  if (more.chance(0.15)) return { matcher: byMatcher(more) };
  return { rules: rules(random, true), ...random.maybe(0.2, 'shadow_rules', () => rules(random, true)) };
}

/** A matcher list whose predicates are inputs of the request or CEL. */
function byMatcher(random: Random): Message {
  const action = (name: string): Message => ({
    action: extension(name, 'envoy.config.rbac.v3.Action', { name, ...random.maybe(0.5, 'action', () => 'DENY') }),
  });
  const header = (): Message => ({
    single_predicate: {
      input: extension('header', 'envoy.type.matcher.v3.HttpRequestHeaderMatchInput', {
        header_name: random.pick([':path', 'end-user', 'x-env', ':method']),
      }),
      value_match: random.pick([{ prefix: '/rev' }, { exact: 'luffy' }, { contains: 'o' }]),
    },
  });
  const predicate = (): Message => (random.chance(0.6) ? celPredicate(random) : header());
  const matchers = random.list(1, 3, () => ({
    predicate: random.weighted<Message>([
      [3, predicate],
      [1, () => ({ not_matcher: predicate() })],
      [1, () => ({ and_matcher: { predicate: [predicate(), predicate()] } })],
      [1, () => ({ or_matcher: { predicate: [predicate(), predicate()] } })],
    ]),
    on_match: action(random.pick(['one', 'two'])),
  }));
  return { matcher_list: { matchers }, ...random.maybe(0.7, 'on_no_match', () => action('rest')) };
}

export function networkRbac(random: Random): Message {
  const type = 'envoy.extensions.filters.network.rbac.v3.RBAC';
  return extension('envoy.filters.network.rbac', type, { stat_prefix: 'tcp.', rules: rules(random, false) });
}

function rules(random: Random, isHttp: boolean): Message {
  const more = random.aside('conditions');
  const names = random.sample(
    ['ns[bookinfo]-policy[b]-rule[0]', 'ns[bookinfo]-policy[a]-rule[0]', 'ns[foo]-policy[c]-rule[1]'],
    random.pick([1, 1, 2, 3]),
  );
  const policies = names.map(
    (name) =>
      [
        name,
        {
          permissions: [permission(random, isHttp, 0)],
          principals: [principal(random, isHttp, 0)],
          ...(isHttp ? more.maybe(0.25, 'condition', () => celCondition(more)) : {}),
        },
      ] as const,
  );
  return { ...random.maybe(0.5, 'action', () => 'DENY'), policies: Object.fromEntries(policies) };
}

function permission(random: Random, isHttp: boolean, depth: number): Message {
  const path = (): Message => ({
    url_path: {
      path: stringMatcher(
        random,
        PATHS.map((value) => value.split('?')[0]!),
      ),
    },
  });
  return random.weighted<Message>([
    [3, () => ({ any: true })],
    [isHttp ? 3 : 0, () => ({ header: { name: ':method', string_match: { exact: random.pick(METHODS) } } })],
    [isHttp ? 3 : 0, path],
    [isHttp ? 1 : 0, () => ({ header: headerMatcher(random) })],
    [isHttp ? 1 : 0, () => ({ header: { name: ':authority', string_match: stringMatcher(random, HOSTS) } })],
    [2, () => ({ destination_port: random.pick([9080, 80, 443, 3306]) })],
    [1, () => ({ destination_port_range: { start: 80, end: 9080 } })],
    [1, () => ({ destination_ip: { address_prefix: '10.96.0.0', prefix_len: 16 } })],
    [1, () => ({ requested_server_name: stringMatcher(random, ['a.example.com', '']) })],
    ...composites(depth, () => permission(random, isHttp, depth + 1), ['and_rules', 'or_rules', 'rules', 'not_rule']),
  ]);
}

function principal(random: Random, isHttp: boolean, depth: number): Message {
  return random.weighted<Message>([
    [3, () => ({ any: true })],
    [
      2,
      () => ({
        direct_remote_ip: {
          address_prefix: random.pick([POD_IP, NEIGHBOUR_IP, '10.244.0.0']),
          prefix_len: random.pick([16, 32]),
        },
      }),
    ],
    [
      1,
      () => ({
        remote_ip: { address_prefix: random.pick([POD_IP, '10.0.0.1', '10.0.0.0']), prefix_len: random.pick([8, 32]) },
      }),
    ],
    [1, () => ({ source_ip: { address_prefix: random.pick([POD_IP, '10.0.0.1']), prefix_len: 32 } })],
    [2, () => ({ authenticated: random.chance(0.3) ? {} : { principal_name: spiffe(random) } })],
    [isHttp ? 1 : 0, () => ({ header: headerMatcher(random) })],
    ...composites(depth, () => principal(random, isHttp, depth + 1), ['and_ids', 'or_ids', 'ids', 'not_id']),
  ]);
}

function spiffe(random: Random): Message {
  return random.pick<Message>([
    { exact: 'spiffe://cluster.local/ns/bookinfo/sa/client' },
    { prefix: 'spiffe://cluster.local/ns/bookinfo/' },
    { safe_regex: { regex: '.*/ns/foo/.*' } },
    { suffix: '/sa/other' },
  ]);
}

type Maker = readonly [number, () => Message];

function composites(
  depth: number,
  make: () => Message,
  [and, or, list, not]: readonly [string, string, string, string],
): readonly Maker[] {
  if (depth > 1) return [];
  return [
    [1, () => ({ [and]: { [list]: [make(), make()] } })],
    [1, () => ({ [or]: { [list]: [make(), make()] } })],
    [1.5, () => ({ [not]: make() })],
  ];
}
