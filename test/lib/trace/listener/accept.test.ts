/**
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/original_dst_filter
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/listener_filters
 */
import {
  clusterOf,
  listenerOf,
  proxyOf,
  routing,
  tcpProxy,
  typed,
  walkOf,
  type Walked,
  type WalkOptions,
} from '../../../helpers/hop';

const inspector = (kind: 'Tls' | 'Http', more: object = {}): object => ({
  ...typed(kind, `envoy.extensions.filters.listener.${kind.toLowerCase()}_inspector.v3.${kind}Inspector`),
  ...more,
});
const ORIGINAL_DST = typed('dst', 'envoy.extensions.filters.listener.original_dst.v3.OriginalDst');

interface Spec {
  readonly name?: string;
  readonly ip?: string;
  readonly port: number;
  readonly more?: object;
}

function listener({ name, ip = '0.0.0.0', port, more = {} }: Spec): object {
  const chain = (suffix: string, match: object): object => ({
    name: suffix,
    filter_chain_match: match,
    filters: [tcpProxy({ cluster: 'c' })],
  });
  return {
    name: name ?? `${ip}_${port}`,
    address: { socket_address: { address: ip, port_value: port } },
    bind_to_port: port === 15001 || port === 15006,
    filter_chains: [
      chain('tls', { transport_protocol: 'tls' }),
      chain('http', { application_protocols: ['http/1.1', 'h2c', 'http/1.0'] }),
      chain('other', {}),
    ],
    ...more,
  };
}

const OUTBOUND = { port: 15001, more: { use_original_dst: true } };
const REDIRECTED: WalkOptions = {
  to: { ip: '10.96.0.10', port: 80 },
  entry: { kind: 'redirected', port: 15001, transparent: false },
};

function met(specs: readonly Spec[], options: WalkOptions = REDIRECTED, url = 'http://h/'): Walked {
  return walkOf(proxyOf({ listeners: specs.map(listener), clusters: [clusterOf('c', [{ port: 1 }])] }), url, options);
}
const named = ({ hop }: Walked): string => `${hop.listener?.name ?? ''} ${hop.filterChain?.name ?? ''}`;

describe('the listener of a redirected connection', () => {
  it.each<[string, readonly Spec[], string]>([
    ['of exactly the address', [OUTBOUND, { port: 80 }, { ip: '10.96.0.10', port: 80 }], '10.96.0.10_80 other'],
    ['of the wildcard address', [OUTBOUND, { port: 80 }, { ip: '10.96.0.20', port: 80 }], '0.0.0.0_80 other'],
    ['is the accepting one where no other is on the port', [OUTBOUND, { port: 81 }], '0.0.0.0_15001 other'],
    ['is the accepting one where it hands nothing over', [{ port: 15001 }, { port: 80 }], '0.0.0.0_15001 other'],
    [
      'of an IPv6 wildcard that takes IPv4',
      [
        OUTBOUND,
        {
          ip: '::',
          port: 80,
          more: { address: { socket_address: { address: '::', port_value: 80, ipv4_compat: true } } },
        },
      ],
      '::_80 other',
    ],
    ['of an IPv6 wildcard that does not', [OUTBOUND, { ip: '::', port: 80 }], '0.0.0.0_15001 other'],
    [
      'of an additional address',
      [
        OUTBOUND,
        {
          ip: '10.96.0.20',
          port: 80,
          more: { additional_addresses: [{ address: { socket_address: { address: '10.96.0.10', port_value: 80 } } }] },
        },
      ],
      '10.96.0.20_80 other',
    ],
  ])('%s', (_name, specs, expected) => {
    expect(named(met(specs))).toBe(expected);
  });

  it('hands over once', () => {
    const again = { port: 80, more: { use_original_dst: true } };
    expect(named(met([OUTBOUND, again, { ip: '10.96.0.10', port: 81 }]))).toBe('0.0.0.0_80 other');
  });

  it('is none where nothing is bound to the port', () => {
    expect(met([{ port: 80 }])).toMatchObject({ verdict: 'failed', reason: 'no-listener', hop: { listener: null } });
  });
});

describe('a connection to a port as it is', () => {
  const direct: WalkOptions = { to: { ip: '10.0.0.2', port: 8080 }, entry: { kind: 'bound' } };

  it('comes to a listener that is bound alone', () => {
    expect(named(met([{ port: 8080, more: { bind_to_port: true } }], direct))).toBe('0.0.0.0_8080 other');
    expect(met([{ port: 8080 }], direct).reason).toBe('no-listener');
  });

  it('comes to an internal listener by name', () => {
    const inner = { name: 'inner', port: 1, more: { address: undefined, internal_listener: {} } };
    const options: WalkOptions = { ...direct, entry: { kind: 'internal', listener: 'inner' } };
    expect(met([inner], options).hop.listener).toEqual({ name: 'inner', address: 'envoy://inner' });
    expect(met([], options).reason).toBe('no-listener');
  });
});

