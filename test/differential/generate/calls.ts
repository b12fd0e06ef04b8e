/** Random requests at a configuration of `configuration.ts`. */
import type { Call, HttpCall, TlsOffer } from '../rig/call';
import type { Certificate } from '../rig/certificates';
import type { Random } from '../rig/random';
import { GATEWAY_PORTS, INBOUND_PORTS } from './configuration';
import {
  ALPN_OFFERS,
  BODIES,
  CONNECTIONS,
  FRAMING,
  HEADERS,
  HOSTS,
  METHODS,
  NAMED_HOSTS,
  NEIGHBOUR_IP,
  ODD_PATHS,
  OTHER_IPS,
  OWN_SETTINGS,
  PATHS,
  POD_IP,
  SERVER_NAMES,
  SERVICE_IPS,
  VHOST_HEADER,
} from './vocabulary';

export interface CallSetting {
  readonly random: Random;
  readonly clusters: readonly string[];
  readonly client: Certificate;
}

export function makeCalls(setting: CallSetting, count: number): readonly Call[] {
  return Array.from({ length: count }, () => makeCall(setting));
}

function makeCall(setting: CallSetting): Call {
  const { random } = setting;
  return random.weighted<Call>([
    [14, () => outbound(setting)],
    [3, () => inbound(setting)],
    [3, () => gateway(setting)],
  ]);
}

function outbound(setting: CallSetting): Call {
  const { random } = setting;
  const port = random.pick([9080, 9080, 9080, 80, 80, 443, 8000, 3306, 27017, 9090]);
  const address = random.pick([...SERVICE_IPS, ...SERVICE_IPS, ...OTHER_IPS]);
  const isHttpPort = port === 9080 || port === 80 || port === 8000;
  const to = { mode: 'outbound', address, port, sourceIp: POD_IP } as const;
  return random.weighted<Call>([
    [isHttpPort ? 14 : 6, () => ({ ...to, ...plainHttp(setting) })],
    [isHttpPort ? 2 : 6, () => ({ ...to, ...secured(setting) })],
    [isHttpPort ? 1 : 2, () => ({ ...to, payload: 'tcp', tls: null, http: null })],
    [isHttpPort ? 0.2 : 0.5, () => ({ ...to, payload: 'server-first', tls: null, http: null })],
  ]);
}

function inbound(setting: CallSetting): Call {
  const { random } = setting;
  const sourceIp = random.chance(0.9) ? NEIGHBOUR_IP : POD_IP;
  const to = { mode: 'inbound', address: POD_IP, port: random.pick([...INBOUND_PORTS, 8000]), sourceIp } as const;
  return random.weighted<Call>([
    [4, () => ({ ...to, ...plainHttp(setting) })],
    [4, () => ({ ...to, ...secured(setting) })],
    [1, () => ({ ...to, payload: 'tcp', tls: null, http: null })],
    [0.3, () => ({ ...to, payload: 'server-first', tls: null, http: null })],
  ]);
}

function gateway(setting: CallSetting): Call {
  const { random } = setting;
  const isTls = random.chance(0.6);
  const port = isTls ? GATEWAY_PORTS.tls : GATEWAY_PORTS.plain;
  const to = { mode: 'gateway', address: POD_IP, port, sourceIp: NEIGHBOUR_IP } as const;
  const said = isTls !== random.chance(0.1) ? secured(setting) : plainHttp(setting);
  const more = random.aside('senders');
  return { ...to, ...said, ...(isTls ? {} : more.maybe(0.4, 'proxyProtocol', () => more.pick(PROXIED))) };
}

/** Addresses that senders of the PROXY protocol name. */
const PROXIED = ['10.0.0.1', '203.0.113.9', POD_IP];

type Said = Pick<Call, 'payload' | 'tls' | 'http'>;

function plainHttp(setting: CallSetting): Said {
  const { random } = setting;
  const payload = random.weighted<Call['payload']>([
    [10, () => 'http/1.1'],
    [2, () => 'http/2'],
    [0.6, () => 'http/1.0'],
  ]);
  const http = httpCall(setting, payload === 'http/2');
  if (payload !== 'http/1.1') return { payload, tls: null, http };
  if (!random.chance(0.08)) {
    return { payload, tls: null, http: withNamed(random.aside('named'), inChunks(random.aside('chunks'), http)) };
  }
  return { payload, tls: null, http: { ...http, headers: [...http.headers, ...random.pick(FRAMING)] } };
}

/** Headers that Connection names, and so takes away. */
function withNamed(random: Random, said: HttpCall): HttpCall {
  if (!random.chance(0.04)) return said;
  return { ...said, headers: [...said.headers, ['connection', random.pick(CONNECTIONS)]] };
}

