import type { ProxyConfig } from '../../../src/lib/envoy/proxy-config';
import { openScopes } from '../../../src/lib/access-log/open-scopes';
import { piecesOf } from '../../../src/lib/access-log/format';
import { entryOf } from '../../../src/lib/access-log/entry';

const HCM = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

function configOf(builders: readonly object[], keys: readonly (readonly string[])[]): ProxyConfig {
  const scopes = keys.map((key, index) => ({
    name: `scope-${index}`,
    key: { fragments: key.map((text) => ({ string_key: text })) },
  }));
  const scoped = {
    scope_key_builder: { fragments: builders.map((one) => ({ header_value_extractor: one })) },
    scoped_route_configurations_list: { scoped_route_configurations: scopes },
  };
  const filters = [{ typed_config: { '@type': HCM, scoped_routes: scoped } }];
  const resource = { filter_chains: [{ filters }] };
  const servingListeners = [{ resource, pointer: '', state: 'active' }];
  return { servingListeners, routeConfiguration: () => undefined } as unknown as ProxyConfig;
}

const NOTHING = entryOf({ values: new Map() });

it('gives headers of which the key of each scope is made', () => {
  const element = { key: 'vip', separator: '=' };
  const byKey = { name: 'X-Route', element_separator: ';', element };
  const byPlace = { name: 'x-other', element_separator: ',', index: 1 };
  const config = configOf(
    [byKey, byPlace],
    [
      ['a', 'b'],
      ['c', 'd,e'],
    ],
  );
  expect(openScopes(config, NOTHING)).toEqual([
    [
      ['x-route', 'vip=a'],
      ['x-other', ',b'],
    ],
  ]);
});

it('changes no header that the line holds', () => {
  const config = configOf([{ name: 'x-scope' }], [['a']]);
  expect(openScopes(config, NOTHING)).toEqual([[['x-scope', 'a']]]);
  expect(openScopes(config, entryOf({ values: new Map([['REQ(x-scope)', 'other']]) }))).toEqual([]);
});

it('an argument of an operator may hold brackets and percent signs', () => {
  expect(piecesOf(`a %CEL(request.headers['x'].split('(')[0] == f(g(1)))% %START_TIME(%Y-%m)%:%REQ(X?:Y):10%`)).toEqual(
    [
      { kind: 'text', text: 'a ' },
      { kind: 'operator', name: 'CEL', argument: "request.headers['x'].split('(')[0] == f(g(1))" },
      { kind: 'text', text: ' ' },
      { kind: 'operator', name: 'START_TIME', argument: '%Y-%m' },
      { kind: 'text', text: ':' },
      { kind: 'operator', name: 'REQ', argument: 'X?:Y' },
    ],
  );
});
