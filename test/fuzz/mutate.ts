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

/** Changes one field of a document in its place; gives what was changed, for a report. */
export function mutate(document: unknown, random: Random): string {
  const places = placesByPath(document);
  if (places.size === 0) return 'nothing left to change';
  const path = random.of([...places.keys()]);
  const { container, name } = random.of(places.get(path) ?? []);
  const fields = container as Record<string, unknown>;
  const set = (value: unknown): void => {
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  };
  switch (random.below(10)) {
    case 0:
      if (Array.isArray(container)) container.splice(Number(name), 1);
      else Reflect.deleteProperty(fields, name);
      return `${path} removed`;
    case 1: {
      // Something that stands elsewhere in the document.
      const from = random.of([...places.keys()]);
      const other = random.of(places.get(from) ?? []);
      set(structuredClone((other.container as Record<string, unknown>)[other.name]));
      return `${path} replaced by ${from}`;
    }
    case 2: {
      if (Array.isArray(container)) {
        container.push(container[0]);
        return `${path} twice`;
      }
      const odd = random.of(['constructor', '__proto__', 'toString', '', 'a/b~c', 'length', '@type']);
      Object.defineProperty(fields, odd, { value: fields[name], enumerable: true, configurable: true, writable: true });
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
