/**
 * The commands of Envoy's substitution format that hang on the connection and the request alone.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators
 */
import { hostPort } from '../envoy/address';
import { metadataValue } from '../match/metadata-matcher';
import { isUnknown, type Unknown, unknown } from '../match/ternary';
import type { ClientCertificate, Peer } from './connection-facts';
import { firstHeader } from './message';
import { filterStateOf, type StreamFacts } from './stream-facts';

/** Null where the command has no value: Envoy then writes `-`, or nothing. */
type Value = string | Unknown | null;
type Command = (facts: StreamFacts, argument: string) => Value;

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
  FILTER_STATE: filterStateText,
  DYNAMIC_METADATA: metadataText,
};

/** A command's value; undefined for one that mctl does not know, or whose value comes from elsewhere. */
export function formatCommand(command: string, argument: string, facts: StreamFacts): Value | undefined {
  const known = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  return known?.(facts, argument);
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
