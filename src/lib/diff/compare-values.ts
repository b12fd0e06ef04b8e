/**
 * Two values of one message, field by field. Lists are compared by what their elements are called; only where Envoy takes
 * the first that fits, or runs elements one after the other, does their order count.
 */
import { ExactNumber } from '../exact-number';

/** One field that differs. A side that does not have it leaves it out. */
export interface FieldChange {
  /** `virtualHosts[NAME].routes[0].match.prefix`. */
  readonly path: string;
  readonly a?: unknown;
  readonly b?: unknown;
}

/** Lists whose order Envoy follows. */
const ORDERED = new Set([
  'routes',
  'httpFilters',
  'filters',
  'listenerFilters',
  'transportSocketMatches',
  'hashPolicy',
]);

/** Every difference, in the order of the fields. */
export function compareValues(a: unknown, b: unknown, path = ''): readonly FieldChange[] {
  if (isObject(a) && isObject(b)) return compareObjects(a, b, path);
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b, path);
  return canonical(a) === canonical(b) ? [] : [changeOf(path, a, b)];
}

/** A text that is the same for values that do not differ. */
export function canonical(value: unknown, field = ''): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item));
    return `[${(ORDERED.has(field) ? items : items.sort()).join(',')}]`;
  }
  if (value instanceof ExactNumber) return value.text;
  if (!isObject(value)) return value === undefined ? '' : JSON.stringify(value);
  const fields = Object.keys(value);
  return `{${fields
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name], name)}`)
    .join(',')}}`;
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

function changeOf(path: string, a: unknown, b: unknown): FieldChange {
  return { path, ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) };
}

function compareObjects(a: Fields, b: Fields, path: string): readonly FieldChange[] {
  // An Any of another type is another message: its fields have nothing to do with each other.
  if (a['@type'] !== b['@type']) return [changeOf(path, a, b)];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.flatMap((name) => {
    return compareValues(ownOf(a, name), ownOf(b, name), below(path, name));
  });
}

/** A field of the message itself: in a map, `constructor` is a name like any other. */
function ownOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** A field's path; keys of maps that are no words stand in brackets. */
function below(path: string, name: string): string {
  if (!/^[@\w]+$/.test(name)) return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
}

interface Item {
  readonly value: unknown;
  readonly index: number;
  readonly key: string;
}

function compareLists(a: readonly unknown[], b: readonly unknown[], path: string): readonly FieldChange[] {
  const field = /([^.[\]]*)$/.exec(path)?.[1] ?? '';
  const isOrdered = ORDERED.has(field);
  const [left, right] = [itemsOf(a), itemsOf(b)];
  const pairs = pairsOf(left, right);
  const isOnly = onlyOnEachSide([left, right]);
  const changes = pairs.flatMap(([one, other, isEqual = false]) => {
    if (isEqual) return [];
    const place = `${path}[${nameOf(one ?? other, isOnly)}]`;
    if (one === undefined || other === undefined) return [changeOf(place, one?.value, other?.value)];
    return compareValues(one.value, other.value, place);
  });
  return isOrdered && isMoved(pairs) ? [...changes, orderChange(path, left, right)] : changes;
}

function itemsOf(list: readonly unknown[]): readonly Item[] {
  return list.map((value, index) => ({ value, index, key: keyOf(value) }));
}

/** What an element is called: its name, its address, or itself where it is a scalar. */
function keyOf(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value);
  const name = value['name'] ?? value['clusterName'];
  if (typeof name === 'string') return name;
  return addressOf(value) ?? localityOf(value) ?? '';
}

function addressOf(value: Fields): string | null {
  const endpoint = value['endpoint'];
  const address = isObject(endpoint) ? endpoint['address'] : value['address'];
  const socket = isObject(address) ? address['socketAddress'] : undefined;
  if (!isObject(socket)) return null;
  return `${text(socket['address'])}:${text(socket['portValue'])}`;
}

function localityOf(value: Fields): string | null {
  const { locality, lbEndpoints, priority } = value;
  if (lbEndpoints === undefined && locality === undefined) return null;
  const { region, zone, subZone } = isObject(locality) ? locality : {};
  const place = [region, zone, subZone].map(text).filter((part) => part !== '');
  return [place.join('/') || 'no locality', ...(priority === undefined ? [] : [`priority ${text(priority)}`])].join(
    ' ',
  );
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** An element's name where that tells it apart on its side, else its place. */
function nameOf(item: Item | undefined, isOnly: (key: string) => boolean): string {
  if (item === undefined || !isObject(item.value)) return '';
  return item.key !== '' && isOnly(item.key) ? item.key : String(item.index);
}

/** Whether no side has two elements of a name; names are counted when the first is asked for. */
function onlyOnEachSide(sides: readonly (readonly Item[])[]): (key: string) => boolean {
  let twice: ReadonlySet<string> | null = null;
  return (key) => !(twice ??= new Set(sides.flatMap(repeatedKeys))).has(key);
}

function repeatedKeys(side: readonly Item[]): readonly string[] {
  const seen = new Set<string>();
  return side.flatMap(({ key }) => {
    if (seen.has(key)) return [key];
    seen.add(key);
    return [];
  });
}

type Pair = readonly [a: Item | undefined, b: Item | undefined, isEqual?: boolean];

/** Equal elements first, then those that are called alike, then what is left in its order. */
function pairsOf(left: readonly Item[], right: readonly Item[]): readonly Pair[] {
  const pairs: Pair[] = [];
  const restOf = (
    a: readonly Item[],
    b: readonly Item[],
    by: (item: Item) => string | null,
    isEqual: boolean,
  ): readonly [readonly Item[], readonly Item[]] => {
    const waiting = new Map<string, Item[]>();
    // The first of each name is taken first, from the end of its list.
    for (const item of b.toReversed()) {
      const key = by(item);
      if (key === null) continue;
      const known = waiting.get(key);
      if (known === undefined) waiting.set(key, [item]);
      else known.push(item);
    }
    const taken = new Set<Item>();
    const unmatched = a.filter((item) => {
      const other = waiting.get(by(item) ?? '')?.pop();
      if (other === undefined) return true;
      pairs.push([item, other, isEqual]);
      taken.add(other);
      return false;
    });
    return [unmatched, b.filter((item) => !taken.has(item))];
  };
  const [a, b] = restOf(left, right, ({ value }) => canonical(value), true);
  const [lastA, lastB] = restOf(a, b, ({ key, value }) => (key === '' || !isObject(value) ? null : `k:${key}`), false);
  const anonymous = ({ key, value }: Item): boolean => key === '' && isObject(value);
  const [freeA, freeB] = [lastA.filter(anonymous), lastB.filter(anonymous)];
  for (const [index, item] of freeA.entries()) pairs.push([item, freeB[index]]);
  for (const item of freeB.slice(freeA.length)) pairs.push([undefined, item]);
  for (const item of lastA.filter((one) => !anonymous(one))) pairs.push([item, undefined]);
  for (const item of lastB.filter((one) => !anonymous(one))) pairs.push([undefined, item]);
  return pairs.sort(([a1, b1], [a2, b2]) => (a1?.index ?? b1?.index ?? 0) - (a2?.index ?? b2?.index ?? 0));
}

function isMoved(pairs: readonly Pair[]): boolean {
  const both = pairs.flatMap(([a, b]) => (a === undefined || b === undefined ? [] : [{ a: a.index, b: b.index }]));
  return both.some(({ b }, index) => index > 0 && b < (both[index - 1]?.b ?? 0));
}

function orderChange(path: string, left: readonly Item[], right: readonly Item[]): FieldChange {
  const names = (side: readonly Item[]): readonly string[] =>
    side.map((item) => (item.key === '' ? String(item.index) : item.key));
  return { path: `${path} (order)`, a: names(left), b: names(right) };
}
