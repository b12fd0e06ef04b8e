/**
 * Time-outs, retries and routes by lot as they are in force.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter
 */
import { clusterOf, listenerOf, manager, proxyOf, typed, walkOf, type Walked } from '../../../helpers/hop';

type Headers = readonly (readonly [string, string])[];

const INSIDE = {
  use_remote_address: true,
  internal_address_config: { cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] },
};
const GRPC: Headers = [['content-type', 'application/grpc']];

function walked(routes: readonly object[], headers: Headers, sourceIp = '10.0.0.1', more: object = INSIDE): Walked {
  const virtual_hosts = [{ name: 'v', domains: ['*'], routes }];
  const listeners = [listenerOf([manager({ route_config: { virtual_hosts }, ...more })])];
  const clusters = ['a', 'b', 'c'].map((name, index) => clusterOf(name, [{ port: index + 1 }]));
  return walkOf(proxyOf({ listeners, clusters }), 'http://h/', { headers, sourceIp });
}

function details(
  action: object,
  headers: Headers = [],
  sourceIp?: string,
  more?: object,
): Readonly<Record<string, string>> {
  const route = { name: 'r', match: { prefix: '/' }, route: { cluster: 'a', ...action } };
  return Object.fromEntries(walked([route], headers, sourceIp, more).step('route')?.details ?? []);
}

it.each<[object, Headers, string | undefined]>([
  [{}, [], "15s (Envoy's default)"],
  [{ timeout: '5s' }, [], '5s'],
  [{ timeout: '0s' }, [], 'none'],
  [{ timeout: '5s' }, [['x-envoy-upstream-rq-timeout-ms', '2000']], '2s (x-envoy-upstream-rq-timeout-ms)'],
  [{ timeout: '5s' }, [['x-envoy-upstream-rq-timeout-ms', 'soon']], '5s'],
  [{ timeout: '5s' }, [['x-envoy-upstream-rq-timeout-ms', '+2000']], '2s (x-envoy-upstream-rq-timeout-ms)'],
  [
    { timeout: '5s' },
    [['x-envoy-upstream-rq-timeout-ms', '9000000000000000']],
    '9000000000000s (x-envoy-upstream-rq-timeout-ms)',
  ],
  [{ timeout: '5s' }, [['x-envoy-upstream-rq-timeout-ms', '18446744073709551616']], '5s'],
  [{ timeout: '5s' }, [['x-envoy-upstream-rq-timeout-ms', '-1']], '5s'],
  [{ timeout: '5s' }, [['grpc-timeout', '3S']], '5s'],
  [{ timeout: '5s', max_grpc_timeout: '0s' }, [['grpc-timeout', '3S']], '5s'],
  [{ timeout: '5s', max_grpc_timeout: '0s' }, [...GRPC, ['grpc-timeout', '3000m']], '3s (grpc-timeout)'],
  [{ timeout: '5s', max_grpc_timeout: '0s' }, GRPC, 'none'],
  [{ timeout: '5s', max_grpc_timeout: '2s' }, [...GRPC, ['grpc-timeout', '1M']], '2s (max_grpc_timeout)'],
  [{ timeout: '5s', max_grpc_timeout: '2s' }, GRPC, '2s (max_grpc_timeout)'],
  [
    { timeout: '5s', max_grpc_timeout: '9s', grpc_timeout_offset: '1s' },
    [...GRPC, ['grpc-timeout', '3S']],
    '2s (grpc-timeout)',
  ],
  [{ timeout: '5s', max_stream_duration: {} }, [], 'none'],
])('%j with %j: timeout %s', (action, headers, expected) => {
  expect(details(action, headers)['timeout']).toBe(expected);
});

it('who calls from outside sets no time-out, and of nobody it is not known', () => {
  const headers = [['x-envoy-upstream-rq-timeout-ms', '2000']] as const;
  expect(details({ timeout: '5s' }, headers, '192.0.2.7')['timeout']).toBe('5s');
});

