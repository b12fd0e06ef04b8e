/** What configuration does not decide: it is named, and nothing is claimed of it. */
import type { Walked } from '../../../src/lib/reach/walked';
import { ofRoutes } from '../../helpers/reach';
import { judgeForAll } from '../../../src/lib/check/for-all';
import { changedBehavior } from '../../../src/lib/reach/behavior';
import { reach } from '../../../src/lib/reach/reach';

const T = 'type.googleapis.com/envoy.extensions.filters.http';
const filter = (name: string, type: string, config: object = {}) => ({
  name: `envoy.filters.http.${name}`,
  typed_config: { '@type': `${T}.${type}`, ...config },
});
const direct = (status: number, match: object = { prefix: '/' }) => ({ match, direct_response: { status } });
const A = direct(201, { prefix: '/a' });
const B = direct(202);
const rbac = (policies: object, action = 'DENY') => filter('rbac', 'rbac.v3.RBAC', { rules: { action, policies } });
const WHATEVER = { '@type': 'type.googleapis.com/google.protobuf.Struct', value: {} };

/** Whose value each request brings, and each value of which names another cluster. */
const OF_EVERY_REQUEST = ['host', 'Host', ':authority', ':path'];

const byHeader = (cluster_header: string) => ({ match: { prefix: '/' }, route: { cluster_header } });
const byWeightedHeader = (cluster_header: string) => ({
  match: { prefix: '/' },
  route: { weighted_clusters: { clusters: [{ cluster_header, weight: 1 }] } },
});
const drawnByHeader = (header_name: string) => ({
  match: { prefix: '/' },
  route: {
    weighted_clusters: {
      clusters: ['a', 'b'].map((name) => ({ name, weight: 1 })),
      header_name,
    },
  },
});

const CASES: readonly (readonly [string, Walked])[] = [
  ['ext_authz', ofRoutes([A, B], {}, [filter('ext_authz', 'ext_authz.v3.ExtAuthz', { grpc_service: {} })])],
  [
    'ext_authz with failure mode',
    ofRoutes([A, B], {}, [
      filter('ext_authz', 'ext_authz.v3.ExtAuthz', { grpc_service: {}, failure_mode_allow: true }),
    ]),
  ],
  [
    'lua',
    ofRoutes([A, B], {}, [
      filter('lua', 'lua.v3.Lua', {
        default_source_code: { inline_string: 'function envoy_on_request(h) h:respond({[":status"]="403"},"x") end' },
      }),
    ]),
  ],
  ['ext_proc', ofRoutes([A, B], {}, [filter('ext_proc', 'ext_proc.v3.ExternalProcessor', { grpc_service: {} })])],
  ['wasm', ofRoutes([A, B], {}, [filter('wasm', 'wasm.v3.Wasm', {})])],
  ['a filter nobody knows', ofRoutes([A, B], {}, [{ name: 'acme', typed_config: WHATEVER }])],
  [
    'rate limit',
    ofRoutes([A, B], {}, [
      filter('ratelimit', 'ratelimit.v3.RateLimit', { domain: 'x', rate_limit_service: { grpc_service: {} } }),
    ]),
  ],
  [
    'local rate limit',
    ofRoutes([A, B], {}, [
      filter('local_ratelimit', 'local_ratelimit.v3.LocalRateLimit', {
        stat_prefix: 'x',
        token_bucket: { max_tokens: 1, fill_interval: '1s' },
        filter_enabled: { default_value: { numerator: 100 } },
        filter_enforced: { default_value: { numerator: 100 } },
      }),
    ]),
  ],
  ['oauth2', ofRoutes([A, B], {}, [filter('oauth2', 'oauth2.v3.OAuth2', { config: {} })])],
  [
    'a CEL condition of RBAC',
    ofRoutes([A, B], {}, [
      rbac({
        p: {
          permissions: [{ any: true }],
          principals: [{ any: true }],
          condition: { call_expr: { function: '_==_', args: [] } },
        },
      }),
    ]),
  ],
  ['an expression with a word boundary', ofRoutes([direct(201, { safe_regex: { regex: '/a\\b.*' } }), B])],
  [
    'an expression with a word boundary in RBAC',
    ofRoutes([B], {}, [
      rbac({
        p: { permissions: [{ url_path: { path: { safe_regex: { regex: '/a\\b.*' } } } }], principals: [{ any: true }] },
      }),
    ]),
  ],
  [
    'a custom string matcher',
    ofRoutes([
      direct(201, {
        prefix: '/',
        headers: [{ name: 'x', string_match: { custom: { name: 'x', typed_config: WHATEVER } } }],
      }),
      B,
    ]),
  ],
  [
    'a runtime fraction',
    ofRoutes([
      direct(201, { prefix: '/', runtime_fraction: { default_value: { numerator: 30 }, runtime_key: 'k' } }),
      B,
    ]),
  ],
  [
    'dynamic metadata of a route',
    ofRoutes([
      direct(201, {
        prefix: '/',
        dynamic_metadata: [{ filter: 'x', path: [{ key: 'a' }], value: { string_match: { exact: 'b' } } }],
      }),
      B,
    ]),
  ],
  [
    'a matcher of an input nobody knows',
    ofRoutes([], {
      matcher: {
        matcher_list: {
          matchers: [
            {
              predicate: {
                single_predicate: { input: { name: 'x', typed_config: WHATEVER }, value_match: { exact: 'a' } },
              },
              on_match: {
                action: {
                  name: 'r',
                  typed_config: { '@type': 'type.googleapis.com/envoy.config.route.v3.Route', ...A },
                },
              },
            },
          ],
        },
      },
    }),
  ],
  [
    'cookies of a route',
    ofRoutes([direct(201, { prefix: '/', cookies: [{ name: 'c', string_match: { exact: 'x' } }] }), B]),
  ],
  [
    'fault by headers',
    ofRoutes([B], {}, [
      filter('fault', 'fault.v3.HTTPFault', { abort: { header_abort: {}, percentage: { numerator: 100 } } }),
    ]),
  ],
  ...OF_EVERY_REQUEST.flatMap((name): (typeof CASES)[number][] => [
    [`the cluster that ${name} names`, ofRoutes([A, byHeader(name)])],
    [`the cluster that ${name} names among weighted ones`, ofRoutes([A, byWeightedHeader(name)])],
    [`the cluster that ${name} draws`, ofRoutes([A, drawnByHeader(name)])],
  ]),
  ['a route field that is not known', ofRoutes([direct(201, { prefix: '/', acme: 3 }), B])],
  [
    'filter state in RBAC',
    ofRoutes([B], {}, [
      rbac({
        p: {
          permissions: [{ any: true }],
          principals: [{ filter_state: { key: 'acme', string_match: { exact: 'x' } } }],
        },
      }),
    ]),
  ],
];

