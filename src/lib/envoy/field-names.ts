/**
 * Field names of proto messages in JSON: Envoy writes them as in the proto files (`filter_chains`), istioctl in lower camel
 * case (`filterChains`); either is valid input. Keys of maps and everything inside a Struct are data and stay as they are.
 * https://protobuf.dev/programming-guides/json/
 */

type Rename = (key: string) => string;

/** Fields that are maps from text to messages: their keys are names, their values are messages. */
const MAPS = new Set([
  'typed_per_filter_config',
  'typed_extension_protocol_options',
  'typed_filter_metadata',
  'map',
  'policies',
  'providers',
  'requirement_map',
]);

/** Fields that hold a Struct, or a map of Structs or texts. */
const STRUCTS = new Set(['filter_metadata', 'json_format', 'static_layer', 'default_subset', 'key_values', 'labels']);

/** Fields that hold a Struct below these parents only. */
const STRUCTS_IN: Readonly<Record<string, string>> = {
  node: 'metadata',
  user_agent_build_version: 'metadata',
  transport_socket_matches: 'match',
};

/** Names whose digits lower camel case runs together. */
const WITH_DIGITS: Readonly<Record<string, string>> = {
  acceptHttp10: 'accept_http_10',
  defaultHostForHttp10: 'default_host_for_http_10',
  proxy100Continue: 'proxy_100_continue',
};

/** The value with field names as in the proto files; the same object where they already are. */
export function toProtoNames(value: unknown): unknown {
  return renamed(value, '', snake);
}

/** The value with field names in lower camel case; the same object where nothing changes. */
export function toJsonNames(value: unknown): unknown {
  return renamed(value, '', camel);
}

function snake(key: string): string {
  if (!/[A-Z]/.test(key)) return key;
  return WITH_DIGITS[key] ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camel(key: string): string {
  return key.includes('_') ? key.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()) : key;
}

/** @param parent the field that the value stands in, by its name in the proto files */
function renamed(value: unknown, parent: string, rename: Rename): unknown {
  if (Array.isArray(value)) return renamedList(value, parent, rename);
  if (typeof value !== 'object' || value === null) return value;
  const message = value as Readonly<Record<string, unknown>>;
  const type = message['@type'];
  const isStruct = typeof type === 'string' && /\.(?:TypedStruct|Struct)$/.test(type);
  const isMap = MAPS.has(parent);
  const entries = Object.entries(message).map(([key, inner]): [string, unknown] => {
    const name = isMap ? key : rename(key);
    const own = isMap ? '' : snake(key);
    const isData = STRUCTS.has(own) || STRUCTS_IN[parent] === own || (isStruct && own === 'value');
    const result = isData ? inner : renamed(inner, own, rename);
    return [name, result];
  });
  const isSame = entries.every(([name, result]) => Object.hasOwn(message, name) && message[name] === result);
  return isSame ? value : Object.fromEntries(entries);
}

function renamedList(list: readonly unknown[], parent: string, rename: Rename): unknown {
  // A list is no map, whatever its field's name: `policies` is one in RBAC and a list in a load balancing policy.
  const own = MAPS.has(parent) ? '' : parent;
  const results = list.map((item) => renamed(item, own, rename));
  return results.some((item, index) => item !== list[index]) ? results : list;
}
