/** Random listeners of a sidecar: outbound by port and address, the two virtual ones, and those of a gateway. */
import { accessLog } from '../rig/access-log';
import { fromFile } from '../rig/envoy';
import type { Random } from '../rig/random';
import { type ChainMatch, chainMatch, slots } from './filter-chain-match';
import { filterChainMatcher } from './matcher-tree';
import { extension, type Message, typed } from './message';
import { httpChain, type Routes, tcpChain } from './network-filters';
import { inboundRoutes, routeConfiguration } from './route-configuration';
import type { Setting } from './setting';
import { PLAIN_PORTS } from './vocabulary';

const LISTENER_FILTER = 'envoy.extensions.filters.listener';
const HTTP_PROTOCOLS: readonly ChainMatch[] = [
  {},
  { application_protocols: ['http/1.0', 'http/1.1', 'h2c'] },
  { transport_protocol: 'raw_buffer', application_protocols: ['http/1.1', 'h2c'] },
];

interface Bound {
  readonly address: string;
  readonly port: number;
}

interface Chain extends Message {
  readonly name: string;
  readonly filter_chain_match?: ChainMatch;
}

/** A listener as others hand connections to it: an HTTP port's wildcard, a service's address and port. */
export function outboundListener(setting: Setting, address: string, port: number): Message {
  const { random } = setting;
  const name = `${address}_${port}`;
  const chains: Chain[] = [];
  if (address === '0.0.0.0' && random.chance(0.9)) {
    chains.push(
      withMatch(
        { name: `${name}-http`, filters: httpChain(setting, name, routes(setting)) },
        random.pick(HTTP_PROTOCOLS),
      ),
    );
  }
  const more = random.pick(chains.length > 0 ? [0, 0, 1, 2, 4] : [1, 2, 3, 5]);
  for (let index = 0; index < more; index++) chains.push(randomChain(setting, name, port, index));
  return {
    ...listener(setting, name, { address, port }, chains, randomInspectors(random)),
    bind_to_port: false,
    ...(random.chance(0.1)
      ? {
          filter_chain_matcher: filterChainMatcher(
            random,
            chains.map((chain) => chain.name),
          ),
        }
      : {}),
  };
}

/** The listener of port 15001: hands over by the original destination, or passes through. */
export function virtualOutbound(setting: Setting): Message {
  const { random } = setting;
  const name = 'virtualOutbound';
  const blackHole = withMatch(
    { name: `${name}-blackhole`, filters: tcpChain(setting, name, 'BlackHoleCluster') },
    { destination_port: 15001 },
  );
  const own = random.chance(0.5) ? [] : [randomChain(setting, name, 9090, 0), randomChain(setting, name, 443, 1)];
  const chains = [...(random.chance(0.7) ? [blackHole] : []), ...own];
  const fallback = {
    name: `${name}-passthrough`,
    filters: tcpChain(setting, name, random.chance(0.8) ? 'PassthroughCluster' : 'BlackHoleCluster'),
  };
  const plain = random.chance(0.5) || chains.length === 0;
  const inspectors = randomInspectors(random);
  return {
    ...listener(
      setting,
      name,
      { address: '0.0.0.0', port: 15001 },
      plain ? [...chains, withMatch(fallback, {})] : chains,
      inspectors,
    ),
    ...(plain ? {} : { default_filter_chain: fallback }),
    use_original_dst: true,
    traffic_direction: 'OUTBOUND',
  };
}

