/**
 * Ring hash and Maglev pick the same host for the same hash: that it is another one each time is said only where a request has none.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (RouteAction.HashPolicy)
 */
import { clusterOf, listenerOf, proxyOf, routing, walkOf } from '../../../helpers/hop';

type Headers = readonly (readonly [string, string])[];

const ADDED = { header: { key: 'x-user', value: 'me' } };

function endpointOf(policy: object, headers: Headers, lbPolicy = 'MAGLEV', route: object = {}): string | undefined {
  const routes = [{ match: { prefix: '/' }, route: { cluster: 'c', hash_policy: [policy] }, ...route }];
  const config = proxyOf({
    listeners: [listenerOf([routing(routes)])],
    clusters: [clusterOf('c', [{ port: 80 }, { port: 81 }], { lb_policy: lbPolicy })],
  });
  return walkOf(config, 'http://h/?user=me', { headers }).step('endpoint')?.because;
}

const BY_HASH = 'one of 2 endpoints, 50% of all hashes: the same hash always picks the same one';
const BY_CHANCE = 'one of 2 endpoints, 50% each time';

it.each<[object, Headers, string]>([
  [{ header: { header_name: 'X-User' } }, [['x-user', 'me']], BY_HASH],
  [{ header: { header_name: 'X-User' } }, [], BY_CHANCE],
  [{ header: { header_name: ':authority' } }, [], BY_HASH],
  [{ cookie: { name: 'k' } }, [['cookie', 'a=b; k=v']], BY_HASH],
  [{ cookie: { name: 'k' } }, [['cookie', 'k=']], BY_CHANCE],
  [{ cookie: { name: 'k', ttl: '60s' } }, [['cookie', 'a=b']], BY_CHANCE],
  [{ query_parameter: { name: 'user' } }, [], BY_HASH],
  [{ query_parameter: { name: 'other' } }, [], BY_CHANCE],
  [{ connection_properties: { source_ip: true } }, [], BY_HASH],
  [{ connection_properties: {} }, [], BY_CHANCE],
])('a policy %j and headers %j: %s', (policy, headers, expected) => {
  expect(endpointOf(policy, headers)).toBe(expected);
});

it('a header that the route adds makes a hash, and other policies of clusters have none', () => {
  const policy = { header: { header_name: 'x-user' } };
  expect(endpointOf(policy, [], 'RING_HASH', { request_headers_to_add: [ADDED] })).toBe(BY_HASH);
  expect(endpointOf(policy, [['x-user', 'me']], 'ROUND_ROBIN')).toBe(BY_CHANCE);
});