describe('what listener filters find out', () => {
  const filters = (...list: readonly object[]): object => ({ listener_filters: list });

  it.each<[string, readonly Spec[], string, string]>([
    [
      'HTTP',
      [OUTBOUND, { port: 80, more: filters(inspector('Tls'), inspector('Http')) }],
      'http://h/',
      '0.0.0.0_80 http',
    ],
    ['nothing without an inspector', [OUTBOUND, { port: 80 }], 'http://h/', '0.0.0.0_80 other'],
    ['TLS', [OUTBOUND, { port: 80, more: filters(inspector('Tls')) }], 'https://h/', '0.0.0.0_80 tls'],
    [
      'no TLS without its inspector',
      [OUTBOUND, { port: 80, more: filters(inspector('Http')) }],
      'https://h/',
      '0.0.0.0_80 other',
    ],
    [
      'stays at the hand-off',
      [{ port: 15001, more: { use_original_dst: true, ...filters(inspector('Tls')) } }, { port: 80 }],
      'https://h/',
      '0.0.0.0_80 tls',
    ],
    [
      'no HTTP in other bytes',
      [OUTBOUND, { port: 80, more: filters(inspector('Http')) }],
      'tcp://h:1',
      '0.0.0.0_80 other',
    ],
  ])('%s', (_name, specs, url, expected) => {
    expect(named(met(specs, REDIRECTED, url))).toBe(expected);
  });

  it('are disabled by the port as it is when they are reached', () => {
    const port80 = { filter_disabled: { destination_port_range: { start: 80, end: 81 } } };
    const asked = (...list: readonly object[]): string =>
      named(
        met(
          [{ port: 15001, more: { use_original_dst: true, ...filters(...list) } }, { port: 80 }],
          REDIRECTED,
          'https://h/',
        ),
      );
    expect(asked(inspector('Tls', port80))).toBe('0.0.0.0_80 tls');
    expect(asked(ORIGINAL_DST, inspector('Tls', port80))).toBe('0.0.0.0_80 other');
    const not80 = { filter_disabled: { not_match: port80.filter_disabled } };
    expect(asked(ORIGINAL_DST, inspector('Tls', not80))).toBe('0.0.0.0_80 tls');
    const both = { filter_disabled: { and_match: { rules: [{ any_match: true }, port80.filter_disabled] } } };
    expect(asked(ORIGINAL_DST, inspector('Tls', both))).toBe('0.0.0.0_80 other');
  });

  describe('of a client that waits for the server', () => {
    const silent = (more: object): Walked =>
      met(
        [{ port: 15001, more: { use_original_dst: true, ...filters(inspector('Tls')), ...more } }, { port: 80 }],
        { ...REDIRECTED, serverFirst: true },
        'tcp://h:1',
      );

    it('is nothing: the filters behind do not run, so it is not handed over', () => {
      expect(named(silent({ continue_on_listener_filters_timeout: true }))).toBe('0.0.0.0_15001 other');
    });

    it('ends the connection without continue_on_listener_filters_timeout', () => {
      expect(silent({})).toMatchObject({ verdict: 'failed', reason: 'listener-filter-timeout' });
    });

    it('does not matter where no filter waits', () => {
      const specs = [OUTBOUND, { port: 80 }];
      expect(named(met(specs, { ...REDIRECTED, serverFirst: true }, 'tcp://h:1'))).toBe('0.0.0.0_80 other');
    });
  });

  it('is the end where a PROXY header is wanted', () => {
    const proxy = typed('p', 'envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol');
    const walked = met([OUTBOUND, { port: 80, more: filters(proxy) }]);
    expect(walked).toMatchObject({ verdict: 'failed', reason: 'connection-closed' });
  });
});

