/**
 * Shapes of what ztunnel's dump holds, checked as Go's encoding/json does for istioctl: names are told apart without
 * regard to case, names that are not known pass, null stands for what is left out. https://pkg.go.dev/encoding/json
 */
import { ExactNumber } from '../exact-number';

/** What does not fit: where in the value, what should stand there, and what does. */
export interface Fault {
  /** Tokens of a JSON pointer, from the value on. */
  readonly path: readonly string[];
  readonly expected: string;
  readonly found: string;
}

/** Checks a value and makes its known names exact; null where it fits. */
export type Shape = (value: unknown) => Fault | null;

export const text: Shape = (value) => (typeof value === 'string' || value === null ? null : misfit('a text', value));

export const flag: Shape = (value) =>
  typeof value === 'boolean' || value === null ? null : misfit('true or false', value);

export const anything: Shape = () => null;

/** A whole number from 0 to this. */
export function whole(most: number): Shape {
  const expected = `a whole number from 0 to ${most}`;
  return (value) =>
    value === null || (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most)
      ? null
      : misfit(expected, value);
}

/** A list of what has this shape; its elements may be null. */
export function listOf(shape: Shape): Shape {
  return (value) => {
    if (value === null) return null;
    if (!Array.isArray(value)) return misfit('a list', value);
    for (let index = 0; index < value.length; index++) {
      const fault = shape(value[index]);
      if (fault !== null) return under(String(index), fault);
    }
    return null;
  };
}

/** A map to what has this shape. @param mostNamed where its names are whole numbers, the largest one */
export function mapOf(shape: Shape, mostNamed: number | null = null): Shape {
  return (value) => {
    if (value === null) return null;
    if (!isObject(value)) return misfit('an object', value);
    for (const key of Object.keys(value)) {
      if (mostNamed !== null && !(/^\d+$/.test(key) && Number(key) <= mostNamed)) {
        return { path: [key], expected: `under a number from 0 to ${mostNamed}`, found: `under ${foundText(key)}` };
      }
      const fault = shape(value[key]);
      if (fault !== null) return under(key, fault);
    }
    return null;
  };
}

/** An object with these members, each of which may be left out. */
export function message(members: Readonly<Record<string, Shape>>): Shape {
  const known = new Map(Object.entries(members));
  const folded = new Map(Object.keys(members).map((name) => [name.toLowerCase(), name]));
  return (value) => {
    if (value === null) return null;
    if (!isObject(value)) return misfit('an object', value);
    for (const key in value) {
      if (known.has(key) || !Object.hasOwn(value, key)) continue;
      const name = folded.get(key.toLowerCase());
      if (name !== undefined) rename(value, key, name);
    }
    for (const key in value) {
      const shape = known.get(key);
      // What is left out after a check may be checked again.
      const one = value[key];
      if (shape === undefined || one === undefined) continue;
      const fault = shape(one);
      if (fault !== null) return under(key, fault);
      // As if it were left out.
      if (one === null) value[key] = undefined;
    }
    return null;
  };
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
