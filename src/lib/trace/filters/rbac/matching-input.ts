/**
 * Inputs of matcher trees inside filters: what of the connection or the request a matcher looks at.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/matching/matching_api
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../../envoy/any';
import { isLoopback, sameIp } from '../../../match/cidr';
import type { InputValue } from '../../../match/matcher-tree';
import { parseQuery } from '../../../match/query-parameter';
import { unknown } from '../../../match/ternary';
import type { RbacInput } from './condition';
import { knownAddress } from './leaves';

type Reader = (input: RbacInput, asked: TypedExtension) => InputValue;

const READERS: Readonly<Record<string, Reader>> = {
  DestinationIPInput: ({ connection }) => connection.local.ip,
  DestinationPortInput: ({ connection }) => String(connection.local.port),
  SourceIPInput: ({ connection }) => knownAddress(connection.source.ip),
  SourcePortInput: ({ connection }) => portText(connection.source.port),
  DirectSourceIPInput: ({ connection }) => knownAddress(connection.directSource.ip),
  SourceTypeInput: ({ connection }) =>
    isLoopback(connection.source.ip) || sameIp(connection.source.ip, connection.local.ip) ? 'local' : null,
  ServerNameInput: ({ connection }) => (connection.serverName === '' ? null : connection.serverName),
  UriSanInput: (input) => certificateText(input, 'uriSans'),
  DnsSanInput: (input) => certificateText(input, 'dnsSans'),
  SubjectInput: (input) => certificateText(input, 'subject'),
  HttpRequestHeaderMatchInput: headerText,
  HttpRequestQueryParamMatchInput: ({ message }, asked) => {
    const { query_param: name = '' } = messageOf<{ query_param?: string }>(asked.typed_config);
    return message === null ? null : (parseQuery(message.path).get(name) ?? null);
  },
  FilterStateInput: ({ state }, asked) => {
    const { key = '' } = messageOf<{ key?: string }>(asked.typed_config);
    return state.filterState(key) ?? unknown(`the filter state ${key}`);
  },
  DynamicMetadataInput: metadataText,
};

/** The value of an input; unknown where it is of a kind that configuration does not tell. */
export function matchingInput(asked: TypedExtension, input: RbacInput): InputValue {
  const type = messageTypeOf(asked.typed_config);
  const kind = type.slice(type.lastIndexOf('.') + 1);
  const reader = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  return reader === undefined ? unknown(`the matching input ${asked.name ?? type}`) : reader(input, asked);
}

function portText(port: number | null): InputValue {
  return port === null ? unknown('the source port') : String(port);
}

function certificateText({ connection }: RbacInput, field: 'uriSans' | 'dnsSans' | 'subject'): InputValue {
  const certificate = connection.tls?.certificate ?? null;
  if (certificate === null) return null;
  const value = certificate[field];
  if (value === null) return unknown("what the source's certificate says (--source-principal)");
  const text = typeof value === 'string' ? value : value.join(',');
  return text === '' ? null : text;
}

function headerText({ headers }: RbacInput, asked: TypedExtension): InputValue {
  const { header_name: name = '' } = messageOf<{ header_name?: string }>(asked.typed_config);
  const lower = name.toLowerCase();
  const values = headers.values(lower === 'host' ? ':authority' : lower);
  return values.length === 0 ? null : values.join(',');
}

function metadataText({ state }: RbacInput, asked: TypedExtension): InputValue {
  const config = messageOf<{ filter?: string; path?: readonly { key?: string }[] }>(asked.typed_config);
  const namespace = config.filter ?? '';
  let value: unknown = state.metadata(namespace);
  for (const { key } of config.path ?? []) {
    const isStruct = typeof value === 'object' && value !== null && Object.hasOwn(value, key ?? '');
    value = isStruct ? (value as Readonly<Record<string, unknown>>)[key ?? ''] : undefined;
  }
  if (typeof value === 'string') return value;
  return unknown(state.unknownMetadata(namespace) ?? `dynamic metadata of ${namespace}`);
}