describe('a PROXY protocol header', () => {
  const PROXY = 'envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol';
  const filter = (config: object = {}): object => typed('proxy', PROXY, config);
  const sent = { proxyProtocol: { ip: '203.0.113.9', port: 4000 } };
  const chain = (name: string, match: object, filters: readonly object[]): object => ({
    name,
    filter_chain_match: match,
    filters,
  });
  const range = (address_prefix: string): object => ({ address_prefix, prefix_len: 32 });
  const OK = routing([{ match: { prefix: '/' }, direct_response: { status: 200 } }], {}, {});
  const walked = (listener_filters: readonly object[], chains: readonly object[], options: WalkOptions): Walked =>
    walkOf(
      proxyOf({ listeners: [listenerOf([OK], { listener_filters, filter_chains: chains })] }),
      options.tls === 'tls' ? 'https://h/' : 'http://h/',
      options,
    );
  const named = chain('named', { source_prefix_ranges: [range('203.0.113.9')], source_ports: [4000] }, [OK]);
  const direct = chain('direct', { direct_source_prefix_ranges: [range('10.0.0.1')] }, [OK]);
  const any = chain('any', {}, [OK]);

  it('names the source, and the peer stays the direct one', () => {
    expect(walked([filter()], [named, any], sent).hop.filterChain?.name).toBe('named');
    expect(walked([filter()], [direct, any], sent).hop.filterChain?.name).toBe('direct');
    expect(walked([filter()], [any], sent)).toMatchObject({ verdict: 'direct-response', status: 200 });
  });

  it('names the caller itself where it names nobody else, whose port is not known then', () => {
    const own = { proxyProtocol: { ip: null, port: null } };
    const caller = chain('caller', { source_prefix_ranges: [range('10.0.0.1')] }, [OK]);
    expect(walked([filter()], [caller, any], own).hop.filterChain?.name).toBe('caller');
    expect(walked([filter()], [named, any], { proxyProtocol: { ip: '203.0.113.9', port: null } }).verdict).toBe(
      'unknown',
    );
  });

  it('is neither HTTP nor TLS where no filter takes it off', () => {
    expect(walked([], [any], sent)).toMatchObject({ verdict: 'failed', reason: 'protocol-error', status: 400 });
    expect(walked([inspector('Http'), filter()], [any], sent).verdict).toBe('direct-response');
    const byProtocol = chain('http', { application_protocols: ['http/1.1'] }, [OK]);
    expect(walked([inspector('Http'), filter()], [byProtocol, any], sent).hop.filterChain?.name).toBe('any');
    expect(walked([filter(), inspector('Http')], [byProtocol, any], sent).hop.filterChain?.name).toBe('http');
    const byTls = chain('tls', { transport_protocol: 'tls' }, [OK]);
    expect(walked([inspector('Tls'), filter()], [byTls, any], { ...sent, tls: 'tls' }).hop.filterChain?.name).toBe(
      'any',
    );
  });

  it('is refused in a version that is not allowed, and wanted where none comes', () => {
    expect(walked([filter({ disallowed_versions: ['V1'] })], [any], sent).reason).toBe('connection-closed');
    expect(walked([filter({ disallowed_versions: ['V2'] })], [any], sent).verdict).toBe('direct-response');
    const second = { proxyProtocol: { ...sent.proxyProtocol, version: 2 } } as const;
    expect(walked([filter({ disallowed_versions: ['V2'] })], [any], second).reason).toBe('connection-closed');
    expect(walked([filter({ disallowed_versions: ['V1'] })], [any], second).verdict).toBe('direct-response');
    const lax = filter({ disallowed_versions: ['V2'], allow_requests_without_proxy_protocol: true });
    expect(walked([lax], [any], second)).toMatchObject({ reason: 'protocol-error', status: 400 });
    expect(walked([lax], [any], sent).verdict).toBe('direct-response');
    expect(walked([filter()], [any], {}).reason).toBe('connection-closed');
    expect(walked([filter({ allow_requests_without_proxy_protocol: true })], [any], {}).verdict).toBe(
      'direct-response',
    );
  });
});

describe('a connection that REDIRECT sends on', () => {
  const bound = (ip: string): object => listener({ ip, port: 15001, more: { bind_to_port: true } });
  const at = (ip: string, fromHere: boolean): string =>
    named(
      walkOf(proxyOf({ listeners: [bound(ip)], clusters: [clusterOf('c', [{ port: 1 }])] }), 'http://h/', {
        ...REDIRECTED,
        entry: { kind: 'redirected', port: 15001, transparent: false, fromHere },
      }),
    );

  it('comes to the loopback address where it was sent in this pod, else to the pod’s own', () => {
    expect(at('127.0.0.1', true)).toBe('127.0.0.1_15001 other');
    expect(at('127.0.0.1', false)).toBe(' ');
    expect(at('10.96.0.10', true)).toBe(' ');
    expect(at('0.0.0.0', true)).toBe('0.0.0.0_15001 other');
  });
});
