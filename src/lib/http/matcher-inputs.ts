/**
 * The inputs of Envoy's matcher trees, in one table for filter chains, virtual hosts, cluster specifiers, RBAC and filters
 * behind a matcher.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/matching/matching_api
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../envoy/any';
import { isLoopback, sameIp } from '../match/cidr';
import { joined } from '../match/header-matcher';
import { expressionIn } from '../envoy/cel';
import { evaluateMatcher, type InputValue, type Matcher, type MatcherResult } from '../match/matcher-tree';
import { metadataValue } from '../match/metadata-matcher';
import { parseQuery, percentDecoded } from '../match/query-parameter';
import { isUnknown, type Ternary, unknown } from '../match/ternary';
import { watcher } from '../match/watch';
import { celConditionHolds } from './cel-attributes';
import { type ConnectionFacts, type Peer, transportOf } from './connection-facts';
import { filterStateOf, type StreamFacts } from './stream-facts';

type Reader = (facts: StreamFacts, asked: TypedExtension) => InputValue;

const READERS: Readonly<Record<string, Reader>> = {
  DestinationIPInput: ({ connection }) => connection.local.ip,
  DestinationPortInput: ({ connection }) => String(connection.local.port),
  SourceIPInput: ({ remote }) => remote,
  SourcePortInput: ({ connection }) => portText(connection.source),
  DirectSourceIPInput: ({ connection }) => connection.directSource.ip,
  SourceTypeInput: ({ connection }) => {
    const local = isLocalSource(connection.source, connection.local);
    return isUnknown(local) ? local : local ? 'local' : null;
  },
  ServerNameInput: ({ connection }) => orNone(connection.detected.serverName),
  TransportProtocolInput: ({ connection }) => transportOf(connection.detected),
  ApplicationProtocolInput: ({ connection }) => {
    const text = (offered: readonly string[]): string => offered.map((protocol) => `'${protocol}'`).join(',');
    watcher()?.alpn(connection.detected.applicationProtocols, text);
    return orNone(text(connection.detected.applicationProtocols));
  },
  UriSanInput: (facts) => certificateText(facts, 'uriSans'),
  DnsSanInput: (facts) => certificateText(facts, 'dnsSans'),
  SubjectInput: (facts) => certificateText(facts, 'subject'),
  HttpRequestHeaderMatchInput: ({ headers }, asked) => {
    const name = textInConfig(asked, 'header_name').toLowerCase();
    if (name.startsWith(':')) watcher()?.other(`the header ${name}, which a matcher tree reads`);
    else watcher()?.reads(name, headers.of ?? null);
    const values = headers.values(name);
    return values.length === 0 ? null : joined(values);
  },
  HttpRequestQueryParamMatchInput: ({ message }, asked) => {
    watcher()?.other(`the query parameter ${textInConfig(asked, 'query_param')}, decoded`);
    return message === null
      ? null
      : (parseQuery(message.path, percentDecoded).get(textInConfig(asked, 'query_param')) ?? null);
  },
  FilterStateInput: (facts, asked) => filterStateOf(facts, textInConfig(asked, 'key')),
  DynamicMetadataInput: metadataText,
};

/** Evaluates a matcher for a request, or for a connection that has none. */
export function matchedFor(matcher: Matcher, facts: StreamFacts): MatcherResult {
  return evaluateMatcher(
    matcher,
    (asked) => matcherInput(asked, facts),
    (custom) => extensionHolds(custom, facts),
  );
}

/** A matcher extension that reads the request itself and no input; null for the others. */
function extensionHolds(custom: TypedExtension, facts: StreamFacts): Ternary | null {
  if (!messageTypeOf(custom.typed_config).endsWith('.CelMatcher')) return null;
  const expression = expressionIn(messageOf(custom.typed_config));
  return expression === null
    ? unknown(`the matcher extension ${custom.name ?? ''}, whose CEL expression is not parsed`)
    : celConditionHolds(expression, facts);
}

/** The value of an input; unknown where it is of a kind that neither configuration nor the question tells. */
function matcherInput(asked: TypedExtension, facts: StreamFacts): InputValue {
  const type = messageTypeOf(asked.typed_config);
  const kind = type.slice(type.lastIndexOf('.') + 1);
  const reader = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  return reader === undefined ? unknown(`the matcher input ${asked.name ?? type}`) : reader(facts, asked);
}

/** Whether a source is the proxy's own host: loopback, or the address that the connection came to. */
export function isLocalSource({ ip }: Peer, local: ConnectionFacts['local']): Ternary {
  return isUnknown(ip) ? ip : isLoopback(ip) || sameIp(ip, local.ip);
}

function textInConfig({ typed_config: config }: TypedExtension, field: string): string {
  const value = messageOf<Readonly<Record<string, unknown>>>(config)[field];
  return typeof value === 'string' ? value : '';
}

function orNone(text: string): string | null {
  return text === '' ? null : text;
}

function portText({ port }: Peer): InputValue {
  return isUnknown(port) ? port : String(port);
}

function certificateText({ connection }: StreamFacts, field: 'uriSans' | 'dnsSans' | 'subject'): InputValue {
  const certificate = connection.tls?.certificate ?? null;
  if (certificate === null) return null;
  if (isUnknown(certificate.uriSans)) return certificate.uriSans;
  const value = certificate[field];
  if (isUnknown(value)) return value;
  return orNone(typeof value === 'string' ? value : value.join(','));
}

function metadataText(facts: StreamFacts, asked: TypedExtension): InputValue {
  const { filter = '', path = [] } = messageOf<{ filter?: string; path?: readonly { key?: string }[] }>(
    asked.typed_config,
  );
  const { fields, unknown: input } = facts.metadata(filter);
  const value = metadataValue({ path }, fields);
  if (typeof value === 'string') watcher()?.other(`dynamic metadata of ${filter}, which a matcher tree reads`);
  return typeof value === 'string' ? value : unknown(input ?? `dynamic metadata of ${filter}`);
}
