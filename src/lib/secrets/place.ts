/** Whether what stands in a field is secret, by the way that leads there. Documents that stream and values both ask here. */
import { remembered } from '../remembered';
import {
  APPLIED_CONFIGURATION,
  CREDENTIAL_MAPS,
  DATA_FIELDS,
  DEFAULTS,
  ENVIRONMENTS,
  GENERIC_SECRETS,
  NAMED_VALUES,
  NAMES_OF_COOKIES,
  NAMING_COOKIES,
  NAMING_FIELDS,
  OWN_ANNOTATION,
  OWN_VARIABLE,
  PLAIN_FIELDS,
  PUBLIC_MESSAGES,
  SECRET_FIELDS,
  SECRET_FIELDS_OF,
  SECRET_MAPS,
  TEXT_FIELDS,
  VALUE_MAPS,
} from './field-list';
import { isSecretHeader, isSecretName } from './names';

/**
 * message: fields of Envoy's; announced: a field whose name says that a text in it is secret; data: somebody's keys and values; environment, annotations: a node's; secret: what is in it, but for
 * what names it; values: all that is in it; compared: the operands of an expression that reads something secret; cookie, attributes,
 * attribute: a cookie that Envoy sets, and what it says of it;
 * named: the value of something whose name is secret, unless it holds none; keys: a map whose keys are such values; public: a
 * part of a secret that only names it.
 */
export type Mode =
  | 'message'
  | 'announced'
  | 'data'
  | 'environment'
  | 'annotations'
  | 'secret'
  | 'values'
  | 'named'
  | 'keys'
  | 'public'
  | 'compared'
  | 'cookie'
  | 'attributes'
  | 'attribute';

/** The object that a field stands in. */
export interface Holder {
  readonly mode: Mode;
  /** The type of the message that it is in, from `@type` or a TypedStruct's `type_url`; empty where none was given. */
  readonly type: string;
  /** Whether its `key` or `name` names something secret; null where it has none. */
  readonly names: boolean | null;
}

/** Messages whose `value` is a Struct. */
const STRUCT_TYPE = /\.(?:TypedStruct|Struct)$|\.set_metadata\./;

/** How the value of a field is to be read. */
export function modeOf(holder: Holder, key: string): Mode {
  const { mode } = holder;
  const field = fieldName(key);
  switch (mode) {
    case 'announced':
    case 'message':
      return listed(holder, field) ?? messageMode(holder, field);
    case 'data':
      return listed(holder, field) ?? dataMode(key);
    case 'environment':
    case 'annotations':
      return ownMode(mode, key);
    default:
      return partMode(mode, field);
  }
}

/** The same inside what is a secret, or speaks of one. */
function partMode(
  mode: Exclude<Mode, 'announced' | 'message' | 'data' | 'environment' | 'annotations'>,
  field: string,
): Mode {
  switch (mode) {
    case 'public':
    case 'values':
    case 'attribute':
      return mode;
    case 'secret':
    case 'named':
      return PUBLIC_MESSAGES.has(field) ? 'public' : mode;
    case 'keys':
      return field === 'map' ? 'keys' : 'message';
    case 'compared':
      return CONSTANTS.has(field) ? 'named' : mode;
    case 'attributes':
      return field === 'value' ? 'attribute' : 'message';
    case 'cookie':
      return field === 'attributes' ? field : 'message';
  }
}

/** Constants of an expression that are texts. */
export const CONSTANTS: ReadonlySet<string> = new Set(['string_value', 'bytes_value']);

/** Variables and annotations of the mesh's own are judged by their words; any other may hold a secret. */
function ownMode(mode: 'environment' | 'annotations', key: string): Mode {
  return isOwn(mode, key) && !isSecretName(key) ? 'data' : 'values';
}

function isOwn(mode: 'environment' | 'annotations', key: string): boolean {
  if (mode === 'environment') return OWN_VARIABLE.test(key);
  return OWN_ANNOTATION.test(key) && !APPLIED_CONFIGURATION.test(key);
}

/** What the list says of a field, whoever wrote the object that it stands in; null where it says nothing. */
function listed({ mode, type, names }: Holder, field: string): Mode | null {
  if (SECRET_FIELDS.has(field) || SECRET_FIELDS_OF.get(field)?.test(type) === true) return 'secret';
  if (SECRET_MAPS.has(field)) return 'values';
  if (mode === 'announced' && TEXT_FIELDS.has(field)) return 'named';
  if (GENERIC_SECRETS.has(field)) return 'named';
  if (names !== true) return null;
  if (NAMED_VALUES.has(field)) return 'named';
  if (DEFAULTS.has(field)) return 'announced';
  return VALUE_MAPS.has(field) ? 'keys' : null;
}

function messageMode({ type }: Holder, field: string): Mode {
  if (DATA_FIELDS.has(field) || (field === 'value' && STRUCT_TYPE.test(type))) return 'data';
  if (field === NAMES_OF_COOKIES) return 'public';
  if (field === 'proxy_metadata') return 'environment';
  if (field === 'cookie') return field;
  return !PLAIN_FIELDS.has(field) && (field === 'users' || isSecretName(field)) ? 'announced' : 'message';
}

function dataMode(key: string): Mode {
  if (ENVIRONMENTS.has(key)) return 'environment';
  if (key === 'ANNOTATIONS') return 'annotations';
  if (CREDENTIAL_MAPS.has(key)) return 'values';
  return isSecretName(key) ? 'named' : 'data';
}

/** Whether a field names what the fields beside it speak of; null where it does not, else whether that is secret. */
export function naming(field: string, text: string): boolean | null {
  if (NAMING_COOKIES.has(field)) return text !== '';
  return NAMING_FIELDS.has(field) ? isSecretHeader(text) : null;
}

/** A field's name as in the proto files. */
export const fieldName = remembered((key) =>
  /[A-Z]/.test(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key,
);
