/**
 * Shapes of what ztunnel's dump holds, checked as Go's encoding/json does for istioctl: names are told apart without
 * regard to case, names that are not known pass, null stands for what is left out. https://pkg.go.dev/encoding/json
 */
import { ExactNumber } from '../exact-number';
import type { JsonShape, MessageShape } from '../scan/json-shape';

/** What does not fit: where in the value, what should stand there, and what does. */
export interface Fault {
  /** Tokens of a JSON pointer, from the value on. */
  readonly path: readonly string[];
  readonly expected: string;
  readonly found: string;
}

export const text: JsonShape = { kind: 'text' };

export const flag: JsonShape = { kind: 'flag' };

export const anything: JsonShape = { kind: 'anything' };

/** A whole number from 0 to this. */
export function whole(most: number): JsonShape {
  return { kind: 'whole', most };
}

/** A list of what has this shape; its elements may be null. */
export function listOf(of: JsonShape): JsonShape {
  return { kind: 'list', of };
}

/** A map to what has this shape. @param mostNamed where its names are whole numbers, the largest one */
export function mapOf(of: JsonShape, mostNamed: number | null = null): JsonShape {
  return { kind: 'map', of, mostNamed };
}

/** An object with these members, each of which may be left out. */
export function message(members: Readonly<Record<string, JsonShape>>): MessageShape {
  return { kind: 'message', members };
}

/** A text with this in it, which is like that, or what has a shape. */
export function textWith(part: string, like: string, or: JsonShape): JsonShape {
  return { kind: 'text with', part, like, or };
}

/** Checks a value and makes its known names exact; null where it fits. */
export function faultOf(shape: JsonShape, value: unknown): Fault | null {
  if (value === null) return null;
  switch (shape.kind) {
    case 'anything':
      return null;
    case 'text':
      return typeof value === 'string' ? null : misfit('a text', value);
    case 'flag':
      return typeof value === 'boolean' ? null : misfit('true or false', value);
    case 'whole':
      return isWhole(value, shape.most) ? null : misfit(`a whole number from 0 to ${shape.most}`, value);
    case 'list':
      return listFault(shape.of, value);
    case 'map':
      return mapFault(shape, value);
    case 'message':
      return messageFault(shape, value);
    case 'text with':
      return typeof value === 'string' ? partFault(shape, value) : faultOf(shape.or, value);
  }
}

function isWhole(value: unknown, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

function partFault({ part, like }: Extract<JsonShape, { kind: 'text with' }>, value: string): Fault | null {
  return value.includes(part) ? null : { path: [], expected: like, found: JSON.stringify(value) };
}

function listFault(shape: JsonShape, value: unknown): Fault | null {
  if (!Array.isArray(value)) return misfit('a list', value);
  for (let index = 0; index < value.length; index++) {
    const fault = faultOf(shape, value[index]);
    if (fault !== null) return under(String(index), fault);
  }
  return null;
}

function mapFault({ of, mostNamed }: Extract<JsonShape, { kind: 'map' }>, value: unknown): Fault | null {
  if (!isObject(value)) return misfit('an object', value);
  for (const key of Object.keys(value)) {
    if (mostNamed !== null && !(/^\d+$/.test(key) && Number(key) <= mostNamed)) {
      return { path: [key], expected: `under a number from 0 to ${mostNamed}`, found: `under ${foundText(key)}` };
    }
    const fault = faultOf(of, value[key]);
    if (fault !== null) return under(key, fault);
  }
  return null;
}

function messageFault(shape: MessageShape, value: unknown): Fault | null {
  if (!isObject(value)) return misfit('an object', value);
  const { known, folded } = namesOf(shape);
  for (const key in value) {
    if (known.has(key) || !Object.hasOwn(value, key)) continue;
    const name = folded.get(key.toLowerCase());
    if (name !== undefined) rename(value, key, name);
  }
  for (const key in value) {
    const member = known.get(key);
    // What is left out after a check may be checked again.
    const one = value[key];
    if (member === undefined || one === undefined) continue;
    const fault = faultOf(member, one);
    if (fault !== null) return under(key, fault);
    // As if it were left out.
    if (one === null) value[key] = undefined;
  }
  return null;
}

/** Members of a message by their names, and these by what they are in small letters. */
interface Names {
  readonly known: ReadonlyMap<string, JsonShape>;
  readonly folded: ReadonlyMap<string, string>;
}

const NAMES = new WeakMap<MessageShape, Names>();

function namesOf(shape: MessageShape): Names {
  const made = NAMES.get(shape);
  if (made !== undefined) return made;
  const known = new Map(Object.entries(shape.members));
  const folded = new Map(Object.keys(shape.members).map((name) => [name.toLowerCase(), name]));
  const names = { known, folded };
  NAMES.set(shape, names);
  return names;
}

type Fields = Record<string, unknown>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The exact name wins where there are both. */
function rename(value: Fields, key: string, name: string): void {
  if (!Object.hasOwn(value, name)) value[name] = value[key];
  Reflect.deleteProperty(value, key);
}

function under(key: string, { path, ...fault }: Fault): Fault {
  return { path: [key, ...path], ...fault };
}

function misfit(expected: string, value: unknown): Fault {
  return { path: [], expected, found: foundText(value) };
}

const SHOWN = 40;

function foundText(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof ExactNumber) return `the number ${value.text.slice(0, SHOWN)}`;
  if (isObject(value)) return 'an object';
  const shown = JSON.stringify(value);
  return shown.length > SHOWN ? `${shown.slice(0, SHOWN)}…` : shown;
}