/** TLS with HTTP or bytes inside. */
function secured(setting: CallSetting): Said {
  const { random, client } = setting;
  const mutual = random.chance(0.4);
  const tls: TlsOffer = {
    sni: random.pick(SERVER_NAMES),
    alpn: random.pick(ALPN_OFFERS),
    certificate: mutual ? client : null,
  };
  if (random.chance(0.25)) return { payload: 'tcp', tls, http: null };
  return { payload: 'http/1.1', tls, http: httpCall(setting, true) };
}

function httpCall(setting: CallSetting, needsHost: boolean): HttpCall {
  const { random, clusters } = setting;
  const headers: (readonly [string, string])[] = [];
  for (const name of random.sample(Object.keys(HEADERS), random.pick([0, 1, 1, 2, 3]))) {
    headers.push([name, random.pick(HEADERS[name]!)]);
    if ((name === 'x-many' || name === 'cookie') && random.chance(0.5))
      headers.push([name, random.pick(HEADERS[name]!)]);
  }
  if (random.chance(0.02)) headers.push(['x-large', 'x'.repeat(random.int(500, 1100))]);
  if (random.chance(0.15)) headers.push(['x-cluster', random.pick([...clusters, 'nope', ''])]);
  if (random.chance(0.04)) headers.push(['x-envoy-fault-abort-request', random.pick(['418', '503'])]);
  headers.push(...ownSettings(random.aside('settings'), headers, needsHost));
  headers.push(...namedHost(random.aside('named hosts')));
  headers.push(...asked(random.aside('answers'), headers));
  const hosts = needsHost ? HOSTS.filter((host) => host !== '') : HOSTS;
  const named = random.aside('names of hosts');
  if (named.chance(0.25)) headers.push([VHOST_HEADER, named.pick(HOSTS)]);
  const odd = random.aside('odd paths');
  const path = random.pick(PATHS);
  const said = {
    method: random.pick(METHODS),
    path: odd.chance(0.03) ? odd.pick(ODD_PATHS) : path,
    host: random.pick(hosts),
    headers,
  };
  return withBody(random.aside('bodies'), said);
}

/** The header that names the host of some clusters. */
function namedHost(random: Random): HttpCall['headers'] {
  if (!random.chance(0.15)) return [];
  return [['x-envoy-original-dst-host', random.pick(NAMED_HOSTS)]];
}

/** What the application is asked to answer, and the second half of a pre-flight request. */
function asked(random: Random, headers: HttpCall['headers']): HttpCall['headers'] {
  const hasOrigin = headers.some(([name]) => name === 'origin');
  return [
    ...(random.chance(0.06) ? [['x-answer', random.pick(['503', '502', '429', '409', '404', '500'])] as const] : []),
    ...(hasOrigin && random.chance(0.5) ? [['access-control-request-method', 'GET'] as const] : []),
  ];
}

/** Headers by which a request sets what else the route does; clients of HTTP/2 send one content-type alone. */
function ownSettings(random: Random, headers: HttpCall['headers'], isHttp2: boolean): HttpCall['headers'] {
  if (!random.chance(0.2)) return [];
  const names = random.sample(Object.keys(OWN_SETTINGS), random.pick([1, 1, 2]));
  const isTyped = headers.some(([name]) => name === 'content-type');
  const isGrpc = random.chance(0.4) && !(isHttp2 && isTyped);
  return [
    ...names.map((name) => [name, random.pick(OWN_SETTINGS[name]!)] as const),
    ...(isGrpc ? [['content-type', 'application/grpc'] as const] : []),
  ];
}

/** A body of which no header says how long it is. */
function inChunks(random: Random, said: HttpCall): HttpCall {
  const length = said.headers.find(([name]) => name === 'content-length')?.[1];
  if (said.method === 'CONNECT' || !random.chance(length === undefined ? 0.03 : 0.4)) return said;
  const others = said.headers.filter(([name]) => name !== 'content-length');
  const chunk = Number(length ?? random.pick(['0', ...BODIES]));
  return { ...said, headers: [...others, ['transfer-encoding', random.pick(CODINGS)]], chunk };
}

/** As Envoy reads it, whatever the case of its letters. */
const CODINGS = ['chunked', 'chunked', 'Chunked'];

function withBody(random: Random, said: HttpCall): HttpCall {
  if (random.chance(0.015)) return { ...said, method: 'CONNECT', path: '', host: random.pick(HOSTS.slice(0, 8)) };
  const hasBody = (said.method === 'POST' || said.method === 'PUT') && random.chance(0.4);
  return hasBody ? { ...said, headers: [...said.headers, ['content-length', random.pick(BODIES)]] } : said;
}
