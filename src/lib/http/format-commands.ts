/**
 * The commands of Envoy's substitution format that hang on the connection and the request alone.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators
 */
import { hostPort } from '../envoy/address';
import { metadataValue } from '../match/metadata-matcher';
import { isUnknown, type Unknown, unknown } from '../match/ternary';
import type { ClientCertificate, Peer } from './connection-facts';
import { bodySize } from './body';
import { firstHeader } from './message';
import { ownField } from '../own-field';
import { pathCommand, queryParameter } from './path-command';
import { filterStateOf, type FoundFacts, type StreamFacts } from './stream-facts';

/** Null where the command has no value: Envoy then writes `-`, or nothing. */
type Value = string | Unknown | null;
type Command = (facts: StreamFacts, argument: string) => Value | undefined;

const COMMANDS: Readonly<Record<string, Command>> = {
  REQ: requestHeader,
  PROTOCOL: ({ message }) => message?.protocol ?? null,
  REQUESTED_SERVER_NAME: ({ connection }) => orNone(connection.detected.serverName),
  DOWNSTREAM_LOCAL_ADDRESS: ({ connection: { local } }) => hostPort(local.ip, local.port),
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: ({ connection }) => connection.local.ip,
  DOWNSTREAM_LOCAL_PORT: ({ connection }) => String(connection.local.port),
  DOWNSTREAM_REMOTE_ADDRESS: (facts) => peerText(remotePeer(facts)),
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: ({ remote }) => remote,
  DOWNSTREAM_REMOTE_PORT: (facts) => portText(remotePeer(facts)),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: ({ connection }) => peerText(connection.directSource),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: ({ connection }) => connection.directSource.ip,
  DOWNSTREAM_DIRECT_REMOTE_PORT: ({ connection }) => portText(connection.directSource),
  DOWNSTREAM_PEER_URI_SAN: (facts) => certificateText(facts, ({ uriSans }) => uriSans),
  DOWNSTREAM_PEER_DNS_SAN: (facts) => certificateText(facts, ({ dnsSans, uriSans }) => ifKnown(uriSans, dnsSans)),
  DOWNSTREAM_PEER_SUBJECT: (facts) => certificateText(facts, ({ subject, uriSans }) => ifKnown(uriSans, [subject])),
  FILTER_CHAIN_NAME: ({ connection: { filterChain } }) => (filterChain === undefined ? undefined : orNone(filterChain)),
  FILTER_STATE: filterStateText,
  DYNAMIC_METADATA: metadataText,
  QUERY_PARAM: ({ message }, name) => (message === null ? null : queryParameter(message, name)),
  PATH: ({ message }, argument) => (message === null ? null : pathCommand(message, argument)),
};

type Found = (found: FoundFacts, argument: string) => Value | undefined;

/** Commands that have a value of their own once a request has its route and its cluster, and no host and no answer yet. */
const FOUND_COMMANDS: Readonly<Record<string, Found>> = {
  ROUTE_NAME: ({ route }) => route,
  UPSTREAM_CLUSTER: ({ shownCluster }) => shownCluster,
  UPSTREAM_CLUSTER_RAW: ({ cluster }) => cluster,
  VIRTUAL_CLUSTER_NAME: ({ virtualCluster }) => virtualCluster,
  METADATA: configuredMetadata,
  CLUSTER_METADATA: (found, argument) => configuredMetadata(found, `CLUSTER:${argument}`),
  UPSTREAM_METADATA: () => null,
  UPSTREAM_HOST: () => null,
  UPSTREAM_HOST_NAME: () => null,
  UPSTREAM_HOST_NAME_WITHOUT_PORT: () => null,
  UPSTREAM_REMOTE_ADDRESS: () => null,
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: () => null,
  UPSTREAM_REMOTE_PORT: () => null,
  UPSTREAM_LOCAL_ADDRESS: () => null,
  UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: () => null,
  UPSTREAM_LOCAL_PORT: () => null,
  UPSTREAM_PROTOCOL: () => null,
  UPSTREAM_TLS_VERSION: () => null,
  UPSTREAM_PEER_SUBJECT: () => null,
  UPSTREAM_TRANSPORT_FAILURE_REASON: () => null,
  UPSTREAM_CONNECTION_ID: () => '0',
  UPSTREAM_WIRE_BYTES_SENT: () => '0',
  RESP: () => null,
  TRAILER: () => null,
  GRPC_STATUS: () => null,
  GRPC_STATUS_NUMBER: () => null,
  RESPONSE_DURATION: () => null,
  RESPONSE_TX_DURATION: () => null,
  RESPONSE_HEADERS_BYTES: () => '0',
  RESPONSE_TRAILERS_BYTES: () => '0',
  CONNECTION_TERMINATION_DETAILS: () => null,
  DOWNSTREAM_TRANSPORT_FAILURE_REASON: () => null,
  ACCESS_LOG_TYPE: () => 'NotSet',
  RESPONSE_CODE: () => '0',
  RESPONSE_CODE_DETAILS: () => null,
  RESPONSE_FLAGS: () => '-',
  RESPONSE_FLAGS_LONG: () => '-',
  BYTES_SENT: () => '0',
  UPSTREAM_REQUEST_ATTEMPT_COUNT: () => '1',
};

/** `KIND:NAMESPACE:KEY:KEY…` of what the configuration holds. */
function configuredMetadata(found: FoundFacts, argument: string): Value | undefined {
  const [kind = '', namespace = '', ...keys] = argument.split(':');
  if (kind === 'UPSTREAM_HOST') return null;
  if (!Object.hasOwn(found.metadata, kind)) return undefined;
  const fields = ownField(found.metadata[kind as keyof FoundFacts['metadata']]?.filter_metadata, namespace);
  const value = fields === undefined ? undefined : metadataValue({ path: keys.map((key) => ({ key })) }, fields);
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(sorted(value));
}

