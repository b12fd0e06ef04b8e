/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_to_metadata_filter */
import { clusterOf, listenerOf, manager, proxyOf, typed, walkOf, type WalkOptions } from '../../../helpers/hop';

const HTTP = 'envoy.extensions.filters.http';
const TARGET = { metadata_namespace: 'own', key: 'from' };

/** Whether a DENY policy on the metadata `own` `from` being `luffy` refuses. */
function verdict(rule: object, options: WalkOptions): string {
  const principal = {
    metadata: { filter: 'own', path: [{ key: 'from' }], value: { string_match: { exact: 'luffy' } } },
  };
  const policies = { p: { permissions: [{ any: true }], principals: [principal] } };
  const chain = manager({
    http_filters: [
      typed('to', `${HTTP}.header_to_metadata.v3.Config`, { request_rules: [{ header: 'End-User', ...rule }] }),
      typed('rbac', `${HTTP}.rbac.v3.RBAC`, { rules: { action: 'DENY', policies } }),
      typed('router', `${HTTP}.router.v3.Router`),
    ],
    route_config: {
      virtual_hosts: [
        { name: 'v', domains: ['*'], routes: [{ match: { prefix: '/' }, direct_response: { status: 200 } }] },
      ],
    },
  });
  return walkOf(proxyOf({ listeners: [listenerOf([chain])] }), 'http://h/', options).verdict;
}

const luffy = { headers: [['end-user', 'luffy']] } as const;

it.each<[string, object, WalkOptions, string]>([
  ["the header's text", { on_header_present: TARGET }, luffy, 'denied'],
  ['another text', { on_header_present: TARGET }, { headers: [['end-user', 'nami']] }, 'direct-response'],
  ['no header', { on_header_present: TARGET }, {}, 'direct-response'],
  ['a fixed text', { on_header_present: { ...TARGET, value: 'luffy' } }, { headers: [['end-user', 'x']] }, 'denied'],
  ['what stands for a missing header', { on_header_missing: { ...TARGET, value: 'luffy' } }, {}, 'denied'],
  [
    'nothing for an empty header',
    { on_header_missing: { ...TARGET, value: 'luffy' } },
    { headers: [['end-user', '']] },
    'direct-response',
  ],
  ['what is not a number', { on_header_present: { ...TARGET, type: 'NUMBER' } }, luffy, 'direct-response'],
  ['a serialized message', { on_header_present: { ...TARGET, type: 'PROTOBUF_VALUE' } }, luffy, 'unknown'],
])('%s', (_what, rule, options, expected) => {
  expect(verdict(rule, options)).toBe(expected);
});

/** What stands in the metadata, as a header that the route adds of it goes on. */
function written(rule: object, headers: readonly (readonly [string, string])[]): string | null {
  const route = {
    match: { prefix: '/' },
    route: { cluster: 'c' },
    request_headers_to_add: [{ header: { key: 'x-is', value: '%DYNAMIC_METADATA(own:from)%' } }],
  };
  const chain = manager({
    http_filters: [
      typed('to', `${HTTP}.header_to_metadata.v3.Config`, { request_rules: [rule] }),
      typed('router', `${HTTP}.router.v3.Router`),
    ],
    route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes: [route] }] },
  });
  const config = proxyOf({ listeners: [listenerOf([chain])], clusters: [clusterOf('c', [{ port: 80 }])] });
  const sent = walkOf(config, 'http://h/', { headers }).forward?.message?.headers ?? [];
  const value = sent.find(([name]) => name === 'x-is')?.[1] ?? null;
  return value === null || typeof value === 'string' ? value : 'unknown';
}

const NUMBER = { header: 'x', on_header_present: { ...TARGET, type: 'NUMBER' } };
const BASE64 = { header: 'x', on_header_present: { ...TARGET, encode: 'BASE64' } };
const COOKIE = { cookie: 'sid', on_header_present: TARGET, on_header_missing: { ...TARGET, value: 'none' } };
const CLUSTER = {
  header: 'x',
  on_header_present: {
    ...TARGET,
    regex_value_rewrite: { pattern: { regex: '^/(cluster[\\d\\w-]+)/?.*$' }, substitution: '\\1' },
  },
};

/** Every row is what Envoy 1.37.0 sent on. */
it.each<[string, object, string, string | null]>([
  ['a number', NUMBER, '7', '7'],
  ['of any form', NUMBER, '1e3', '1000'],
  ['hexadecimal', NUMBER, '0x10', '16'],
  ['without a digit in front', NUMBER, '.5', '0.5'],
  ['with a sign', NUMBER, '-2', '-2'],
  ['with zeros in front', NUMBER, '007', '7'],
  ['no number', NUMBER, '1_0', null],
  ['base64', BASE64, 'aGk=', 'hi'],
  ['without padding', BASE64, 'aGk', 'hi'],
  ['with bits left over', BASE64, 'aGl=', null],
  ['of an impossible length', BASE64, 'a', null],
  ['of the other alphabet', BASE64, '-_8=', null],
  [
    'a number in base64',
    { header: 'x', on_header_present: { ...TARGET, type: 'NUMBER', encode: 'BASE64' } },
    'NQ',
    '5',
  ],
  ['rewritten', CLUSTER, '/cluster-prod-001/x', 'cluster-prod-001'],
  ['what the expression does not take', CLUSTER, 'zzz', 'zzz'],
  ['a text that is just short enough', { header: 'x', on_header_present: TARGET }, 'z'.repeat(8191), 'z'.repeat(8191)],
  ['a text that is too long', { header: 'x', on_header_present: TARGET }, 'z'.repeat(8192), null],
])('a header is written as %s', (_what, rule, value, expected) => {
  expect(written(rule, [['x', value]])).toBe(expected);
});

it.each<[string, readonly (readonly [string, string])[], string]>([
  ['is written', [['cookie', 'sid=1; b=2']], '1'],
  [
    'of a second header',
    [
      ['cookie', 'a=1'],
      ['cookie', 'sid=2'],
    ],
    '2',
  ],
  ['without its quotes', [['cookie', 'sid="q"']], 'q'],
  ['is missing where it is empty', [['cookie', 'sid=']], 'none'],
  ['is missing', [], 'none'],
])('a cookie %s', (_what, headers, expected) => {
  expect(written(COOKIE, headers)).toBe(expected);
});
