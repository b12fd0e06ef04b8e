/**
 * Format strings of headers that a route adds: what Envoy knows when it is about to send the request on. Every row is what Envoy 1.37.0 sent.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators
 */
import { clusterOf, listenerOf, manager, proxyOf, walkOf } from '../../../helpers/hop';

const of = (fields: object): object => ({ filter_metadata: { ns: fields } });
const ROUTE = of({ key: 'RR', num: 7, float: 1.5, st: { in: 'x', b: 1 }, list: [1, 'a'], bool: true });

/** The request has the path before it is rewritten. */
const CLUSTERS = [
  { name: 'one', headers: [{ name: ':path', string_match: { prefix: '/x' } }] },
  { name: 'two', headers: [{ name: ':method', string_match: { exact: 'GET' } }] },
];

function added(format: string, path: string, named: object): unknown {
  const route = {
    ...named,
    match: { prefix: '/' },
    metadata: ROUTE,
    route: { cluster: 'c' },
    request_headers_to_add: [{ header: { key: 'x-is', value: format }, keep_empty_value: true }],
  };
  const virtualHost = {
    name: 'vh',
    domains: ['*'],
    metadata: of({ key: 'H' }),
    virtual_clusters: CLUSTERS,
    routes: [route],
  };
  const config = proxyOf({
    listeners: [
      listenerOf([manager({ route_config: { name: 'rc', virtual_hosts: [virtualHost] } })], {}, { name: 'chain-a' }),
    ],
    clusters: [clusterOf('c', [{ port: 80 }], { alt_stat_name: 'alt', metadata: of({ key: 'C' }) })],
  });
  const { forward } = walkOf(config, `http://h:8080${path}`);
  return forward?.message?.headers.find(([name]) => name === 'x-is')?.[1];
}

it.each([
  ['%ROUTE_NAME%', 'my-route'],
  ['%ROUTE_NAME%/%PROTOCOL%', 'my-route/HTTP/1.1'],
  ['%UPSTREAM_CLUSTER%', 'alt'],
  ['%UPSTREAM_CLUSTER_RAW%', 'c'],
  ['%METADATA(ROUTE:ns:key)%', 'RR'],
  ['%METADATA(ROUTE:ns:key):1%', 'R'],
  ['%METADATA(ROUTE:ns:num)%', '7'],
  ['%METADATA(ROUTE:ns:float)%', '1.5'],
  ['%METADATA(ROUTE:ns:bool)%', 'true'],
  ['%METADATA(ROUTE:ns:list)%', '[1,"a"]'],
  ['%METADATA(ROUTE:ns:st)%', '{"b":1,"in":"x"}'],
  ['%METADATA(ROUTE:ns:st:in)%', 'x'],
  ['%METADATA(ROUTE:none:key)%', ''],
  ['%METADATA(CLUSTER:ns:key)%', 'C'],
  ['%METADATA(VIRTUAL_HOST:ns:key)%', 'H'],
  ['%METADATA(UPSTREAM_HOST:ns:key)%', ''],
  ['%METADATA(DYNAMIC:n:k)%', ''],
  ['%CLUSTER_METADATA(ns:key)%', 'C'],
  ['%UPSTREAM_METADATA(ns:key)%', ''],
  ['%UPSTREAM_HOST%', ''],
  ['%RESPONSE_CODE%', '0'],
  ['%RESPONSE_FLAGS%', '-'],
  ['%RESP(server)%', ''],
  ['%QUERY_PARAM(a)%', '1 2'],
  ['%QUERY_PARAM(b)%', ''],
  ['%QUERY_PARAM(none)%', ''],
  ['%PATH%', '/p?a=1%202&b=&a=3'],
  ['%PATH:3%', '/p?'],
  ['%PATH(NQ)%', '/p'],
  ['%PATH(WQ:PATH)%', '/p?a=1%202&b=&a=3'],
  ['%PATH(NQ:ORIG)%', ''],
  ['%FILTER_CHAIN_NAME%', 'chain-a'],
  ['%VIRTUAL_CLUSTER_NAME%', 'two'],
  ['%BYTES_RECEIVED%', '0'],
  ['%RESPONSE_HEADERS_BYTES%', '0'],
  ['%ACCESS_LOG_TYPE%', 'NotSet'],
  ['%GRPC_STATUS_NUMBER%', ''],
  ['%COALESCE({"operators":[{"command":"REQ","param":"x-a"},{"command":"REQ","param":":authority"}]})%', 'h:8080'],
  ['%COALESCE({"operators":["PROTOCOL"]})%', 'HTTP/1.1'],
  ['%COALESCE({"operators":[{"command":"REQ","param":"x-none"}]})%', ''],
  ['%COALESCE({"operators":[{"command":"REQ","param":":authority","max_length":2}]})%', 'h:'],
  ['%COALESCE({"operators":[{"command":"REQ","param":"x-a"},{"command":"ROUTE_NAME"}]})%', 'my-route'],
  ['%COALESCE({"operators":[{"command":"REQ","param":":authority"}]}):1%', 'h'],
])('%s', (format, expected) => {
  expect(added(format, '/p?a=1%202&b=&a=3', { name: 'my-route' })).toBe(expected);
});

it('a route without a name has an empty one', () => {
  expect(added('%ROUTE_NAME%', '/', {})).toBe('');
});

it.each(['%START_TIME%', '%HOSTNAME%', '%METADATA(LISTENER:ns:key)%', '%COALESCE({"operators":["HOSTNAME"]})%'])(
  '%s is not known',
  (format) => {
    expect(added(format, '/', {})).toMatchObject({ unknown: `the value of ${format}` });
  },
);
