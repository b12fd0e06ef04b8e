/**
 * The inputs of Envoy's matcher trees that are taken from a stream, in one table for filter chains, virtual hosts, cluster specifiers,
 * RBAC and filters behind a matcher. Which there are, `envoy/matcher-inputs.ts` says.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/matching/matching_api
 */
import { tellValue } from './message';
import { messageOf, messageTypeOf, type TypedExtension } from '../envoy/any';
import type { MetadataMatcher } from '../envoy/rbac';
import { sameIp } from '../match/cidr';
import { joined } from '../match/header-matcher';
import { expressionIn } from '../envoy/cel';
import { matcherInputNamed, type MatcherInputOf } from '../envoy/matcher-inputs';
import { evaluateMatcher, type InputValue, isMetadata, type Matcher, type MatcherResult } from '../match/matcher-tree';
import { matchMetadata, metadataValue } from '../match/metadata-matcher';
import { parseQuery, percentDecoded } from '../match/query-parameter';
import { isUnknown, type Ternary, unknown } from '../match/ternary';
import { watcher, type Watcher } from '../match/watch';
import { celConditionHolds } from './cel-attributes';
import { type ConnectionFacts, type Peer, transportOf } from './connection-facts';
import { filterStateOf, type StreamFacts } from './stream-facts';

/** How an input is read, and how those hear of it who watch what is asked of a request (`match/watch.ts`). */
interface StreamInput {
  readonly read: (facts: StreamFacts, asked: TypedExtension) => InputValue;
  /** Tells the watcher what is read, and not only which texts it is compared with; null where those say it all. */
  readonly tell: ((watched: Watcher, facts: StreamFacts, asked: TypedExtension, value: InputValue) => void) | null;
}

/** Each has both: an input without one of them does not compile. */
const INPUTS: Readonly<Record<MatcherInputOf<'stream'>, StreamInput>> = {
  DestinationIPInput: byText(({ connection }) => connection.local.ip),
  DestinationPortInput: byText(({ connection }) => String(connection.local.port)),
  SourceIPInput: byText(({ remote }) => remote),
  SourcePortInput: byText(({ connection }) => portText(connection.source)),
  DirectSourceIPInput: byText(({ connection }) => connection.directSource.ip),
  SourceTypeInput: byText(({ connection }) => {
    const local = isLocalSource(connection.source, connection.local);
    return isUnknown(local) ? local : local ? 'local' : null;
  }),
  ServerNameInput: byText(({ connection }) => orNone(connection.detected.serverName)),
  TransportProtocolInput: byText(({ connection }) => transportOf(connection.detected)),
  ApplicationProtocolInput: {
    read: ({ connection }) => orNone(protocolsText(connection.detected.applicationProtocols)),
    tell: (watched, { connection }) => {
      watched.alpn(connection.detected.applicationProtocols, protocolsText);
    },
  },
  UriSanInput: byText((facts) => certificateText(facts, 'uriSans')),
  DnsSanInput: byText((facts) => certificateText(facts, 'dnsSans')),
  SubjectInput: byText((facts) => certificateText(facts, 'subject')),
  HttpRequestHeaderMatchInput: {
    read: ({ headers }, asked) => {
      const values = headers.values(headerIn(asked));
      return values.length === 0 ? null : joined(values);
    },
    tell: (_watched, { headers }, asked) => {
      tellValue(headers.of ?? null, headerIn(asked), 'which a matcher tree reads');
    },
  },
  HttpRequestQueryParamMatchInput: {
    read: ({ message }, asked) =>
      message === null
        ? null
        : (parseQuery(message.path, percentDecoded).get(textInConfig(asked, 'query_param')) ?? null),
    tell: (watched, _facts, asked) => {
      watched.other(`the query parameter ${textInConfig(asked, 'query_param')}, decoded`);
    },
  },
  FilterStateInput: byText((facts, asked) => filterStateOf(facts, textInConfig(asked, 'key'))),
  DynamicMetadataInput: {
    read: metadataText,
    tell: (watched, _facts, asked, value) => {
      const filter = textInConfig(asked, 'filter');
      if (typeof value === 'string') watched.other(`dynamic metadata of ${filter}, which a matcher tree reads`);
    },
  },
};

/** An input of which the texts say all that it is compared with. */
function byText(read: StreamInput['read']): StreamInput {
  return { read, tell: null };
}

function protocolsText(offered: readonly string[]): string {
  return offered.map((protocol) => `'${protocol}'`).join(',');
}

function headerIn(asked: TypedExtension): string {
  return textInConfig(asked, 'header_name').toLowerCase();
}

/** Evaluates a matcher for a request, or for a connection that has none. */
export function matchedFor(matcher: Matcher, facts: StreamFacts): MatcherResult {
  return evaluateMatcher(
    matcher,
    (asked) => matcherInput(asked, facts),
    (custom, input) => extensionHolds(custom, input, facts),
  );
}

/** A matcher extension that reads the request itself, or metadata as it is; null for the others. */
function extensionHolds(custom: TypedExtension, input: TypedExtension, facts: StreamFacts): Ternary | null {
  if (isMetadata(input) && messageTypeOf(custom.typed_config).endsWith('.input_matchers.metadata.v3.Metadata')) {
    const { filter = '', path = [] } = messageOf<{ filter?: string; path?: MetadataMatcher['path'] }>(
      input.typed_config,
    );
    const { value = {}, invert = false } = messageOf<Pick<MetadataMatcher, 'value' | 'invert'>>(custom.typed_config);
    return matchMetadata({ filter, path, value, invert }, facts.metadata(filter));
  }
  if (!messageTypeOf(custom.typed_config).endsWith('.CelMatcher')) return null;
  const expression = expressionIn(messageOf(custom.typed_config));
  return expression === null
    ? unknown(`the matcher extension ${custom.name ?? ''}, whose CEL expression is not parsed`)
    : celConditionHolds(expression, facts);
}

/** The value of an input; unknown where it is of a kind that neither configuration nor the question tells. */
function matcherInput(asked: TypedExtension, facts: StreamFacts): InputValue {
  const type = messageTypeOf(asked.typed_config);
  const name = matcherInputNamed(type, 'stream');
  if (name === null) return unknown(`the matcher input ${asked.name ?? type}`);
  const { read, tell } = INPUTS[name];
  const value = read(facts, asked);
  const watched = watcher();
  if (watched !== null) tell?.(watched, facts, asked, value);
  return value;
}

/** Whether a source is the proxy's own host: 127.0.0.1 or ::1, not the rest of 127.0.0.0/8, or the address that the connection came to. */
export function isLocalSource({ ip }: Peer, local: ConnectionFacts['local']): Ternary {
  return isUnknown(ip) ? ip : sameIp(ip, local.ip) || sameIp(ip, '127.0.0.1') || sameIp(ip, '::1');
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
  return typeof value === 'string' ? value : unknown(input ?? `dynamic metadata of ${filter}`);
}
