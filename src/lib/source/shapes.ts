/** Types of the fields of documents that others write in JSON or YAML, and what in a document is of another type. */

export type Shape = 'text' | 'number' | 'flag' | 'number or text' | 'texts' | ShapeOfFields | readonly [Shape];

export interface ShapeOfFields {
  readonly [name: string]: Shape;
}

/** What is wrong with a value. */
export interface Misfit {
  /** Where, from the value on. */
  readonly path: readonly string[];
  /** What stands there, and what was expected: the value itself, cut. */
  readonly says: string;
  /** What was expected alone, for a document that may hold secrets. */
  readonly expected: string;
}

/** The first field of a value whose type is another than its shape has; null where all fit. Null and what is not in the shape fit. */
export function faultOf(value: unknown, shape: Shape): Misfit | null {
  if (value === null || value === undefined) return null;
  if (typeof shape === 'string') return scalarFault(value, shape);
  if (isList(shape)) {
    if (!Array.isArray(value)) return misfit(value, 'a list');
    return first(Object.keys(value), (index) => faultOf(value[Number(index)], shape[0]));
  }
  const fields = fieldsOf(value);
  if (fields === null) return misfit(value, 'an object');
  return first(Object.keys(shape), (name) =>
    Object.hasOwn(fields, name) ? faultOf(fields[name], shape[name] ?? {}) : null,
  );
}

function scalarFault(value: unknown, shape: Extract<Shape, string>): Misfit | null {
  switch (shape) {
    case 'text':
      return typeof value === 'string' ? null : misfit(value, 'a text');
    case 'number':
      return typeof value === 'number' ? null : misfit(value, 'a number');
    case 'flag':
      return typeof value === 'boolean' ? null : misfit(value, 'true or false');
    case 'number or text':
      return typeof value === 'number' || typeof value === 'string' ? null : misfit(value, 'a number or a name');
    case 'texts': {
      const fields = fieldsOf(value);
      if (fields === null) return misfit(value, 'an object');
      return first(Object.keys(fields), (name) => scalarFault(fields[name] ?? '', 'text'));
    }
  }
}

/** The first fault below a value, with the name under which it is. */
function first(names: readonly string[], faultAt: (name: string) => Misfit | null): Misfit | null {
  for (const name of names) {
    const fault = faultAt(name);
    if (fault !== null) return { ...fault, path: [name, ...fault.path] };
  }
  return null;
}

function isList(shape: ShapeOfFields | readonly [Shape]): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

function misfit(value: unknown, expected: string): Misfit {
  const found = Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : scalarText(value);
  return { path: [], says: `is ${found}, ${expected} was expected`, expected };
}

const SHOWN = 40;

function scalarText(value: unknown): string {
  if (typeof value !== 'string') return `the value ${String(value)}`;
  return `the text ${JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value)}`;
}

/** A JSON Pointer. https://www.rfc-editor.org/rfc/rfc6901 */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((step) => `/${token(step)}`).join('');
}

function token(name: string | number): string {
  return String(name).replaceAll('~', '~0').replaceAll('/', '~1');
}
