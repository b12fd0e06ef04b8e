/**
 * Hosts that hang on the request hang on what it is once filters and the route have changed it. Every row is what Envoy 1.37.0 did.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_proxy
 */
import { clusterOf, listenerOf, manager, proxyOf, typed, walkOf, type Walked } from '../../../helpers/hop';

const A = '127.0.0.1:18801';
const B = '127.0.0.1:18802';
type Headers = readonly (readonly [string, string])[];

function walked(filters: readonly object[], routes: readonly object[], path: string, headers: Headers): Walked {
  const type = 'envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig';
  const config = proxyOf({
    listeners: [
      listenerOf([
        manager({
          http_filters: [...filters, typed('router', 'envoy.extensions.filters.http.router.v3.Router')],
          route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] },
        }),
      ]),
    ],
    clusters: [
      { name: 'original', type: 'ORIGINAL_DST', original_dst_lb_config: { use_http_header: true } },
      { name: 'forward', lb_policy: 'CLUSTER_PROVIDED', cluster_type: typed('dfp', type) },
      clusterOf('static', [{ port: 99 }]),
    ],
  });
  return walkOf(config, `http://10.0.0.2:8080${path}`, { headers });
}

function goesTo({ forward, verdict, status, hop }: Walked): string {
  if (forward === null) return `${verdict} ${status ?? ''}`;
  const [endpoint] = hop.clusters[0]?.endpoints ?? [];
  return `${forward.message?.authority ?? ''} at ${endpoint?.address ?? ''}:${endpoint?.port ?? ''}`;
}

describe('the header of an ORIGINAL_DST cluster', () => {
  const name = 'x-envoy-original-dst-host';
  const set = { header: { key: name, value: B }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' };
  const route = (prefix: string, more: object = {}): object => ({
    match: { prefix },
    route: { cluster: 'original' },
    ...more,
  });
  const routes = [
    route('/plain'),
    route('/add', { request_headers_to_add: [set] }),
    route('/rm', { request_headers_to_remove: [name] }),
  ];
  const filter = typed('set', 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation', {
    mutations: { request_mutations: [{ append: set }] },
  });
  const to = (filters: readonly object[], path: string, headers: Headers): string =>
    goesTo(walked(filters, routes, path, headers)).replace(/.* at /, '');

  it.each<[path: string, came: string | null, plain: string, changed: string]>([
    ['/plain', null, 'failed 503', B],
    ['/plain', A, A, B],
    ['/add', null, B, B],
    ['/add', A, B, B],
    ['/rm', null, 'failed 503', 'failed 503'],
    ['/rm', A, 'failed 503', 'failed 503'],
  ])('%s with %j leads to %s, and to %s behind a filter that sets it', (path, came, plain, changed) => {
    const headers: Headers = came === null ? [] : [[name, came]];
    expect([to([], path, headers), to([filter], path, headers)]).toEqual([plain, changed]);
  });
});

describe('the dynamic forward proxy', () => {
  const type = 'envoy.extensions.filters.http.dynamic_forward_proxy.v3';
  const filter = typed('dfp', `${type}.FilterConfig`);
  const route = (prefix: string, own: object | null, action: object = {}): object => ({
    match: { prefix },
    route: { cluster: 'forward', ...action },
    ...(own === null
      ? {}
      : { typed_per_filter_config: { dfp: { '@type': `type.googleapis.com/${type}.PerRouteConfig`, ...own } } }),
  });
  const routes = [
    route('/plain', null),
    route('/literal', { host_rewrite_literal: A }),
    route('/header', { host_rewrite_header: 'X-Host' }),
    route('/both', { host_rewrite_literal: A, host_rewrite_header: 'x-host' }),
    route('/same', { host_rewrite_literal: A }, { host_rewrite_literal: A }),
    route('/other', { host_rewrite_literal: A }, { host_rewrite_literal: B }),
    route('/static', { host_rewrite_literal: A }, { cluster: 'static' }),
  ];

  it.each<[path: string, headers: Headers, end: string]>([
    ['/plain', [['host', B]], `${B} at ${B}`],
    ['/plain', [['host', '']], 'failed 400'],
    ['/literal', [['host', B]], `${A} at ${A}`],
    ['/header', [['host', A]], `${A} at ${A}`],
    [
      '/header',
      [
        ['host', A],
        ['x-host', B],
      ],
      `${B} at ${B}`,
    ],
    [
      '/header',
      [
        ['host', 'h'],
        ['x-host', A],
        ['x-host', B],
      ],
      `${A} at ${A}`,
    ],
    [
      '/header',
      [
        ['host', A],
        ['x-host', ''],
      ],
      'failed 400',
    ],
    [
      '/both',
      [
        ['host', B],
        ['x-host', B],
      ],
      `${A} at ${A}`,
    ],
    ['/same', [['host', B]], `${A} at ${A}`],
    // Another request may have had it resolved, or none.
    ['/other', [['host', B]], 'unknown '],
    ['/static', [['host', B]], `${B} at 10.0.1.1:99`],
  ])('%s with %j is sent to %s', (path, headers, end) => {
    expect(goesTo(walked([filter], routes, path, headers))).toBe(end);
  });

  it('shows later filters the host that the route gives', () => {
    const deny = typed('rbac', 'envoy.extensions.filters.http.rbac.v3.RBAC', {
      rules: {
        action: 'DENY',
        policies: {
          p: {
            permissions: [{ header: { name: ':authority', string_match: { exact: A } } }],
            principals: [{ any: true }],
          },
        },
      },
    });
    expect(walked([filter, deny], routes, '/literal', [['host', B]]).status).toBe(403);
  });
});
