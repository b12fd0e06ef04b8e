/** A document with one or a few of its fields changed to any JSON value. */
import type { Random } from './random';

type Container = Record<string, unknown> | unknown[];

/** Where a value stands: its container, and its name or index there. */
interface Place {
  readonly container: Container;
  readonly name: string;
}

/** Places by their paths, in which indices and names of maps are one: each kind of field is as likely as the next. */
export function placesByPath(document: unknown): ReadonlyMap<string, readonly Place[]> {
  const places = new Map<string, Place[]>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const name of Object.keys(value)) {
      const inner = `${path}/${Array.isArray(value) ? '*' : name}`;
      const known = places.get(inner);
      const place = { container: value as Container, name };
      if (known === undefined) places.set(inner, [place]);
      else known.push(place);
      walk((value as Record<string, unknown>)[name], inner);
    }
  };
  walk(document, '');
  return places;
}

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? { a: value } : [value];
  return value;
}

/** Values that are of a wrong type, out of range, or mean something to somebody. */
const VALUES: readonly (() => unknown)[] = [
  ...[null, true, false, 0, 1, -1, 7, 1.5, 65_536, 2 ** 31, 2 ** 32, 2 ** 53, 1e30, -0.1].map((value) => () => value),
  ...[
    '',
    ' ',
    '0',
    '1',
    '-1',
    '1.5s',
    '-5s',
    '1e9s',
    'NaN',
    'true',
    '{}',
    '*',
    '.*',
    '(',
    '[a',
    'a|b|c|d',
    'a|b|c|d|e',
  ].map((value) => () => value),
  ...[
    '::1',
    '10.0.0.1',
    '999.1.1.1',
    '\u0000',
    '\u202e',
    '\ud800',
    '::error::x',
    '%',
    '%FF',
    '__proto__',
    '\u001b[31m',
  ].map((value) => () => value),
  () => 'x'.repeat(5_000),
  () => [],
  () => ({}),
  () => [null],
  () => [{}],
  () => [[]],
  () => ['a', 'a'],
  () => [1, 'a', true],
  () => ({ a: 1 }),
  () => ({ name: {} }),
  () => ({ '@type': 'x', value: 5 }),
  () => ({ '@type': 'type.googleapis.com/xds.type.v3.TypedStruct', type_url: 'a/envoy.RBAC', value: [] }),
  () => JSON.parse('{"__proto__": {"a": 1}, "constructor": {"prototype": 2}, "toString": 3, "toJSON": 4}') as unknown,
  () => nested(60),
];

const TYPES = ['HttpConnectionManager', 'TcpProxy', 'RBAC', 'HTTPFault', 'JwtAuthentication', 'UpstreamTlsContext'];

/** A document that is changed again and again, each time from what it was in the beginning. */
export class Changeable {
  readonly #document: unknown;
  readonly #places: ReadonlyMap<string, readonly Place[]>;
  readonly #paths: readonly string[];
  readonly #undo: (() => void)[] = [];

  constructor(text: string) {
    this.#document = JSON.parse(text);
    this.#places = placesByPath(this.#document);
    this.#paths = [...this.#places.keys()];
  }

  /** Its text with one or two fields changed, and what was changed. */
  changed(random: Random): readonly [text: string, changes: readonly string[]] {
    try {
      const changes = Array.from({ length: 1 + random.below(2) }, () => this.#change(random));
      return [JSON.stringify(this.#document), changes];
    } finally {
      for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) undo();
    }
  }

  #place(path: string, random: Random): Place {
    return random.of(this.#places.get(path) ?? []);
  }

  #change(random: Random): string {
    if (this.#paths.length === 0) return 'nothing to change';
    const path = random.of(this.#paths);
    const place = this.#place(path, random);
    this.#undo.push(restoring(place.container));
    return mutate(path, place, random, () => {
      const from = random.of(this.#paths);
      const { container, name } = this.#place(from, random);
      return [from, structuredClone((container as Record<string, unknown>)[name])];
    });
  }
}

/** What gives a container its fields back, in their order. */
function restoring(container: Container): () => void {
  if (Array.isArray(container)) {
    const items = [...container];
    return () => {
      container.splice(0, container.length, ...items);
    };
  }
  const fields = Object.entries(container);
  return () => {
    for (const name of Object.keys(container)) Reflect.deleteProperty(container, name);
    for (const [name, value] of fields) define(container, name, value);
  };
}

function define(fields: object, name: string, value: unknown): void {
  Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * Changes one field in its place; gives what was changed, for a report.
 * @param another gives something that stands elsewhere in the document
 */
function mutate(
  path: string,
  { container, name }: Place,
  random: Random,
  another: () => readonly [path: string, value: unknown],
): string {
  const fields = container as Record<string, unknown>;
  const set = (value: unknown): void => {
    define(fields, name, value);
  };
  switch (random.below(10)) {
    case 0:
      if (Array.isArray(container)) container.splice(Number(name), 1);
      else Reflect.deleteProperty(fields, name);
      return `${path} removed`;
    case 1: {
      const [from, value] = another();
      set(value);
      return `${path} replaced by ${from}`;
    }
    case 2: {
      if (Array.isArray(container)) {
        container.push(container[0]);
        return `${path} twice`;
      }
      const odd = random.of(['constructor', '__proto__', 'toString', '', 'a/b~c', 'length', '@type']);
      define(fields, odd, fields[name]);
      return `${path} also named ${odd}`;
    }
    case 3:
      set([fields[name]]);
      return `${path} in a list`;
    case 4: {
      const type = random.of(TYPES);
      set({ '@type': `type.googleapis.com/x.${type}`, [name]: fields[name] });
      return `${path} in a ${type}`;
    }
    default: {
      const value = random.of(VALUES)();
      set(value);
      return `${path} is now ${JSON.stringify(value).slice(0, 60)}`;
    }
  }
}