it.each<[object, Headers, string | undefined]>([
  [{ max_stream_duration: { max_stream_duration: '4s' } }, [], '4s'],
  [{ max_stream_duration: { grpc_timeout_header_max: '2s' } }, [['grpc-timeout', '3S']], '2s (grpc-timeout)'],
  [{ max_stream_duration: { grpc_timeout_header_max: '0s' } }, [['grpc-timeout', '3S']], '3s (grpc-timeout)'],
  [
    { max_stream_duration: { grpc_timeout_header_max: '0s', grpc_timeout_header_offset: '1s' } },
    [['grpc-timeout', '3S']],
    '2s (grpc-timeout)',
  ],
  [{ max_stream_duration: { max_stream_duration: '4s', grpc_timeout_header_max: '2s' } }, [], '4s'],
])('%j with %j: stream duration %s', (action, headers, expected) => {
  expect(details(action, headers)['stream duration']).toBe(expected);
});

it.each<[object, Headers, string | undefined, string | undefined]>([
  [{ retry_on: '5xx', per_try_timeout: '1s' }, [], '1 on 5xx', '1s'],
  [{ retry_on: '5xx', per_try_timeout: '9s' }, [], '1 on 5xx', undefined],
  [{ retry_on: '503', num_retries: 3 }, [], 'none; not known to Envoy: 503', undefined],
  [{ retry_on: '5xx,503', num_retries: 3 }, [], '3 on 5xx, not known to Envoy: 503', undefined],
  [
    { retry_on: 'retriable-status-codes', num_retries: 3, retriable_status_codes: [503] },
    [['x-envoy-retriable-status-codes', '409,x']],
    '3 on retriable-status-codes, status 503, 409',
    undefined,
  ],
  [
    { retry_on: '5xx', num_retries: 3 },
    [
      ['x-envoy-retry-on', 'reset, 5xx'],
      ['x-envoy-max-retries', '7'],
    ],
    '7 on 5xx,reset',
    undefined,
  ],
  [{ retry_on: '5xx' }, [['x-envoy-max-retries', '+2']], '2 on 5xx', undefined],
  [{ retry_on: '5xx' }, [['x-envoy-max-retries', '-2']], '1 on 5xx', undefined],
  [{ retry_on: '5xx' }, [['x-envoy-retry-on', 'cancelled']], '1 on 5xx', undefined],
  [{ retry_on: '5xx' }, [['x-envoy-retry-grpc-on', 'cancelled,reset']], '1 on 5xx,cancelled', undefined],
  [{ retry_on: '5xx,cancelled' }, [], '1 on 5xx,cancelled', undefined],
  [{ retry_on: '5xx', retriable_request_headers: [{ name: 'x', present_match: true }] }, [], undefined, undefined],
  [
    { retry_on: '5xx' },
    [['x-envoy-upstream-rq-per-try-timeout-ms', '500']],
    '1 on 5xx',
    '0.5s (x-envoy-upstream-rq-per-try-timeout-ms)',
  ],
])('%j with %j: retries %s, each try %s', (retry_policy, headers, retries, each) => {
  const told = details({ timeout: '5s', retry_policy }, headers);
  expect(told['retries']).toBe(retries);
  expect(told['timeout of each try']).toBe(each);
});

it('a retry that the request alone asks for', () => {
  expect(details({}, [['x-envoy-retry-on', 'connect-failure']])['retries']).toBe('1 on connect-failure');
  expect(details({}, [['x-envoy-retry-on', 'connect-failure']], '192.0.2.7')['retries']).toBeUndefined();
});

describe('a stream that may last no time', () => {
  const ended = (max_stream_duration: object, headers: Headers): Walked =>
    walked([{ name: 'r', match: { prefix: '/' }, route: { cluster: 'a', max_stream_duration } }], headers);

  it.each<[string, object, Headers, number]>([
    [
      'of an offset',
      { grpc_timeout_header_max: '3s', grpc_timeout_header_offset: '1s' },
      [['grpc-timeout', '1S']],
      504,
    ],
    ['of its own', { grpc_timeout_header_max: '0s' }, [['grpc-timeout', '0S']], 504],
    ['of gRPC', { grpc_timeout_header_max: '0s' }, [...GRPC, ['grpc-timeout', '0S']], 200],
  ])('is ended at once because %s', (_name, duration, headers, status) => {
    const walk = ended(duration, headers);
    expect(walk).toMatchObject({ verdict: 'failed', reason: 'local-reply', status, responseFlags: null });
    expect(walk.step('route')?.details).toContainEqual(['stream duration', '0s (grpc-timeout)']);
  });

  it('is none where the header does not count', () => {
    expect(ended({}, [['grpc-timeout', '0S']]).verdict).toBe('delivered');
    expect(ended({ max_stream_duration: '0s' }, [['grpc-timeout', '0S']]).verdict).toBe('delivered');
  });
});