/** Structures are written with their keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, inner]) => [name, sorted(inner)]));
}

/** Of a body nothing has come where there is none; a filter may have waited for another. */
function bytesReceived({ message }: StreamFacts): Value | undefined {
  return message !== null && bodySize(message) === 0n ? '0' : undefined;
}

/**
 * `{"operators": ["PROTOCOL", {"command": "REQ", "param": "x-a", "max_length": 3}]}`: the value of the first command that has one.
 */
function coalesced(facts: StreamFacts, argument: string): Value | undefined {
  for (const operator of operatorsIn(argument) ?? [{ command: '' }]) {
    const {
      command = '',
      param = '',
      max_length: most,
    } = typeof operator === 'string' ? { command: operator } : operator;
    const value = formatCommand(command, param, facts);
    if (typeof value === 'string') return most === undefined ? value : value.slice(0, most);
    if (value !== null) return value;
  }
  return null;
}

interface Operator {
  readonly command?: string;
  readonly param?: string;
  readonly max_length?: number;
}

/** Null for what is not such a list. */
function operatorsIn(argument: string): readonly (string | Operator)[] | null {
  try {
    const given: unknown = JSON.parse(argument);
    const list = fieldOf(given, 'operators');
    return Array.isArray(list) && list.every(isOperator) ? list : null;
  } catch {
    return null;
  }
}

function isOperator(value: unknown): value is string | Operator {
  if (typeof value === 'string') return true;
  const [param, most] = [fieldOf(value, 'param'), fieldOf(value, 'max_length')];
  return (
    typeof fieldOf(value, 'command') === 'string' &&
    (param === undefined || typeof param === 'string') &&
    (most === undefined || typeof most === 'number')
  );
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? ownField(value as Readonly<Record<string, unknown>>, name)
    : undefined;
}

/** A command's value; undefined for one that mctl does not know, or whose value comes from elsewhere. */
export function formatCommand(command: string, argument: string, facts: StreamFacts): Value | undefined {
  const known = ownField(COMMANDS, command);
  if (known !== undefined) return known(facts, argument);
  if (command === 'COALESCE') return coalesced(facts, argument);
  const { found, status } = facts;
  if (status !== undefined && command === 'RESPONSE_CODE') return String(status);
  if (found === undefined) return undefined;
  if (command === 'BYTES_RECEIVED') return bytesReceived(facts);
  return command === 'METADATA' && argument.startsWith('DYNAMIC:')
    ? metadataText(facts, argument.slice('DYNAMIC:'.length))
    : ownField(FOUND_COMMANDS, command)?.(found, argument);
}

function orNone(text: string): string | null {
  return text === '' ? null : text;
}

/** `X?Y`: the first value of X, or where there is no X, of Y. */
function requestHeader({ message }: StreamFacts, argument: string): Value {
  if (message === null) return null;
  const [name = '', alternative] = argument.split('?');
  const own = firstHeader(message, name);
  return own === null && alternative !== undefined ? firstHeader(message, alternative) : own;
}

/** A request's client is the peer, or whom X-Forwarded-For names, which has no port. */
function remotePeer({ remote, connection: { source } }: StreamFacts): Peer {
  return { ip: remote, port: isUnknown(remote) || isUnknown(source.ip) || remote === source.ip ? source.port : 0 };
}

function peerText({ ip, port }: Peer): string | Unknown {
  if (isUnknown(ip)) return ip;
  return isUnknown(port) ? port : hostPort(ip, port);
}

function portText({ port }: Peer): string | Unknown {
  return isUnknown(port) ? port : String(port);
}

/** The rest of a certificate is known where its names are. */
function ifKnown(uriSans: ClientCertificate['uriSans'], names: readonly string[]): readonly string[] | Unknown {
  return isUnknown(uriSans) ? uriSans : names;
}

function certificateText(
  { connection: { tls } }: StreamFacts,
  namesOf: (certificate: ClientCertificate) => readonly string[] | Unknown,
): Value {
  const certificate = tls?.certificate ?? null;
  if (certificate === null) return null;
  const names = namesOf(certificate);
  return isUnknown(names) ? names : orNone(names.join(','));
}

/** `KEY:PLAIN` is the text itself; otherwise the object is written as JSON. */
function filterStateText(facts: StreamFacts, argument: string): Value {
  const [key = '', form = 'TYPED', ...more] = argument.split(':');
  const value = filterStateOf(facts, key);
  if (value === null || isUnknown(value)) return value;
  if (form === 'PLAIN') return value;
  return form === 'TYPED' && more.length === 0 ? JSON.stringify(value) : unknown(`the filter state ${argument}`);
}

/** `NAMESPACE:KEY:KEY…`, or the older `["NAMESPACE","KEY"]`; a text as it is, everything else as JSON. */
function metadataText(facts: StreamFacts, argument: string): Value {
  const [namespace = '', ...keys] = listed(argument) ?? argument.split(':');
  const { fields, unknown: input } = facts.metadata(namespace);
  const value = metadataValue({ path: keys.map((key) => ({ key })) }, fields);
  if (value === undefined) return input === null ? null : unknown(input);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function listed(argument: string): readonly string[] | null {
  if (!argument.trimStart().startsWith('[')) return null;
  try {
    const list: unknown = JSON.parse(argument);
    return Array.isArray(list) && list.every((one) => typeof one === 'string') ? list : null;
  } catch {
    return null;
  }
}
