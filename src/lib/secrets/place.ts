/** Whether what stands in a field is secret, by the way that leads there. Documents that stream and values both ask here. */
import { remembered } from '../remembered';
import {
  APPLIED_CONFIGURATION,
  CREDENTIAL_MAPS,
  DATA_FIELDS,
  DEFAULTS,
  ENVIRONMENTS,
  GENERIC_SECRETS,
  JWK_MEMBERS,
  NAMED_VALUES,
  NAMES_OF_COOKIES,
  NAMING_COOKIES,
  NAMING_FIELDS,
  OWN_ANNOTATION,
  OWN_VARIABLE,
  PATHS,
  PLAIN_FIELDS,
  PRIVATE_JWK_MEMBERS,
  PUBLIC_MESSAGES,
  SCOPE_KEY,
  SCOPES,
  SECRET_FIELDS,
  SECRET_FIELDS_OF,
  SECRET_MAPS,
  TEXT_FIELDS,
  VALUE_MAPS,
} from './field-list';
import { isSecretHeader, isSecretMap, isSecretName, mayBeSecretName } from './names';

/**
 * message: fields of Envoy's; announced: a field whose name says that a text in it is secret; data: somebody's keys and values; environment, annotations: a node's; secret: what is in it, but for
 * what names it; values: all that is in it; compared: the operands of an expression that reads something secret; cookie, attributes,
 * attribute: a cookie that Envoy sets, and what it says of it; perhaps, perhapsData: a field, and a key of somebody's, whose
 * name says that a text in it is secret if it reads as one; likely: what is in it, where it reads as a secret; table: a map of secrets, of which keys may be some, too; scopes: scopes of routes whose keys are secret headers;
 * named: the value of something whose name is secret, unless it holds none; keys: a map whose keys are such values; public: a
 * part of a secret that only names it.
 */
export type Mode =
  | 'message'
  | 'announced'
  | 'perhaps'
  | 'perhapsData'
  | 'likely'
  | 'table'
  | 'scopes'
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

/** What a name says of the value that it names: it is secret, it is if it reads as a key, it is none. */
export type Naming = boolean | 'perhaps';

/** The object that a field stands in. */
export interface Holder {
  readonly mode: Mode;
  /** The type of the message that it is in, from `@type` or a TypedStruct's `type_url`; empty where none was given. */
  readonly type: string;
  /** Whether its `key` or `name` names something secret; null where it has none. */
  readonly names: Naming | null;
}

/** Messages whose `value` is a Struct. */
const STRUCT_TYPE = /\.(?:TypedStruct|Struct)$|\.set_metadata\./;

/** How the value of a field is to be read. */
export function modeOf(holder: Holder, key: string, facts = factsOf(key)): Mode {
  return knownMode(holder, facts) ?? workedOut(holder, key);
}

/** What a key says whatever object it stands in: each is worked out once, and looked up once for each object of a dump. */
export interface KeyFacts {
  /** As in the proto files. */
  readonly field: string;
  /** Whether it may name what the fields beside it speak of, or lead to that name. */
  readonly mayName: boolean;
  readonly isPath: boolean;
  /** Whether it is a private member of a JSON Web Key, and one that other objects lack. */
  readonly isPrivate: boolean;
  readonly isOfJwk: boolean;
  /** How its value is to be read in a message, and in data; null where that does not hang on the key alone. */
  readonly inMessage: Mode | null;
  readonly inData: Mode | null;
}

/** What is known of a key. */
export const factsOf = remembered((key): KeyFacts => {
  const field = fieldName(key);
  const ofAny = (mode: Mode): Mode | null =>
    SECRET_FIELDS_OF.has(field) || field === 'value' ? null : workedOut({ mode, type: '', names: null }, key);
  return {
    field,
    mayName: NAMING_COOKIES.has(field) || NAMING_FIELDS.has(field),
    isPath: PATHS.has(field),
    isPrivate: PRIVATE_JWK_MEMBERS.has(key),
    isOfJwk: JWK_MEMBERS.has(key),
    inMessage: ofAny('message'),
    inData: ofAny('data'),
  };
});

