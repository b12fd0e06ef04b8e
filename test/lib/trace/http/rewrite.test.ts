/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routeaction */
import { isUnknown } from '../../../../src/lib/match/ternary';
import type { HttpMessage } from '../../../../src/lib/http/message';
import { clusterOf, listenerOf, proxyOf, routing, typed, walkOf } from '../../../helpers/hop';

interface Case {
  readonly match?: object;
  readonly action?: object;
  readonly route?: object;
  readonly virtualHost?: object;
  readonly configuration?: object;
  readonly target?: string;
  readonly headers?: readonly (readonly [string, string])[];
}

function walked(one: Case): ReturnType<typeof walkOf> {
  const route = { match: one.match ?? { prefix: '/a' }, route: { cluster: 'c', ...one.action }, ...one.route };
  const config = proxyOf({
    listeners: [listenerOf([routing([route], one.virtualHost, one.configuration)])],
    clusters: [clusterOf('c', [{ port: 1 }])],
  });
  return walkOf(config, `http://h${one.target ?? '/a/b?q=1'}`, { headers: [...(one.headers ?? [])] });
}

function upstream(one: Case): HttpMessage {
  const { forward } = walked(one);
  if (forward?.message == null) throw new Error('not forwarded');
  return forward.message;
}

const headersOf = ({ headers }: HttpMessage, name: string): readonly string[] =>
  headers.filter(([own]) => own === name).map(([, value]) => (isUnknown(value) ? `unknown: ${value.unknown}` : value));

const TEMPLATE = 'envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig';
const REWRITE = 'envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig';

/** Each seen with an Envoy 1.37. */
it.each<[string, object, string, string]>([
  ['a host without a name', {}, 'h', 'none: the endpoint has no host name, and h is sent'],
  ['a host with one', { type: 'EDS', hostname: 'n.x' }, 'n.x', "n.x, the endpoint's host name"],
  ['a name that is resolved', { type: 'STRICT_DNS' }, 'd.x', "d.x, the endpoint's host name"],
  ['the same by LOGICAL_DNS', { type: 'LOGICAL_DNS' }, 'd.x', "d.x, the endpoint's host name"],
  [
    'another name than the one that is resolved',
    { type: 'STRICT_DNS', hostname: 'n.x' },
    'n.x',
    "n.x, the endpoint's host name",
  ],
])('auto_host_rewrite: %s', (_name, { type = 'STATIC', ...named }: { type?: string }, authority, told) => {
  const address = { socket_address: { address: type.endsWith('_DNS') ? 'd.x' : '192.0.2.1', port_value: 1 } };
  const endpoints = [{ lb_endpoints: [{ endpoint: { address, ...named } }] }];
  const route = { match: { prefix: '/' }, route: { cluster: 'c', auto_host_rewrite: true } };
  const config = proxyOf({
    listeners: [listenerOf([routing([route])])],
    clusters: [{ name: 'c', type, load_assignment: { cluster_name: 'c', endpoints } }],
  });
  const walk = walkOf(config, 'http://h/');
  expect(walk.forward?.message?.authority).toBe(authority);
  expect(walk.step('endpoint')?.details).toContainEqual(['host rewrite', told]);
});

describe('the path that goes upstream', () => {
  it.each<[string, Case]>([
    ['/a/b?q=1', {}],
    ['/z/b?q=1', { action: { prefix_rewrite: '/z' } }],
    ['//b?q=1', { match: { path_separated_prefix: '/a' }, action: { prefix_rewrite: '/' } }],
    ['/z?q=1', { match: { path: '/A/b', case_sensitive: false }, action: { prefix_rewrite: '/z' } }],
    ['/z?q=1', { match: { safe_regex: { regex: '/a/.*' } }, action: { prefix_rewrite: '/z' } }],
    ['/b/a?q=1', { action: { regex_rewrite: { pattern: { regex: '^/([^/]+)/([^/]+)$' }, substitution: '/\\2/\\1' } } }],
    [
      '/x/b/c/a?q=1',
      {
        match: { path_match_policy: typed('m', TEMPLATE, { path_template: '/{one}/{rest=**}' }) },
        action: { path_rewrite_policy: typed('r', REWRITE, { path_template_rewrite: '/x/{rest}/{one}' }) },
        target: '/a/b/c?q=1',
      },
    ],
  ])('is %s', (path, one) => {
    expect(upstream(one).path).toBe(path);
  });

  it('leaves the former one in x-envoy-original-path', () => {
    expect(headersOf(upstream({ action: { prefix_rewrite: '/z' } }), 'x-envoy-original-path')).toEqual(['/a/b?q=1']);
    expect(headersOf(upstream({}), 'x-envoy-original-path')).toEqual([]);
  });
});

