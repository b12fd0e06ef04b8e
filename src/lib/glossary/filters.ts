/** Names of filters, access loggers and transport sockets, as they stand in a dump. What the trace does with each, its own lists say. */
import { KNOWN_HTTP_FILTERS, KNOWN_NETWORK_FILTERS } from '../trace/facts/known-filters';
import type { StepOutcome } from '../trace/terms';
import { EVALUATED_HTTP_WORDS, EVALUATED_NETWORK_WORDS, HTTP_FILTER_WORDS, NETWORK_FILTER_WORDS } from './filter-words';
import { ENVOY, type Term } from './term';

const HTTP = `${ENVOY}/configuration/http/http_filters/http_filters`;
const NETWORK = `${ENVOY}/configuration/listeners/network_filters/network_filters`;
const LISTENER = `${ENVOY}/configuration/listeners/listener_filters/listener_filters`;
const ACCESS_LOG = `${ENVOY}/configuration/observability/access_log/usage`;
const SOCKETS = `${ENVOY}/api-v3/config/core/v3/base.proto#envoy-v3-api-msg-config-core-v3-transportsocket`;

const TRACE = 'mctl pc trace POD.NAMESPACE URL';
const LISTENERS = 'mctl pc listener POD.NAMESPACE -o json';

/** Names that istiod gives, and those that no rule makes of the message. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'stats.PluginConfig': ['istio.stats'],
  'io.istio.http.peer_metadata.Config': [
    'istio.metadata_exchange',
    'envoy.filters.http.peer_metadata',
    'waypoint_downstream_peer_metadata',
    'waypoint_upstream_peer_metadata',
  ],
  'envoy.tcp.metadataexchange.config.MetadataExchange': [
    'istio.metadata_exchange',
    'envoy.filters.network.metadata_exchange',
  ],
  'io.istio.tcp.peer_metadata.Config': ['envoy.filters.network.peer_metadata'],
  'io.istio.network.authn.Config': ['io.istio.network.authn'],
  'istio.envoy.config.filter.http.authn.v2alpha1.FilterConfig': ['istio_authn'],
  'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig': ['istio.alpn'],
  'envoy.extensions.common.matching.v3.ExtensionWithMatcher': [
    'envoy.filters.http.match_delegate',
    'envoy.filters.http.composite',
  ],
  'envoy.extensions.filters.http.set_filter_state.v3.Config': [
    'envoy.filters.http.set_filter_state',
    'connect_authority',
  ],
  'envoy.extensions.filters.http.compressor.v3.Compressor': [
    'envoy.filters.http.compressor',
    'envoy.filters.http.compressor.gzip',
    'envoy.filters.http.compressor.brotli',
    'envoy.filters.http.compressor.zstd',
  ],
};

/** `envoy.extensions.filters.http.rbac.v3.RBAC` is called `envoy.filters.http.rbac`. */
function namesOf(message: string): readonly string[] {
  return Object.hasOwn(NAMES, message)
    ? (NAMES[message] ?? [])
    : [message.replace(/^envoy\.extensions\.filters\.([a-z]+)\.([a-z0-9_]+)\..*$/, 'envoy.filters.$1.$2')];
}

const EVALUATED = 'The trace evaluates it.';
const OUTCOMES: Readonly<Partial<Record<StepOutcome, string>>> = {
  noted: 'The trace notes it and goes on: the way of an HTTP request is not decided by it.',
  passed: 'It lets everything go on: the trace passes it.',
  'not-evaluated': 'The trace names it as not evaluated: what it does to a request is not in the configuration.',
};

type Row = readonly [message: string, does: string, evaluation: string];

function rows<Message extends string>(
  evaluated: Readonly<Record<string, string>>,
  known: Readonly<Record<Message, string>>,
  outcomes: Readonly<Record<Message, StepOutcome>>,
): readonly Row[] {
  const byOutcome = (Object.keys(known) as Message[]).map((message): Row => {
    return [message, known[message], OUTCOMES[outcomes[message]] ?? EVALUATED];
  });
  return [...Object.entries(evaluated).map(([message, does]): Row => [message, does, EVALUATED]), ...byOutcome];
}

function terms(kind: string, page: string, found: readonly Row[]): readonly Term[] {
  return found.map(([message, does, evaluation]) => {
    const [name = message, ...also] = namesOf(message);
    const says = `${does.charAt(0).toUpperCase()}${does.slice(1)}. ${evaluation}`;
    const others = [...also, ...(name === message ? [] : [message])];
    return { name, also: others, kind, says, cause: null, next: TRACE, page };
  });
}

const other =
  (kind: string, page: string, next: string) =>
  (name: string, does: string, evaluation: string, also: readonly string[] = []): Term => ({
    ...{ name, also, kind, says: `${does} ${evaluation}`, cause: null, next, page },
  });

const network = other('network filter', NETWORK, TRACE);
const listener = other('listener filter', LISTENER, LISTENERS);
const logger = other('access logger', ACCESS_LOG, LISTENERS);
const socket = other('transport socket', SOCKETS, 'mctl pc cluster POD.NAMESPACE -o wide');

