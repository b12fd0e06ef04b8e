/** https://www.envoyproxy.io/docs/envoy/latest/configuration/operations/runtime */
import type { RuntimeLayer } from '../../../src/lib/envoy/config-dump';
import { clusterOf, listenerOf, manager, proxyOf, typed, walkOf, type Walked } from '../../helpers/hop';
import { Runtime } from '../../../src/lib/match/runtime';

const runtime = (...layers: readonly RuntimeLayer[]): Runtime => new Runtime(layers);
const set = (static_layer: Readonly<Record<string, unknown>>): RuntimeLayer => ({ name: 's', static_layer });
const own = { numerator: 30 };

test.each<[string, readonly RuntimeLayer[], unknown]>([
  ['no layer', [], own],
  ['another key', [set({ b: 1 })], own],
  ['a number of percent', [set({ a: 10 })], { numerator: 10, denominator: 'HUNDRED' }],
  ['a number as text', [set({ a: '10' })], { numerator: 10, denominator: 'HUNDRED' }],
  ['a fraction', [set({ a: { numerator: 5, denominator: 'MILLION' } })], { numerator: 5, denominator: 'MILLION' }],
  ['what is neither', [set({ a: 'much' })], own],
  [
    'a number with a fraction, of which the whole part counts',
    [set({ a: 99.9 })],
    { numerator: 99, denominator: 'HUNDRED' },
  ],
  ['half a percent', [set({ a: 0.5 })], { numerator: 0, denominator: 'HUNDRED' }],
  ['hexadecimal text', [set({ a: ' 0x10 ' })], { numerator: 16, denominator: 'HUNDRED' }],
  ['text with an exponent', [set({ a: '+1e1' })], { numerator: 10, denominator: 'HUNDRED' }],
  ['text with a point', [set({ a: '.9' })], { numerator: 0, denominator: 'HUNDRED' }],
  ['a number below 0', [set({ a: -1 })], own],
  ['a number that is too large', [set({ a: 1e30 })], own],
  ['text of a fraction', [set({ a: '{"numerator": 5}' })], own],
  ['percent in words', [set({ a: '50%' })], own],
  ['yes', [set({ a: true })], own],
  ['a fraction without a denominator', [set({ a: { numerator: 5 } })], { numerator: 5, denominator: 'HUNDRED' }],
  ['a fraction with a field more', [set({ a: { numerator: 5, by: 'me' } })], own],
  ['a fraction below 0', [set({ a: { numerator: -5 } })], { numerator: 4294967291, denominator: 'HUNDRED' }],
  [
    'a fraction of more than 32 bits',
    [set({ a: { numerator: 4294967296 } })],
    { numerator: 0, denominator: 'HUNDRED' },
  ],
  ['a fraction of an unknown whole', [set({ a: { numerator: 5, denominator: 'million' } })], own],
  ['a fraction in text', [set({ a: { numerator: '5' } })], { numerator: 0, denominator: 'HUNDRED' }],
  ['an empty message', [set({ a: {} })], { numerator: 0, denominator: 'HUNDRED' }],
  ['the last layer that sets it', [set({ a: 10 }), set({ a: 20 }), set({})], { numerator: 20, denominator: 'HUNDRED' }],
  [
    'the admin interface, of which nothing is known to be set',
    [set({ a: 1 }), { admin_layer: {} }],
    { numerator: 1, denominator: 'HUNDRED' },
  ],
])('a fraction by %s', (_name, layers, wanted) => {
  expect(runtime(...layers).fraction({ default_value: own, runtime_key: 'a' })).toEqual(wanted);
});

test('keys of nested messages are joined by dots', () => {
  const nested = runtime(set({ a: { b: { c: 7 }, 'd.e': 8 } }));
  expect(nested.number('a.b.c', 1)).toBe(7);
  expect(nested.number('a.d.e', 1)).toBe(8);
  expect(nested.number('a.b', 1)).toBe(1);
});

test('what a layer sets that the dump does not hold is not known, unless a later one says it', () => {
  const open = runtime(set({ a: 1 }), { name: 'rtds', rtds_layer: {} }, set({ b: 2 }));
  const wanted = { unknown: 'the runtime key a, which the layer rtds may set' };
  expect(open.number('a', 5)).toEqual(wanted);
  expect(open.fraction({ runtime_key: 'a' })).toEqual(wanted);
  expect(open.number('b', 5)).toBe(2);
  expect(open.number('', 5)).toBe(5);
});

describe('what the configuration says is as the runtime has it', () => {
  const bootstrap = (static_layer: object): object => ({ layered_runtime: { layers: [{ name: 's', static_layer }] } });
  const abort = typed('fault', 'envoy.extensions.filters.http.fault.v3.HTTPFault', {
    abort: { http_status: 429, percentage: {} },
    abort_percent_runtime: 'shop.abort',
  });
  const ROUTER = typed('router', 'envoy.extensions.filters.http.router.v3.Router');
  const routes = [
    {
      match: { prefix: '/canary', runtime_fraction: { default_value: {}, runtime_key: 'routes.canary' } },
      direct_response: { status: 201 },
    },
    {
      match: { prefix: '/weights' },
      route: {
        weighted_clusters: {
          clusters: [
            { name: 'a', weight: 100 },
            { name: 'b', weight: 0 },
          ],
          runtime_key_prefix: 'w',
        },
      },
    },
    { match: { prefix: '/' }, direct_response: { status: 200 } },
  ];
  const walked = (path: string, layer: object | null, filters: readonly object[] = [ROUTER]): Walked => {
    const table = { route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] }, http_filters: filters };
    const clusters = ['a', 'b'].map((name) => clusterOf(name, [{ port: 1 }]));
    const resources = { listeners: [listenerOf([manager(table)])], clusters };
    return walkOf(
      proxyOf({ ...resources, ...(layer === null ? {} : { bootstrap: bootstrap(layer) }) }),
      `http://h${path}`,
    );
  };

  it('a route of a share', () => {
    expect(walked('/canary', null).status).toBe(200);
    expect(walked('/canary', { routes: { canary: 100 } }).status).toBe(201);
  });

  it('weights', () => {
    const names = (walk: Walked): readonly unknown[] => walk.hop.clusters.map(({ name, share }) => [name, share]);
    expect(names(walked('/weights', null))).toEqual([['a', 1]]);
    expect(names(walked('/weights', { w: { a: 0, b: 1 } }))).toEqual([['b', 1]]);
  });

  it('the share of a fault', () => {
    expect(walked('/', null, [abort, ROUTER]).status).toBe(200);
    expect(walked('/', { 'shop.abort': 100 }, [abort, ROUTER])).toMatchObject({ reason: 'fault-abort', status: 429 });
    expect(walked('/', { 'shop.abort': 100, 'fault.http.abort.http_status': 418 }, [abort, ROUTER]).status).toBe(418);
  });
});
