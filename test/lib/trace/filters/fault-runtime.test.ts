/** What the runtime says of faults, by the cluster that a request says to come from: rows of SEVERAL and NONE are what Envoy 1.37 answered. */
import { clusterOf, listenerOf, manager, proxyOf, walkOf } from '../../../helpers/hop';

const EXT = 'type.googleapis.com/envoy.extensions.filters.http';
const ABORTS = { abort: { http_status: 418, percentage: { numerator: 100 } } };
const FROM = 'x-envoy-downstream-service-cluster';
const SEVERAL = {
  'fault.http.abort.http_status': 429,
  'fault.http.abort.abort_percent': 100,
  'fault.http.a.abort.http_status': 430,
  'fault.http.b.abort.abort_percent': 0,
  'fault.http..abort.http_status': 431,
};
const NONE = { 'fault.http.abort.abort_percent': 0 };

function statusOf(runtime: object, from: string | null, own: object = {}): number | null {
  const fault = { name: 'f', typed_config: { '@type': `${EXT}.fault.v3.HTTPFault`, ...ABORTS, ...own } };
  const router = { name: 'r', typed_config: { '@type': `${EXT}.router.v3.Router` } };
  const virtual_hosts = [{ name: 'v', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'c' } }] }];
  const config = proxyOf({
    bootstrap: { layered_runtime: { layers: [{ name: 's', static_layer: runtime }] } },
    listeners: [listenerOf([manager({ route_config: { virtual_hosts }, http_filters: [fault, router] })])],
    clusters: [clusterOf('c', [{ port: 1 }])],
  });
  return walkOf(config, 'http://h/', { headers: from === null ? [] : [[FROM, from]], sourceIp: '10.0.0.1' }).status;
}

it.each<[object, string | null, number | null]>([
  [SEVERAL, null, 429],
  [SEVERAL, 'a', 430],
  [SEVERAL, 'b', null],
  [SEVERAL, 'c', 418],
  [SEVERAL, '', 431],
  [NONE, null, null],
  [NONE, 'a', 418],
  [{}, 'a', 418],
])('with the runtime %j and the cluster %j the status is %j', (runtime, from, status) => {
  expect(statusOf(runtime, from)).toBe(status);
});

it('counts before the key that the filter names', () => {
  const own = { abort_percent_runtime: 'mine' };
  expect(statusOf({ mine: 0 }, null, own)).toBeNull();
  expect(statusOf({ mine: 0 }, 'a', own)).toBe(418);
});
