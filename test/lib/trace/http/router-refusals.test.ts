/**
 * What the router answers before it looks for a host. Each row was sent to an Envoy 1.37 that had loaded the same.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/router/v3/router.proto
 */
import { clusterOf, listenerOf, manager, proxyOf, typed, walkOf, type Walked } from '../../../helpers/hop';

type Headers = readonly (readonly [string, string])[];

const INSIDE = {
  use_remote_address: true,
  internal_address_config: { cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] },
};
const STRICT = [
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-max-retries',
  'x-envoy-retry-on',
  'x-envoy-retry-grpc-on',
];

interface Setup {
  readonly headers?: Headers;
  readonly router?: object;
  readonly cluster?: object;
  readonly to?: string;
  readonly runtime?: object;
  readonly sourceIp?: string;
  readonly forced?: readonly number[];
}

function walked({ headers = [], router = {}, cluster = {}, to = 'a', runtime = {}, sourceIp, forced }: Setup): Walked {
  const http_filters = [typed('router', 'envoy.extensions.filters.http.router.v3.Router', router)];
  const virtual_hosts = [{ name: 'v', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: to } }] }];
  const listeners = [listenerOf([manager({ route_config: { virtual_hosts }, http_filters, ...INSIDE })])];
  const clusters = [{ ...clusterOf('a', [{ port: 1 }]), ...cluster }, clusterOf('empty', [])];
  const bootstrap = { layered_runtime: { layers: [{ name: 's', static_layer: runtime }] } };
  const options = { headers, sourceIp: sourceIp ?? '10.0.0.1', ...(forced === undefined ? {} : { forced }) };
  return walkOf(proxyOf({ listeners, clusters, bootstrap }), 'http://h/', options);
}

describe('headers that are checked strictly', () => {
  const router = { strict_check_headers: STRICT };
  const told = (headers: Headers, more: Setup = {}): unknown => {
    const { verdict, reason, status, responseFlags } = walked({ headers, router, ...more });
    return { verdict, reason, status, responseFlags };
  };
  const REFUSED = { verdict: 'failed', reason: 'local-reply', status: 400, responseFlags: 'IH' };

  it.each(['abc', '', '-1', '5xx', '18446744073709551616', '1.5'])('%j is not a number', (value) => {
    for (const name of STRICT.slice(0, 3)) expect(told([[name, value]])).toEqual(REFUSED);
  });

  it.each(['5', '+5', ' 5', '18446744073709551615'])('%j is a number', (value) => {
    for (const name of STRICT.slice(0, 3)) expect(told([[name, value]])).toMatchObject({ verdict: 'delivered' });
  });

  it.each<[string, string, boolean]>([
    ['x-envoy-retry-on', '5xx', true],
    ['x-envoy-retry-on', '', true],
    ['x-envoy-retry-on', '5xx,', true],
    ['x-envoy-retry-on', '5xx , reset', true],
    ['x-envoy-retry-on', '5xx,nonsense', false],
    ['x-envoy-retry-on', 'cancelled', false],
    ['x-envoy-retry-grpc-on', 'cancelled, internal', true],
    ['x-envoy-retry-grpc-on', '5xx', false],
  ])('%s: %s', (name, value, isRight) => {
    expect(told([[name, value]])).toMatchObject(isRight ? { verdict: 'delivered' } : REFUSED);
  });

  it('are looked at together where they come twice', () => {
    const twice = (name: string, first: string, second: string): unknown =>
      told([
        [name, first],
        [name, second],
      ]);
    expect(twice('x-envoy-max-retries', '1', '2')).toEqual(REFUSED);
    expect(twice('x-envoy-retry-on', '5xx', 'reset')).toMatchObject({ verdict: 'delivered' });
  });

  it('are not there of callers from outside, and not looked at where the router is not told to', () => {
    const headers: Headers = [['x-envoy-max-retries', 'abc']];
    expect(told(headers, { sourceIp: '192.0.2.7' })).toMatchObject({ verdict: 'delivered' });
    expect(told(headers, { router: {} })).toMatchObject({ verdict: 'delivered' });
  });

  it('come behind a missing cluster, and before a missing host', () => {
    const headers: Headers = [['x-envoy-max-retries', 'abc']];
    expect(told(headers, { to: 'nope' })).toMatchObject({ responseFlags: 'NC' });
    expect(told(headers, { to: 'empty' })).toEqual(REFUSED);
  });

  it('are 200 to gRPC, and the trace names them', () => {
    const walk = walked({
      router,
      headers: [
        ['x-envoy-max-retries', 'abc'],
        ['content-type', 'application/grpc'],
      ],
    });
    expect(walk).toMatchObject({ verdict: 'failed', status: 200, responseFlags: 'IH' });
    expect(walk.step('cluster')).toMatchObject({
      outcome: 'ended',
      because: 'the router refuses what the header x-envoy-max-retries says (strict_check_headers)',
    });
  });
});

describe('a cluster whose requests are refused', () => {
  const drops = (drop_percentage: object): object => ({
    load_assignment: {
      cluster_name: 'a',
      endpoints: [
        { lb_endpoints: [{ endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: 1 } } } }] },
      ],
      policy: { drop_overloads: [{ category: 'c', drop_percentage }] },
    },
  });
  const maintained = (value: unknown): Setup => ({ runtime: { 'upstream.maintenance_mode.a': value } });

  it.each<[string, Setup, string]>([
    ['all, as its endpoints ask', { cluster: drops({ numerator: 100 }) }, 'UDO'],
    ['most, as its endpoints ask', { cluster: drops({ numerator: 999_999, denominator: 'MILLION' }) }, 'DO'],
    ['all, in maintenance mode', maintained(100), 'UO'],
    ['all, in maintenance mode by a number in text', maintained('100'), 'UO'],
    ['most, in maintenance mode', maintained(60), 'UO'],
    ['all, in maintenance mode before its endpoints', { ...maintained(100), cluster: drops({ numerator: 100 }) }, 'UO'],
  ])('%s', (_name, setup, responseFlags) => {
    expect(walked(setup)).toMatchObject({ verdict: 'failed', reason: 'local-reply', status: 503, responseFlags });
  });

  it.each<[string, Setup]>([
    ['none of them', { cluster: drops({ numerator: 0 }) }],
    ['fewer than half of them', { cluster: drops({ numerator: 30 }) }],
    ['a fraction, which maintenance mode does not know', maintained({ numerator: 100 })],
    ['those of another cluster', { runtime: { 'upstream.maintenance_mode.b': 100 } }],
  ])('%s, and it is delivered', (_name, setup) => {
    expect(walked(setup).verdict).toBe('delivered');
  });

  it('a part of them is a branch, and told', () => {
    const setup = { cluster: drops({ numerator: 30 }) };
    expect(walked({ ...setup, forced: [0] })).toMatchObject({ verdict: 'failed', responseFlags: 'DO' });
    expect(walked(setup).step('cluster')?.details).toContainEqual(['drop_overloads', '30% are answered 503']);
  });

  it('before a host is looked for', () => {
    const setup = { to: 'empty', runtime: { 'upstream.maintenance_mode.empty': 100 } };
    expect(walked(setup)).toMatchObject({ responseFlags: 'UO' });
  });
});