const DECIDES_NOTHING = 'It decides nothing of where a request goes.';
const NOT_READ = 'mctl does not read what it writes.';
const REPLAYS = 'mctl explain and mctl replay read its lines, by the format that it has.';

export const FILTERS: readonly Term[] = [
  ...terms('HTTP filter', HTTP, rows(EVALUATED_HTTP_WORDS, HTTP_FILTER_WORDS, KNOWN_HTTP_FILTERS)),
  network(
    'envoy.filters.network.http_connection_manager',
    'Reads HTTP from the connection, and runs HTTP filters and routes on each request.',
    EVALUATED,
    ['envoy.http_connection_manager'],
  ),
  network('envoy.filters.network.tcp_proxy', 'Passes the bytes on to a cluster as they come.', EVALUATED, [
    'envoy.tcp_proxy',
  ]),
  ...terms('network filter', NETWORK, rows(EVALUATED_NETWORK_WORDS, NETWORK_FILTER_WORDS, KNOWN_NETWORK_FILTERS)),
  listener(
    'envoy.filters.listener.tls_inspector',
    'Looks into a TLS ClientHello for the server name and the protocols that are offered, by which filter chains are chosen.',
    EVALUATED,
  ),
  listener(
    'envoy.filters.listener.http_inspector',
    'Looks at the first bytes for HTTP, by which filter chains are chosen where the protocol of a port is not declared.',
    EVALUATED,
  ),
  listener(
    'envoy.filters.listener.original_dst',
    'Finds the address that was called before iptables redirected the connection.',
    EVALUATED,
  ),
  listener(
    'envoy.filters.listener.proxy_protocol',
    'Takes a PROXY protocol header from the connection, and with it the address of the client.',
    EVALUATED,
  ),
  listener(
    'envoy.filters.listener.original_src',
    "Keeps the client's address towards the application.",
    'The trace passes it.',
  ),
  logger(
    'envoy.access_loggers.file',
    'Writes a line for each request or connection to a file, in Istio /dev/stdout.',
    `${DECIDES_NOTHING} ${REPLAYS}`,
    ['envoy.file_access_log', 'envoy.access_loggers.stdout', 'envoy.access_loggers.stderr'],
  ),
  logger(
    'envoy.access_loggers.open_telemetry',
    'Sends a record of each request to an OpenTelemetry collector (Telemetry with an otel provider).',
    `${DECIDES_NOTHING} ${NOT_READ}`,
  ),
  logger(
    'envoy.access_loggers.http_grpc',
    'Sends a record of each request to a service (envoyHttpAls).',
    `${DECIDES_NOTHING} ${NOT_READ}`,
    ['envoy.http_grpc_access_log'],
  ),
  logger(
    'envoy.access_loggers.tcp_grpc',
    'Sends a record of each connection to a service (envoyTcpAls).',
    `${DECIDES_NOTHING} ${NOT_READ}`,
    ['envoy.tcp_grpc_access_log'],
  ),
  socket(
    'envoy.transport_sockets.tls',
    'TLS towards the client, or with its UpstreamTlsContext towards the upstream.',
    EVALUATED,
    ['tlsMode-istio'],
  ),
  socket('envoy.transport_sockets.raw_buffer', 'Plain text.', EVALUATED, ['raw_buffer', 'tlsMode-disabled']),
  socket(
    'envoy.transport_sockets.internal_upstream',
    'Connects to a listener inside of the same Envoy and passes metadata on to it: waypoints and HBONE.',
    EVALUATED,
    ['internal_upstream'],
  ),
  socket(
    'envoy.transport_sockets.upstream_proxy_protocol',
    'Sends a PROXY protocol header before anything else.',
    EVALUATED,
  ),
  socket('envoy.transport_sockets.quic', 'HTTP/3 over QUIC.', 'The trace does not walk listeners of QUIC.'),
];

/** By the beginning of a name: the kind of extension, its page, and what comes of one that mctl does not know. */
const FORMS: readonly (readonly [prefix: string, kind: string, page: string, does: string])[] = [
  ['envoy.filters.http.', 'HTTP filter', HTTP, 'what comes to it is unknown to the trace'],
  ['envoy.filters.network.', 'network filter', NETWORK, 'what comes to it is unknown to the trace'],
  ['envoy.filters.listener.', 'listener filter', LISTENER, 'the trace names it as not evaluated'],
  ['envoy.filters.udp.', 'UDP listener filter', LISTENER, 'mctl traces no UDP'],
  ['envoy.access_loggers.', 'access logger', ACCESS_LOG, 'it decides nothing of where a request goes'],
  ['envoy.transport_sockets.', 'transport socket', SOCKETS, 'see its configuration for what it does to the connection'],
];

/** An extension of Envoy's that the trace knows nothing of: it says so where it meets one. */
export function unknownFilter(name: string): readonly Term[] {
  const found = FORMS.find(([prefix]) => name.startsWith(prefix) && /^[a-z0-9_.]+$/.test(name.slice(prefix.length)));
  if (found === undefined) return [];
  const [, kind, page, does] = found;
  const says = `By its name an extension of Envoy (${kind}), which mctl does not know: ${does}.`;
  return [{ name, kind, says, cause: null, next: LISTENERS, page }];
}
