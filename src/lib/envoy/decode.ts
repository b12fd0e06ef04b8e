/**
 * Gives the fields of a message the types that the proto files give them, in one place for all who read them. Of a message
 * in which all is as Envoy writes it nothing is copied, and no pointer is made: it costs one look at each field.
 */
import { InputError } from '../errors';
import { guard, wrongType } from './guarded';
import { enumeration, isObject, type Kind, mismatch, SCALARS } from './field-kinds';
import { rememberedOfPart } from '../repeated-parts';
import { MESSAGES, type MessageName } from './messages';
import { ENUMS } from './messages/enums';

/**
 * A message, field names as in the proto files, in which every field of `messages` is of its type: spellings that proto JSON
 * has beside Envoy's are as Envoy writes them, null is absent, and a field of another type throws InputError with its pointer
 * where it is read. The same object where all is well. Throws InputError where the message itself is no object.
 * @param at JSON pointer of the message in the document, or what has one: most messages are as they should be, and none is made
 */
export function decoded(value: unknown, message: MessageName, at: string | { readonly pointer: string }): object {
  const kind = kindOf(message);
  if (kind.fits(value)) return value as object;
  return kind.decoded(value, typeof at === 'string' ? at : at.pointer) as object;
}

/** What a fields's value is decoded to, put in its place; where it is of another type, what throws. */
function put(target: object, name: string, held: unknown, kind: Kind, pointer: string): void {
  try {
    const value = kind.decoded(held, pointer);
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    guard(target, name, held, error);
  }
}

function token(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A message by a table's text; which is read when a message of its kind is first met. */
class MessageKind implements Kind {
  readonly #fields: string;
  #kinds: ReadonlyMap<string, Kind> | undefined;

  constructor(fields: string) {
    this.#fields = fields;
  }

  get #kindsByName(): ReadonlyMap<string, Kind> {
    this.#kinds ??= new Map(
      this.#fields
        .trim()
        .split(/\s+/)
        .map((field) => {
          const [name = '', type = ''] = field.split(':');
          return [name, kindOf(type)];
        }),
    );
    return this.#kinds;
  }

  fits(value: unknown): boolean {
    return isObject(value) && this.#fitsInside(value);
  }

  readonly #fitsInside = rememberedOfPart((value) => {
    const kinds = this.#kindsByName;
    const fields = value as Fields;
    for (const name in fields) {
      if (fields[name] !== undefined && kinds.get(name)?.fits(fields[name]) === false) return false;
    }
    return true;
  });

  decoded(value: unknown, pointer: string): unknown {
    if (!isObject(value)) throw mismatch(value, pointer, 'an object');
    const result = { ...value };
    for (const name of Object.keys(value)) {
      const kind = this.#kindsByName.get(name);
      if (kind === undefined) continue;
      if (value[name] === null || value[name] === undefined) Reflect.deleteProperty(result, name);
      else put(result, name, value[name], kind, `${pointer}/${name}`);
    }
    return result;
  }
}

function listOf(kind: Kind): Kind {
  return {
    fits: (value) => Array.isArray(value) && value.every((item) => kind.fits(item)),
    decoded: (value, pointer) => {
      if (!Array.isArray(value)) throw mismatch(value, pointer, 'a list');
      const result = [...(value as readonly unknown[])];
      for (const [index, item] of value.entries()) put(result, String(index), item, kind, `${pointer}/${index}`);
      return result;
    },
  };
}

function mapOf(kind: Kind): Kind {
  return {
    fits: (value) => isObject(value) && Object.values(value).every((item) => kind.fits(item)),
    decoded: (value, pointer) => {
      if (!isObject(value)) throw mismatch(value, pointer, 'an object');
      const result = { ...value };
      for (const name of Object.keys(value)) put(result, name, value[name], kind, `${pointer}/${token(name)}`);
      return result;
    },
  };
}

/** `google.protobuf.Any`: the message that its type URL names, or that of the TypedStruct in it; `{}` where it holds none. */
const ANY: Kind = {
  fits: (value) => isObject(value) && anyFits(value),
  decoded: (value, pointer) => {
    if (!isObject(value)) throw mismatch(value, pointer, 'an object');
    const type = value['@type'];
    if (type === undefined) return Object.keys(value).length === 0 ? value : withoutType(value, pointer);
    if (typeof type !== 'string') {
      const result = { ...value };
      guard(result, '@type', type, mismatch(type, `${pointer}/@type`, 'a type URL'));
      return result;
    }
    const [part] = partsOf(value);
    if (part === undefined) return value;
    const [message, kind, field] = part;
    if (field === '') return kind.decoded(message, pointer);
    const result = { ...value };
    put(result, field, message, kind, `${pointer}/${field}`);
    return result;
  },
};

const anyFits = rememberedOfPart((value) => {
  const any = value as Fields;
  if (typeof any['@type'] !== 'string' && Object.keys(any).length > 0) return false;
  return partsOf(any).every(([part, kind]) => kind.fits(part));
});

function withoutType(value: object, pointer: string): object {
  const result = { ...value };
  guard(result, '@type', undefined, wrongType(pointer, 'has no @type, and so can be any message'));
  return result;
}

type Fields = Readonly<Record<string, unknown>>;

/** The message that an Any holds, the kind of it, and the field in which it stands; none where mctl does not know it. */
function partsOf(any: Fields): readonly (readonly [message: unknown, kind: Kind, field: string])[] {
  const name = lastWord(any['@type'], '.');
  const inner = any['type_url'];
  const isWrapped = name === 'TypedStruct' && typeof inner === 'string';
  const kind = messageKind(isWrapped ? lastWord(inner, '.') : name);
  if (kind === null || (isWrapped && any['value'] === undefined)) return [];
  return isWrapped ? [[any['value'], kind, 'value']] : [[any, kind, '']];
}

function lastWord(text: unknown, separator: string): string {
  return typeof text === 'string' ? text.slice(text.lastIndexOf(separator) + 1) : '';
}

/** Messages that were met. */
const messages = new Map<string, Kind>();

function messageKind(name: string): Kind | null {
  const known = messages.get(name);
  if (known !== undefined) return known;
  if (!Object.hasOwn(MESSAGES, name)) return null;
  const kind = new MessageKind(MESSAGES[name as MessageName]);
  messages.set(name, kind);
  return kind;
}

/** The kind that a table names. */
function kindOf(type: string): Kind {
  if (type.endsWith('[]')) return listOf(kindOf(type.slice(0, -2)));
  if (type.endsWith('{}')) return mapOf(kindOf(type.slice(0, -2)));
  const kind = type === 'any' ? ANY : (SCALARS[type] ?? messageKind(type) ?? enumKind(type));
  if (kind === null) throw new Error(`there is no type ${type}`);
  return kind;
}

function enumKind(name: string): Kind | null {
  const names = ENUMS[name];
  return names === undefined ? null : enumeration(names.split('|'));
}