describe('what the proxy before this one expects', () => {
  const respects = typed('router', 'envoy.extensions.filters.http.router.v3.Router', {
    respect_expected_rq_timeout: true,
  });
  const told = (headers: Headers): string | undefined =>
    details({ timeout: '5s' }, headers, '10.0.0.1', { ...INSIDE, http_filters: [respects] })['timeout'];

  it.each<[string, Headers, string]>([
    ['counts', [['x-envoy-expected-rq-timeout-ms', '700']], '0.7s (x-envoy-expected-rq-timeout-ms)'],
    [
      'counts before what the request asks for',
      [
        ['x-envoy-expected-rq-timeout-ms', '700'],
        ['x-envoy-upstream-rq-timeout-ms', '300'],
      ],
      '0.7s (x-envoy-expected-rq-timeout-ms)',
    ],
    [
      'hides what the request asks for where it is not a number, too',
      [
        ['x-envoy-expected-rq-timeout-ms', 'soon'],
        ['x-envoy-upstream-rq-timeout-ms', '300'],
      ],
      '5s',
    ],
    ['may be absent', [['x-envoy-upstream-rq-timeout-ms', '300']], '0.3s (x-envoy-upstream-rq-timeout-ms)'],
  ])('%s', (_name, headers, expected) => {
    expect(told(headers)).toBe(expected);
  });
});

describe('what the upstream is told of its time', () => {
  const expectation = (action: object, headers: Headers, more: object = INSIDE): unknown => {
    const route = { name: 'r', match: { prefix: '/' }, route: { cluster: 'a', timeout: '5s', ...action } };
    const sent = walked([route], headers, '10.0.0.1', more).forward?.message?.headers ?? [];
    return sent.find(([name]) => name === 'x-envoy-expected-rq-timeout-ms')?.[1];
  };
  const retry_policy = { retry_on: '5xx', per_try_timeout: '1s' };

  it.each<[string, object, Headers, string]>([
    ['the time of a try', { retry_policy }, [], '1000'],
    [
      'all of it where tries are hedged',
      { retry_policy, hedge_policy: { hedge_on_per_try_timeout: true } },
      [],
      '5000',
    ],
    [
      'all of it where the request asks for that',
      { retry_policy },
      [['x-envoy-hedge-on-per-try-timeout', 'true']],
      '5000',
    ],
    [
      'the time of a try where the request asks for that',
      { retry_policy, hedge_policy: { hedge_on_per_try_timeout: true } },
      [['x-envoy-hedge-on-per-try-timeout', 'false']],
      '1000',
    ],
  ])('%s', (_name, action, headers, expected) => {
    expect(expectation(action, headers)).toBe(expected);
  });
});

describe('a route by lot', () => {
  const route = (name: string, cluster: string, numerator?: number): object => ({
    name,
    match: { prefix: '/', ...(numerator === undefined ? {} : { runtime_fraction: { default_value: { numerator } } }) },
    route: { cluster },
  });
  const shares = ({ hop }: Walked): unknown => Object.fromEntries(hop.clusters.map(({ name, share }) => [name, share]));

  it('is a share of the destinations', () => {
    const chosen = walked([route('x', 'a', 30), route('y', 'b', 50), route('z', 'c')], []);
    expect(shares(chosen)).toEqual({ a: expect.closeTo(0.3), b: expect.closeTo(0.35), c: expect.closeTo(0.35) });
    expect(chosen.step('route')?.details).toContainEqual(['chance', '35%']);
  });

  it('is none where it is never or always taken', () => {
    expect(shares(walked([route('x', 'a', 0), route('z', 'c')], []))).toEqual({ c: 1 });
    expect(shares(walked([route('x', 'a', 100), route('z', 'c')], []))).toEqual({ a: 1 });
  });

  it('is multiplied with weights', () => {
    const clusters = [
      { name: 'b', weight: 1 },
      { name: 'c', weight: 3 },
    ];
    const weighted = { name: 'w', match: { prefix: '/' }, route: { weighted_clusters: { clusters } } };
    expect(shares(walked([route('x', 'a', 20), weighted], []))).toEqual({
      a: expect.closeTo(0.2),
      b: expect.closeTo(0.2),
      c: expect.closeTo(0.6),
    });
  });

  it('leaves a part without a destination where a route of them answers itself', () => {
    const answers = { name: 'd', match: { prefix: '/' }, direct_response: { status: 200 } };
    expect(shares(walked([route('x', 'a', 20), answers], []))).toEqual({ a: expect.closeTo(0.2) });
  });
});