const NOT_NAMED = new Set([
  'a runtime fraction',
  'dynamic metadata of a route',
  'fault by headers',
  'filter state in RBAC',
]);

it.each(CASES)('%s is named, or decides nothing', async (name, from) => {
  const found = await reach(from, { where: [], fixed: {}, oneHop: true, most: 100, wants: () => true });
  expect([found.complete, found.unsplit.length > 0]).toEqual(NOT_NAMED.has(name) ? [true, false] : [false, true]);
  for (const { outcome, witness } of found.classes) {
    const { url, headers = {}, ...more } = witness;
    const query = { ...more, url, headers: Object.entries(headers), originalDst: undefined, mode: 'gateway' as const };
    const { verdict } = await from.trace({ ...query, claims: {} });
    expect([url, verdict]).toEqual([url, outcome.verdict]);
  }
});

it.each(CASES)('%s: nothing is proven of every request that could end so', async (name, from) => {
  const unknown = await reach(from, {
    where: [],
    fixed: {},
    oneHop: true,
    most: 100,
    wants: ({ verdict }) => verdict === 'unknown',
  });
  const request = { url: 'http://example.com:8080', oneHop: true };
  for (const not of [{ verdict: 'denied' }, { status: 299 }, { cluster: 'x' }]) {
    const { failures, trace } = await judgeForAll({ request }, { not }, from);
    if (unknown.classes.length > 0) expect([name, failures.length, trace?.verdict]).toEqual([name, 1, 'unknown']);
  }
  for (const expected of [{ policy: null }, { hops: [{ not: { cluster: 'x' } }] }, { cluster: null }]) {
    const { failures } = await judgeForAll({ request }, expected, from);
    if (unknown.classes.length > 0) expect(failures).not.toHaveLength(0);
  }
});

it('is named of both sides of a comparison, where what comes behind it cannot be seen', async () => {
  const authorizer = [filter('ext_authz', 'ext_authz.v3.ExtAuthz', { grpc_service: {} })];
  const scope = { where: [], fixed: {}, oneHop: true, most: 100 };
  const [a, b] = [ofRoutes([A, B], {}, authorizer), ofRoutes([A, direct(203)], {}, authorizer)];
  const { complete, unsplit } = await changedBehavior(a, b, scope, () => []);
  expect([complete, unsplit.join()]).toEqual([false, expect.stringContaining('external authorizer')]);
});
