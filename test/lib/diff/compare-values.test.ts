/** Messages field by field. */
import fc from 'fast-check';
import { canonical, compareValues } from '../../../src/lib/diff/compare-values';
import { parseExactly } from '../../../src/lib/exact-number';

test.each<[what: string, a: unknown, b: unknown, changes: readonly object[]]>([
  ['a scalar', { timeout: '1s' }, { timeout: '2s' }, [{ path: 'timeout', a: '1s', b: '2s' }]],
  ['a field that is new', {}, { timeout: '2s' }, [{ path: 'timeout', b: '2s' }]],
  ['a field that is gone', { timeout: '2s' }, {}, [{ path: 'timeout', a: '2s' }]],
  [
    'a version in metadata',
    { metadata: { versionInfo: '1' } },
    { metadata: { versionInfo: '2' } },
    [{ path: 'metadata.versionInfo', a: '1', b: '2' }],
  ],
  ['a set in another order', { domains: ['a', 'b'] }, { domains: ['b', 'a'] }, []],
  [
    'a set with another member',
    { domains: ['a', 'b'] },
    { domains: ['b', 'c'] },
    [
      { path: 'domains[]', a: 'a' },
      { path: 'domains[]', b: 'c' },
    ],
  ],
  [
    'elements by name',
    {
      virtualHosts: [
        { name: 'x', a: 1 },
        { name: 'y', a: 2 },
      ],
    },
    {
      virtualHosts: [
        { name: 'y', a: 3 },
        { name: 'x', a: 1 },
      ],
    },
    [{ path: 'virtualHosts[y].a', a: 2, b: 3 }],
  ],
  [
    'endpoints by address',
    { lbEndpoints: [{ endpoint: { address: { socketAddress: { address: '10.0.0.1', portValue: 80 } } }, weight: 1 }] },
    { lbEndpoints: [{ endpoint: { address: { socketAddress: { address: '10.0.0.1', portValue: 80 } } }, weight: 2 }] },
    [{ path: 'lbEndpoints[10.0.0.1:80].weight', a: 1, b: 2 }],
  ],
  [
    'routes that changed places: the first that fits is taken',
    { routes: [{ name: 'a' }, { name: 'b' }] },
    { routes: [{ name: 'b' }, { name: 'a' }] },
    [{ path: 'routes (order)', a: ['a', 'b'], b: ['b', 'a'] }],
  ],
  [
    'a route put in front moves no other',
    { routes: [{ match: 1 }, { match: 2 }] },
    { routes: [{ match: 0 }, { match: 1 }, { match: 2 }] },
    [{ path: 'routes[0]', b: { match: 0 } }],
  ],
  [
    'a nameless element',
    { routes: [{ match: 1 }, { match: 2 }] },
    { routes: [{ match: 1 }, { match: 3 }] },
    [{ path: 'routes[1].match', a: 2, b: 3 }],
  ],
  [
    'another type of extension',
    { c: { '@type': 'x', a: 1 } },
    { c: { '@type': 'y', b: 1 } },
    [{ path: 'c', a: { '@type': 'x', a: 1 }, b: { '@type': 'y', b: 1 } }],
  ],
  ['keys of a map', { clusters: { 'a|b': 1 } }, { clusters: { 'a|b': 2 } }, [{ path: 'clusters[a|b]', a: 1, b: 2 }]],
  ['null and absent', { a: null }, {}, [{ path: 'a', a: null }]],
])('%s', (_what, a, b, changes) => {
  expect(compareValues(a, b)).toEqual(changes);
});

const value = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ max: 3, min: 0 }),
    fc.constantFrom('a', 'b'),
    tie('object'),
    tie('list'),
  ),
  list: fc.array(tie('node'), { maxLength: 4 }),
  object: fc.dictionary(fc.constantFrom('name', 'routes', 'domains', 'x'), tie('node'), { maxKeys: 4 }),
})).object;

test('there are differences where the texts of two values differ, and nowhere else', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(compareValues(a, a)).toEqual([]);
      expect(compareValues(a, b).length === 0).toBe(canonical(a) === canonical(b));
    }),
    { numRuns: 2000 },
  );
});

test('there and back are the same differences', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(compareValues(b, a)).toHaveLength(compareValues(a, b).length);
    }),
  );
});

it('a name that every object has by birth is a name like any other', () => {
  const named = JSON.parse('{"constructor": 1, "toString": {"a": 2}}') as object;
  expect(compareValues({}, named)).toEqual([
    { path: 'constructor', b: 1 },
    { path: 'toString', b: { a: 2 } },
  ]);
});

it('numbers that a double cannot hold differ where their digits do', () => {
  const [a, b] = ['9007199254740992', '9007199254740993'].map((digits) => parseExactly(`{"v": ${digits}}`));
  expect(compareValues(a, b)).toHaveLength(1);
  expect(compareValues(b, parseExactly('{"v": 9007199254740993}'))).toEqual([]);
  expect(compareValues(b, { v: '9007199254740993' })).toHaveLength(1);
});