/** The listener of port 15006 with a chain for TLS and one for plain text of each port, as istiod writes it. */
export function virtualInbound(setting: Setting, ports: readonly number[], clusters: readonly string[]): Message {
  const { random } = setting;
  const name = 'virtualInbound';
  const chains = ports.flatMap((port, index) => inboundChains(setting, name, port, clusters[index]!));
  const istio = ['istio', 'istio-peer-exchange', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2'];
  const rest = [
    withMatch(
      { name: `${name}-blackhole`, filters: tcpChain(setting, name, 'BlackHoleCluster') },
      { destination_port: 15006 },
    ),
    withMatch(
      {
        name,
        filters: tcpChain(setting, name, 'InboundPassthroughCluster'),
        transport_socket: downstreamTls(setting, true),
      },
      { transport_protocol: 'tls', application_protocols: istio },
    ),
    withMatch(
      { name: `${name}-tls-passthrough`, filters: tcpChain(setting, name, 'InboundPassthroughCluster') },
      { transport_protocol: 'tls' },
    ),
    withMatch(
      { name: `${name}-catchall`, filters: tcpChain(setting, name, 'InboundPassthroughCluster') },
      { transport_protocol: 'raw_buffer' },
    ),
  ];
  const inspectors = [
    extension('envoy.filters.listener.original_dst', `${LISTENER_FILTER}.original_dst.v3.OriginalDst`),
    { ...tlsInspector(), ...random.maybe(0.3, 'filter_disabled', () => disabled(random)) },
    { ...httpInspector(), ...random.maybe(0.6, 'filter_disabled', () => disabled(random)) },
  ];
  return {
    ...listener(setting, name, { address: '0.0.0.0', port: 15006 }, [...chains, ...rest], inspectors),
    use_original_dst: random.chance(0.3),
    traffic_direction: 'INBOUND',
  };
}

/** A listener that is bound to its port, plain or with TLS by server name. */
export function gatewayListener(setting: Setting, port: number, isTls: boolean): Message {
  const { random } = setting;
  const name = `0.0.0.0_${port}`;
  if (!isTls) {
    return listener(
      setting,
      name,
      { address: '0.0.0.0', port: port },
      [{ name: `${name}-http`, filters: httpChain(setting, name, routes(setting)) }],
      proxyProtocol(random.aside('proxy protocol')),
    );
  }
  const names = [['a.example.com'], ['*.example.com'], ['reviews.bookinfo', 'www.other.org']];
  const chains = random.sample(names, random.int(1, 3)).map((server_names, index) => {
    const terminates = random.chance(0.75);
    const chain = {
      name: `${name}-${index}`,
      filters: terminates ? httpChain(setting, name, routes(setting)) : tcpChain(setting, name, null),
      ...(terminates ? { transport_socket: downstreamTls(setting, random.chance(0.3)) } : {}),
    };
    return withMatch(chain, { server_names, transport_protocol: random.chance(0.5) ? 'tls' : '' });
  });
  return listener(setting, name, { address: '0.0.0.0', port: port }, chains, [tlsInspector()]);
}

function listener(
  { random, accessLog: path }: Setting,
  name: string,
  { address, port }: Bound,
  chains: readonly Chain[],
  filters: readonly Message[],
): Message {
  return {
    ...typed('envoy.config.listener.v3.Listener'),
    name,
    address: { socket_address: { address, port_value: port } },
    filter_chains: distinct(chains),
    listener_filters: filters,
    listener_filters_timeout: '1s',
    continue_on_listener_filters_timeout: random.chance(0.9),
    access_log: accessLog(path, 'listener', name),
  };
}

/** Without the chains that would take a slot of one before. */
function distinct(chains: readonly Chain[]): readonly Chain[] {
  const taken = new Set<string>();
  return chains.filter((chain) => {
    const own = slots(chain.filter_chain_match ?? {});
    if (own.some((slot) => taken.has(slot))) return false;
    own.forEach((slot) => taken.add(slot));
    return true;
  });
}

function withMatch(chain: Message & { readonly name: string }, match: ChainMatch): Chain {
  return Object.keys(match).length === 0 ? chain : { ...chain, filter_chain_match: match };
}

function randomChain(setting: Setting, name: string, port: number, index: number): Chain {
  const { random } = setting;
  const match = chainMatch(random, port);
  const terminates = match.transport_protocol === 'tls' && random.chance(0.4);
  const isHttp = terminates || (match.transport_protocol !== 'tls' && random.chance(0.7));
  const filters = isHttp ? httpChain(setting, name, routes(setting)) : tcpChain(setting, name, null);
  const tls = terminates ? { transport_socket: downstreamTls(setting, random.chance(0.3)) } : {};
  return withMatch({ name: `${name}-chain-${index}`, filters, ...tls }, match);
}

function inboundChains(setting: Setting, name: string, port: number, cluster: string): readonly Chain[] {
  const { random } = setting;
  const mode = random.pick(['permissive', 'permissive', 'strict', 'plain']);
  const isHttp = random.chance(0.75);
  const filters = (): readonly Message[] =>
    isHttp
      ? httpChain(setting, name, { kind: 'inline', config: inboundRoutes(random, port, cluster) })
      : tcpChain(setting, name, cluster);
  const istio = isHttp
    ? ['istio', 'istio-peer-exchange', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2']
    : ['istio-peer-exchange', 'istio'];
  const tls = withMatch(
    { name: `0.0.0.0_${port}`, filters: filters(), transport_socket: downstreamTls(setting, true) },
    {
      destination_port: port,
      transport_protocol: 'tls',
      ...(mode === 'strict' ? {} : { application_protocols: istio }),
    },
  );
  const plain = withMatch(
    { name: `0.0.0.0_${port}-plain`, filters: filters() },
    { destination_port: port, transport_protocol: 'raw_buffer' },
  );
  return { permissive: [tls, plain], strict: [tls], plain: [plain] }[mode] ?? [];
}

function routes({ random, routeConfigurations, clusters }: Setting): Routes {
  if (random.chance(0.06)) {
    return {
      kind: 'scoped',
      configs: ['scoped-1', 'scoped-2'].map((name) => routeConfiguration(random, name, clusters)),
    };
  }
  return { kind: 'rds', name: random.pick(routeConfigurations) };
}

function downstreamTls({ random, directory }: Setting, asksForCertificate: boolean): Message {
  const sds = (name: string): Message => ({ name, sds_config: fromFile(`${directory}/sds-${name}.json`) });
  const more = random.aside('certificates');
  const context = {
    alpn_protocols: random.pick([['istio-peer-exchange', 'h2', 'http/1.1'], ['h2', 'http/1.1'], ['http/1.1'], []]),
    tls_certificate_sds_secret_configs: [sds('default')],
    ...(asksForCertificate
      ? more.weighted<Message>([
          [8, () => ({ validation_context_sds_secret_config: sds('ROOTCA') })],
          [1, () => ({})],
          [
            1,
            () => ({
              combined_validation_context: {
                default_validation_context: { trust_chain_verification: 'ACCEPT_UNTRUSTED' },
                validation_context_sds_secret_config: sds('ROOTCA'),
              },
            }),
          ],
        ])
      : {}),
  };
  const type = 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext';
  return extension('envoy.transport_sockets.tls', type, {
    common_tls_context: context,
    require_client_certificate: asksForCertificate && random.chance(0.85),
  });
}

function randomInspectors(random: Random): readonly Message[] {
  const filters = [
    ...(random.chance(0.85)
      ? [{ ...tlsInspector(), ...random.maybe(0.1, 'filter_disabled', () => disabled(random)) }]
      : []),
    ...(random.chance(0.85)
      ? [{ ...httpInspector(), ...random.maybe(0.15, 'filter_disabled', () => disabled(random)) }]
      : []),
  ];
  if (random.chance(0.1))
    filters.unshift(extension('envoy.filters.listener.original_dst', `${LISTENER_FILTER}.original_dst.v3.OriginalDst`));
  return random.chance(0.1) ? filters.reverse() : filters;
}

function proxyProtocol(random: Random): readonly Message[] {
  const type = `${LISTENER_FILTER}.proxy_protocol.v3.ProxyProtocol`;
  const fields = random.maybe(0.5, 'allow_requests_without_proxy_protocol', () => true);
  return random.chance(0.3) ? [extension('envoy.filters.listener.proxy_protocol', type, fields)] : [];
}

function tlsInspector(): Message {
  return extension('envoy.filters.listener.tls_inspector', `${LISTENER_FILTER}.tls_inspector.v3.TlsInspector`);
}

function httpInspector(): Message {
  return extension('envoy.filters.listener.http_inspector', `${LISTENER_FILTER}.http_inspector.v3.HttpInspector`);
}

function disabled(random: Random): Message {
  const port = (): Message => {
    const start = random.pick(PLAIN_PORTS);
    return { destination_port_range: { start, end: start + random.pick([1, 1, 1000]) } };
  };
  return random.weighted<Message>([
    [6, port],
    [2, () => ({ or_match: { rules: [port(), port()] } })],
    [1, () => ({ not_match: port() })],
    [1, () => ({ and_match: { rules: [port(), { not_match: port() }] } })],
    [1, () => ({ any_match: true })],
  ]);
}