describe('the authority that goes upstream', () => {
  it.each<[string, Case]>([
    ['h', {}],
    ['lit', { action: { host_rewrite_literal: 'lit' } }],
    ['there', { action: { host_rewrite_header: 'X-H' }, headers: [['x-h', 'there']] }],
    ['h', { action: { host_rewrite_header: 'x-h' } }],
    ['b.x', { action: { host_rewrite_path_regex: { pattern: { regex: '^/a/(.+)$' }, substitution: '\\1.x' } } }],
  ])('is %s', (authority, one) => {
    expect(upstream(one).authority).toBe(authority);
  });

  it.each<[readonly string[], Case]>([
    [[], { action: { host_rewrite_header: 'x-h' } }],
    [['there, from the header x-h'], { action: { host_rewrite_header: 'x-h' }, headers: [['x-h', 'there']] }],
    [
      ['b.x, from the path'],
      { action: { host_rewrite_path_regex: { pattern: { regex: '^/a/(.+)$' }, substitution: '\\1.x' } } },
    ],
    [
      ["the upstream host's name, where it has one", 'none: the endpoint has no host name, and h is sent'],
      { action: { auto_host_rewrite: true } },
    ],
    [
      ['lit', 'weighted'],
      {
        action: {
          cluster: undefined,
          host_rewrite_literal: 'lit',
          weighted_clusters: { clusters: [{ name: 'c', weight: 1, host_rewrite_literal: 'weighted' }] },
        },
      },
    ],
  ])('is told as what is sent: %j', (told, one) => {
    const { steps } = walked(one).hop;
    const details = steps.flatMap((step) => step.details.filter(([label]) => label === 'host rewrite'));
    expect(details.map(([, text]) => text)).toEqual(told);
  });

  it('of a weighted cluster leaves no header', () => {
    const weighted_clusters = { clusters: [{ name: 'c', weight: 1, host_rewrite_literal: 'weighted' }] };
    const message = upstream({ action: { cluster: undefined, weighted_clusters } });
    expect(message.authority).toBe('weighted');
    expect(headersOf(message, 'x-envoy-original-host')).toEqual([]);
    const both = upstream({ action: { cluster: undefined, weighted_clusters, host_rewrite_literal: 'lit' } });
    expect([both.authority, ...headersOf(both, 'x-envoy-original-host')]).toEqual(['lit', 'weighted']);
  });

  it('leaves the former one in headers', () => {
    const message = upstream({ action: { host_rewrite_literal: 'lit', append_x_forwarded_host: true } });
    expect(headersOf(message, 'x-envoy-original-host')).toEqual(['h']);
    expect(headersOf(message, 'x-forwarded-host')).toEqual(['h']);
  });

  // Asked of Envoy 1.37, of each way in which a route rewrites the host.
  it('leaves it in headers where it stays the same', () => {
    const pattern = { regex: '^.+$' };
    for (const rewrite of [
      { host_rewrite_literal: 'h' },
      { host_rewrite_path_regex: { pattern, substitution: 'h' } },
    ] as const) {
      const message = upstream({ action: { ...rewrite, append_x_forwarded_host: true } });
      expect(message.authority).toBe('h');
      expect(headersOf(message, 'x-envoy-original-host')).toEqual(['h']);
      expect(headersOf(message, 'x-forwarded-host')).toEqual(['h']);
    }
  });
});

describe('headers that go upstream (custom request headers)', () => {
  const add = (key: string, value: string, more: object = {}): object => ({
    request_headers_to_add: [{ header: { key, value }, ...more }],
  });

  it.each<[readonly string[], Case]>([
    [['0', '1'], { route: add('X-A', '1') }],
    [['1'], { route: add('x-a', '1', { append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }) }],
    [['1'], { route: add('x-a', '1', { append: false }) }],
    [['0'], { route: add('x-a', '1', { append_action: 'ADD_IF_ABSENT' }) }],
    [[], { route: add('x-a', '1', { append_action: 'OVERWRITE_IF_EXISTS' }), headers: [] }],
    [['1'], { route: { request_headers_to_remove: ['X-A'], ...add('x-a', '1') } }],
    [['0'], { route: add('x-a', '') }],
    [['0', ''], { route: add('x-a', '', { keep_empty_value: true }) }],
    [['0', '/a/b?q=1 50%'], { route: add('x-a', '%REQ(:path)% 50%%') }],
    [['0', 'HTTP/1.1'], { route: add('x-a', '%PROTOCOL%') }],
    [['0', 'unknown: the value of %CONNECTION_ID%'], { route: add('x-a', '%CONNECTION_ID%') }],
  ])('x-a is %j', (values, one) => {
    expect(headersOf(upstream({ headers: [['x-a', '0']], ...one }), 'x-a')).toEqual(values);
  });

  it('are worked out from the headers as they were before the level', () => {
    const first = { header: { key: 'x-a', value: '1' } };
    const second = { header: { key: 'x-b', value: '%REQ(x-a)%' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' };
    const sent = upstream({ headers: [], route: { request_headers_to_add: [first, second] } });
    expect(headersOf(sent, 'x-b')).toEqual([]);
  });

  it('come from the route first, and the least specific level has the last word', () => {
    const overwrite = (value: string): object => add('x-a', value, { append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' });
    const one = { route: overwrite('route'), virtualHost: overwrite('host'), configuration: overwrite('config') };
    expect(headersOf(upstream(one), 'x-a')).toEqual(['config']);
    const configuration = { ...overwrite('config'), most_specific_header_mutations_wins: true };
    expect(headersOf(upstream({ ...one, configuration }), 'x-a')).toEqual(['route']);
  });

  it('come from a weighted cluster before all others, whoever has the last word of those', () => {
    const overwrite = (value: string): object => add('x-a', value, { append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' });
    const action = {
      cluster: undefined,
      weighted_clusters: { clusters: [{ name: 'c', weight: 1, ...overwrite('weighted') }] },
    };
    expect(headersOf(upstream({ action }), 'x-a')).toEqual(['weighted']);
    for (const most_specific_header_mutations_wins of [false, true]) {
      const configuration = { ...overwrite('config'), most_specific_header_mutations_wins };
      expect(headersOf(upstream({ action, configuration }), 'x-a')).toEqual(['config']);
    }
  });

  it('are cleaned of what only an internal caller may set', () => {
    const headers = [
      ['x-envoy-internal', 'true'],
      ['x-envoy-retry-on', '5xx'],
      ['x-forwarded-client-cert', 'By=x'],
      ['te', 'gzip'],
      ['keep-alive', '1'],
    ] as const;
    const names = upstream({ headers }).headers.map(([name]) => name);
    expect(names).toEqual(['x-request-id', 'x-forwarded-proto', 'x-envoy-expected-rq-timeout-ms']);
  });
});