/** How the value of a field is to be read where that hangs on the key alone, as that of most fields does; null elsewhere. */
function knownMode({ mode, names }: Holder, { inMessage, inData }: KeyFacts): Mode | null {
  if (names === true || names === 'perhaps') return null;
  return mode === 'message' ? inMessage : mode === 'data' ? inData : null;
}

function workedOut(holder: Holder, key: string): Mode {
  const { mode } = holder;
  const field = fieldName(key);
  switch (mode) {
    case 'announced':
    case 'perhaps':
    case 'message':
      return listed(holder, field) ?? messageMode(holder, field);
    case 'data':
    case 'perhapsData':
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
  mode: Exclude<Mode, 'announced' | 'perhaps' | 'perhapsData' | 'message' | 'data' | 'environment' | 'annotations'>,
  field: string,
): Mode {
  switch (mode) {
    case 'public':
    case 'values':
    case 'attribute':
      return mode;
    case 'secret':
    case 'named':
    case 'likely':
      return PUBLIC_MESSAGES.has(field) ? 'public' : mode;
    case 'table':
      return 'named';
    case 'scopes':
      return field === SCOPE_KEY ? 'named' : mode;
    case 'compared':
      return CONSTANTS.has(field) ? 'named' : mode;
    default:
      return INNER_MODES[mode].get(field) ?? 'message';
  }
}

/** How one field of what stands in some places is read; others are fields of a message. */
const INNER_MODES: Readonly<Record<'keys' | 'attributes' | 'cookie', ReadonlyMap<string, Mode>>> = {
  keys: new Map([['map', 'keys']]),
  attributes: new Map([['value', 'attribute']]),
  cookie: new Map([['attributes', 'attributes']]),
};

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
  if (TEXT_FIELDS.has(field)) {
    if (mode === 'announced') return 'named';
    if (mode === 'perhaps' || mode === 'perhapsData') return mode;
  }
  return GENERIC_SECRETS.has(field) ? 'named' : besideName(names, field);
}

/** What the name beside a field says of it; null where it says nothing. */
function besideName(names: Naming | null, field: string): Mode | null {
  if (names === 'perhaps' && NAMED_VALUES.has(field)) return 'likely';
  if (names !== true) return null;
  if (NAMED_VALUES.has(field)) return 'named';
  if (DEFAULTS.has(field)) return 'announced';
  if (field === SCOPES) return 'scopes';
  return VALUE_MAPS.has(field) ? 'keys' : null;
}

function messageMode({ type }: Holder, field: string): Mode {
  if (DATA_FIELDS.has(field) || (field === 'value' && STRUCT_TYPE.test(type))) return 'data';
  if (field === NAMES_OF_COOKIES) return 'public';
  if (field === 'proxy_metadata') return 'environment';
  if (field === 'cookie') return field;
  if (PLAIN_FIELDS.has(field)) return 'message';
  if (isSecretMap(field)) return 'table';
  if (field === 'users' || isSecretName(field)) return 'announced';
  return field === SCOPE_KEY || mayBeSecretName(field) ? 'perhaps' : 'message';
}

function dataMode(key: string): Mode {
  if (ENVIRONMENTS.has(key)) return 'environment';
  if (key === 'ANNOTATIONS') return 'annotations';
  if (CREDENTIAL_MAPS.has(key)) return 'values';
  if (isSecretMap(key)) return 'table';
  if (isSecretName(key)) return 'named';
  return mayBeSecretName(key) ? 'perhapsData' : 'data';
}

/** Whether a field names what the fields beside it speak of; null where it does not, else whether that is secret. */
export function naming(field: string, text: string): Naming | null {
  if (NAMING_COOKIES.has(field)) return text !== '';
  if (!NAMING_FIELDS.has(field)) return null;
  return isSecretHeader(text) || (mayBeSecretName(text) ? 'perhaps' : false);
}

/** A field's name as in the proto files. */
export const fieldName = remembered((key) =>
  /[A-Z]/.test(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key,
);
