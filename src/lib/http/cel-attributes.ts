/**
 * Envoy's attributes of a request and its connection, as expressions of the Common Expression Language read them.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes
 */
import { celHolds, type CelNames } from '../match/cel/evaluate';
import type { CelExpression } from '../envoy/cel';
import { type CelMap, type CelValue, celValueOf } from '../match/cel/value';
import { joined } from '../match/header-matcher';
import { isUnknown, type Ternary, unknown } from '../match/ternary';
import { watcher } from '../match/watch';
import { bodySize } from './body';
import { formatCommand } from './format-commands';
import { firstHeader, headerValues, type HttpMessage } from './message';
import type { StreamFacts } from './stream-facts';

/** Undefined where the request has no such attribute: an expression that reads it fails. */
type Attribute = (facts: StreamFacts) => CelValue | undefined;
type Attributes = Readonly<Record<string, Attribute>>;

/** Whether a condition holds for a request. */
export function celConditionHolds(expression: CelExpression, facts: StreamFacts): Ternary {
  watcher()?.other('a CEL condition of the request');
  return celHolds(expression, attributesOf(facts));
}

function attributesOf(facts: StreamFacts): CelNames {
  return (name) => {
    if (name === 'metadata') return { get: (key) => (key === 'filter_metadata' ? metadata(facts) : open(name, key)) };
    if (name === 'filter_state')
      return { get: (key) => (facts.filterState(key) === null ? undefined : open(name, key)) };
    const known = Object.hasOwn(GROUPS, name) ? GROUPS[name] : undefined;
    return group(name, known ?? {}, facts);
  };
}

function open(name: string, key: string): CelValue {
  return unknown(`the CEL attribute ${name}.${key}`);
}

function group(name: string, attributes: Attributes, facts: StreamFacts): CelMap {
  return {
    get: (key) => (Object.hasOwn(attributes, key) ? attributes[key]?.(facts) : open(name, key)),
  };
}

const REQUEST: Attributes = {
  headers: ({ message }) => headers(message),
  path: ({ message }) => filled(message?.path ?? ''),
  url_path: ({ message }) => (message?.path ?? '').split('?', 1)[0] ?? '',
  query: ({ message }) => queryOf(message?.path ?? ''),
  host: ({ message }) => message?.authority ?? undefined,
  scheme: ({ message }) => message?.scheme,
  method: ({ message }) => message?.method,
  protocol: ({ message }) => message?.protocol,
  referer: header('referer'),
  useragent: header('user-agent'),
  id: header('x-request-id'),
  size: ({ message }) => sizeOf(message),
};

const CONNECTION: Attributes = {
  mtls: ({ connection: { tls } }) => tls !== null && tls.certificate !== null,
  requested_server_name: ({ connection }) => connection.detected.serverName,
  tls_version: ofTls('tls_version'),
  subject_local_certificate: ofTls('subject_local_certificate'),
  dns_san_local_certificate: ofTls('dns_san_local_certificate'),
  uri_san_local_certificate: ofTls('uri_san_local_certificate'),
  subject_peer_certificate: (facts) =>
    facts.connection.tls === null ? undefined : (formatted('DOWNSTREAM_PEER_SUBJECT', facts) ?? ''),
  uri_san_peer_certificate: ({ connection: { tls } }) => {
    const names = tls?.certificate?.uriSans ?? [];
    return isUnknown(names) ? names : names[0];
  },
  dns_san_peer_certificate: ({ connection: { tls } }) => {
    const { uriSans = [], dnsSans = [] } = tls?.certificate ?? {};
    return isUnknown(uriSans) ? uriSans : dnsSans[0];
  },
};

const SOURCE: Attributes = {
  address: (facts) => formatted('DOWNSTREAM_REMOTE_ADDRESS', facts),
  port: (facts) => portOf(formatted('DOWNSTREAM_REMOTE_PORT', facts)),
};

const DESTINATION: Attributes = {
  address: (facts) => formatted('DOWNSTREAM_LOCAL_ADDRESS', facts),
  port: ({ connection }) => BigInt(connection.local.port),
};

const GROUPS: Readonly<Record<string, Attributes>> = {
  request: REQUEST,
  connection: CONNECTION,
  source: SOURCE,
  destination: DESTINATION,
};

/** Names without case; the values of a repeated header are one, joined by commas. */
function headers(message: HttpMessage | null): CelMap {
  return {
    get: (name) => {
      const values = message === null ? [] : headerValues(message, name);
      return values.length === 0 ? undefined : joined(values);
    },
  };
}

function header(name: string): Attribute {
  return ({ message }) => (message === null ? undefined : (firstHeader(message, name) ?? undefined));
}

function ofTls(name: string): Attribute {
  return ({ connection: { tls } }) => (tls === null ? undefined : open('connection', name));
}

function filled(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** What stands between the question mark and the fragment. */
function queryOf(path: string): string {
  const from = path.indexOf('?');
  return from < 0 ? '' : (path.slice(from + 1).split('#', 1)[0] ?? '');
}

function sizeOf(message: HttpMessage | null): CelValue | undefined {
  return message === null ? 0n : (bodySize(message) ?? undefined);
}

function formatted(command: string, facts: StreamFacts): CelValue | undefined {
  return formatCommand(command, '', facts) ?? undefined;
}

function portOf(text: CelValue | undefined): CelValue | undefined {
  return typeof text === 'string' ? BigInt(text) : text;
}

function metadata(facts: StreamFacts): CelMap {
  return {
    get: (namespace) => {
      const { fields, unknown: input } = facts.metadata(namespace);
      if (fields === null) return unknown(input ?? `dynamic metadata of ${namespace}`);
      return { get: (key) => (Object.hasOwn(fields, key) ? celValueOf(fields[key]) : absent(input)) };
    },
  };
}

function absent(input: string | null): CelValue | undefined {
  return input === null ? undefined : unknown(input);
}