describe('what the router tells the upstream', () => {
  function sent(action: object, headers: Headers, router: object = {}): Readonly<Record<string, unknown>> {
    const http_filters = [typed('router', 'envoy.extensions.filters.http.router.v3.Router', router)];
    const route = { match: { prefix: '/' }, route: { cluster: 'a', ...action } };
    const { forward } = walked([route], headers, '10.0.0.1', { ...INSIDE, http_filters });
    return Object.fromEntries(forward?.message?.headers ?? []);
  }

  it.each<[object, Headers, string | undefined]>([
    [{}, [], '15000'],
    [{ timeout: '5s', retry_policy: { retry_on: '5xx', per_try_timeout: '1.5s' } }, [], '1500'],
    [{ timeout: '0s' }, [], undefined],
    [{ timeout: '5s' }, [['x-envoy-upstream-rq-timeout-ms', '700']], '700'],
  ])('%j with %j: it waits %s ms', (action, headers, expected) => {
    expect(sent(action, headers)['x-envoy-expected-rq-timeout-ms']).toBe(expected);
    expect(sent(action, headers, { suppress_envoy_headers: true })).not.toHaveProperty(
      'x-envoy-expected-rq-timeout-ms',
    );
  });

  it.each<[object, string]>([
    [{ prefix_rewrite: '/new' }, 'x-envoy-original-path'],
    [{ host_rewrite_literal: 'new.example' }, 'x-envoy-original-host'],
    [{ host_rewrite_path_regex: { pattern: { regex: '.*' }, substitution: 'new.example' } }, 'x-envoy-original-host'],
  ])('with suppress_envoy_headers what %j replaces is kept in no header', (by, header) => {
    expect(sent(by, [], {})).toHaveProperty(header);
    expect(sent(by, [], { suppress_envoy_headers: true })).not.toHaveProperty(header);
  });

  it.each<[object, Headers, string | undefined]>([
    [{ timeout: '5s' }, GRPC, undefined],
    [{ max_grpc_timeout: '3s' }, GRPC, '3000m'],
    [{ max_grpc_timeout: '3s' }, [...GRPC, ['grpc-timeout', '2X']], '3000m'],
    [{ max_grpc_timeout: '0s' }, [...GRPC, ['grpc-timeout', '1H']], '3600000m'],
    [{ max_grpc_timeout: '0s' }, [...GRPC, ['grpc-timeout', '99H']], '356400S'],
    [{ max_grpc_timeout: '3s', max_stream_duration: {} }, [...GRPC, ['grpc-timeout', '1S']], '1S'],
    [{ max_stream_duration: { max_stream_duration: '9s', grpc_timeout_header_max: '8s' } }, GRPC, '9000m'],
    [{ max_stream_duration: { max_stream_duration: '9s' } }, [], undefined],
  ])('%j with %j: grpc-timeout %s', (action, headers, expected) => {
    expect(sent(action, headers)['grpc-timeout']).toBe(expected);
  });

  it('what a request asks of the router alone goes no further', () => {
    const headers: Headers = [
      ['x-envoy-max-retries', '3'],
      ['x-envoy-retry-on', '5xx'],
      ['x-envoy-upstream-rq-per-try-timeout-ms', '10'],
      ['x-envoy-force-trace', '1'],
    ];
    expect(Object.keys(sent({}, headers)).filter((name) => headers.some(([own]) => own === name))).toEqual([
      'x-envoy-force-trace',
    ]);
  });
});
