/**
 * Field names of proto messages in JSON: Envoy writes them as in the proto files (`filter_chains`), istioctl in lower camel
 * case (`filterChains`); either is valid input. Keys of maps and everything inside a Struct are data and stay as they are.
 * https://protobuf.dev/programming-guides/json/
 */
import { asItStands } from './guarded';
import { ownField, setField } from '../own-field';
import { remembered } from '../remembered';
import { rememberedOfPart, rememberedPart } from '../repeated-parts';

/** The form that names are given. */
type Form = keyof Names;

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
  return isAllSnake(value) ? value : renamed(value, '', 'snake');
}

/** Whether no name in a value, data included, can be in camel case: Envoy's own dumps need no more than this look. */
function isAllSnake(value: unknown): boolean {
  return typeof value !== 'object' || value === null || hasSnakeNames(value);
}

const hasSnakeNames = rememberedOfPart((value) => {
  if (Array.isArray(value)) return value.every(isAllSnake);
  const message = value as Readonly<Record<string, unknown>>;
  for (const key in message) if (namesOf(key).snake !== key || !isAllSnake(message[key])) return false;
  return true;
});

/**
 * The value with field names in lower camel case, and without what protobuf's own writer leaves out: null, empty lists and
 * empty names. The same object where nothing changes.
 */
export function toJsonNames(value: unknown): unknown {
  return renamed(value, '', 'camel');
}

function isLeftOut(name: string, value: unknown): boolean {
  return value === null || (name === 'name' && value === '') || (Array.isArray(value) && value.length === 0);
}

/** A field's name as in the proto files, and in lower camel case. */
interface Names {
  readonly snake: string;
  readonly camel: string;
}

const namesOf = remembered((key): Names => ({
  snake: /[A-Z]/.test(key)
    ? (ownField(WITH_DIGITS, key) ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
    : key,
  camel: key.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()),
}));

/** @param parent the field that the value stands in, by its name in the proto files */
function renamed(value: unknown, parent: string, form: Form): unknown {
  return typeof value === 'object' && value !== null ? renamedObject(value, parent, form) : value;
}

const renamedObject = rememberedPart((value, parent: string, form: Form): unknown => {
  const held = asItStands(value);
  if (Array.isArray(held)) return renamedList(held, parent, form);
  return renamedMessage(held as Readonly<Record<string, unknown>>, parent, form);
});

function renamedMessage(message: Readonly<Record<string, unknown>>, parent: string, form: Form): unknown {
  const isStruct = isStructType(message['@type']);
  const isMap = MAPS.has(parent);
  const isMessage = form === 'camel' && !isMap && !isStruct;
  const keys = Object.keys(message);
  // Most messages stay as they are: another is made only from the first field on that changes.
  let changed: Record<string, unknown> | null = null;
  for (const key of keys) {
    const inner = message[key];
    const isOut = isMessage && isLeftOut(key, inner);
    const names = isMap ? null : namesOf(key);
    const name = names === null ? key : names[form];
    const field = names === null ? '' : names.snake;
    const result = isData(field, parent, isStruct) ? heldIn(inner) : renamed(inner, field, form);
    if (changed === null) {
      if (!isOut && name === key && result === inner) continue;
      changed = fieldsOf(message, keys.slice(0, keys.indexOf(key)));
    }
    if (!isOut) setField(changed, name, result);
  }
  return changed ?? message;
}

/** A message of some fields of another, as they are. */
function fieldsOf(message: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  const fields = {};
  for (const key of keys) setField(fields, key, message[key]);
  return fields;
}

/** What a field that holds data holds, as it stands. */
function heldIn(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? asItStands(value) : value;
}

function isStructType(type: unknown): boolean {
  return typeof type === 'string' && (type.endsWith('.TypedStruct') || type.endsWith('.Struct'));
}

/** Whether a field's value is a Struct: data, with names of its own. */
function isData(field: string, parent: string, isStruct: boolean): boolean {
  return STRUCTS.has(field) || STRUCTS_IN[parent] === field || (isStruct && field === 'value');
}

function renamedList(list: readonly unknown[], parent: string, form: Form): unknown {
  // A list is no map, whatever its field's name: `policies` is one in RBAC and a list in a load balancing policy.
  const own = MAPS.has(parent) ? '' : parent;
  const results = list.map((item) => renamed(item, own, form));
  return results.some((item, index) => item !== list[index]) ? results : list;
}
