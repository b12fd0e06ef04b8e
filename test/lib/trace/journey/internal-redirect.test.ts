/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_connection_management#internal-redirects */
import { addressBook } from '../../../../src/lib/mesh/address-book';
import type { TraceFacts } from '../../../../src/lib/trace/model';
import { trace } from '../../../../src/lib/trace/trace';
import { listenerOf, manager, proxyOf } from '../../../helpers/hop';

const PORTS = { entry: 8080, redirects: 8081, answers: 8082 };

function clusterAt(name: string, port_value: number): object {
  const endpoint = { address: { socket_address: { address: '127.0.0.1', port_value } } };
  return { name, type: 'STATIC', load_assignment: { endpoints: [{ lb_endpoints: [{ endpoint }] }] } };
}

function listenerAt(port_value: number, routes: readonly object[]): object {
  const chain = manager({ route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] } });
  const address = { socket_address: { address: '127.0.0.1', port_value } };
  return listenerOf([chain], { name: `l${port_value}`, address });
}

/** One Envoy that calls itself: `/x` leads to a listener that redirects to `/new`, which leads to one that answers. */
function traced(
  policy: object | undefined,
  redirect: object = { response_code: 'FOUND' },
  { first = {}, second = {} }: { readonly first?: object; readonly second?: object } = {},
): TraceFacts {
  const route = { cluster: 'r', ...(policy === undefined ? {} : { internal_redirect_policy: policy }) };
  const source = proxyOf({
    listeners: [
      listenerAt(PORTS.entry, [
        { name: 'x', match: { prefix: '/x' }, route, ...first },
        { name: 'new', match: { prefix: '/new', ...second }, route: { cluster: 'b' } },
      ]),
      listenerAt(PORTS.redirects, [{ match: { prefix: '/' }, redirect: { path_redirect: '/new', ...redirect } }]),
      listenerAt(PORTS.answers, [{ match: { prefix: '/' }, direct_response: { status: 200 } }]),
    ],
    clusters: [clusterAt('r', PORTS.redirects), clusterAt('b', PORTS.answers)],
  });
  const mesh = {
    source,
    book: addressBook({ pods: null, services: null, endpointSlices: null }),
    configOf: () => null,
    iptablesOf: () => null,
    missing: () => null,
    now: null,
  };
  const query = {
    url: `http://127.0.0.1:${PORTS.entry}/x`,
    mode: 'gateway',
    originalDst: { ip: '127.0.0.1', port: PORTS.entry },
  } as const;
  return trace(mesh, query, { explain: { limit: 5 }, allBranches: false }).trace;
}

it.each<[object | undefined, object | undefined, string, number | null]>([
  [undefined, undefined, 'redirected', 302],
  [{}, undefined, 'direct-response', 200],
  [{ redirect_response_codes: [301] }, undefined, 'redirected', 302],
  [{ redirect_response_codes: [301] }, { response_code: 'MOVED_PERMANENTLY' }, 'direct-response', 200],
  [{}, { https_redirect: true, response_code: 'FOUND' }, 'redirected', 302],
  [{ allow_cross_scheme_redirect: true }, { https_redirect: true, response_code: 'FOUND' }, 'direct-response', 200],
  [{ predicates: [{ name: 'p' }] }, undefined, 'unknown', null],
  [{ max_internal_redirects: 0 }, undefined, 'redirected', 302],
])('with %j a redirect %j ends %s', (policy, redirect, verdict, status) => {
  expect(traced(policy, redirect)).toMatchObject({ verdict, status });
});

const predicate = (name: string, config: object = {}): object => ({
  predicates: [
    { name, typed_config: { '@type': `type.googleapis.com/envoy.extensions.internal_redirect.${name}`, ...config } },
  ],
});
const listed = (...allowed_route_names: readonly string[]): object =>
  predicate('allow_listed_routes.v3.AllowListedRoutesConfig', { allowed_route_names });
const previous = predicate('previous_routes.v3.PreviousRoutesConfig');
const twice = { predicates: [previous, previous].flatMap((one) => (one as { predicates: object[] }).predicates) };
const safe = predicate('safe_cross_scheme.v3.SafeCrossSchemeConfig');
const OTHER_SCHEME = { https_redirect: true, response_code: 'FOUND' };

it.each<[object, object, string]>([
  [listed('new'), {}, 'direct-response'],
  [listed('x'), {}, 'redirected'],
  [previous, {}, 'direct-response'],
  // A route that is asked about counts as met, also by the second predicate of one policy.
  [twice, {}, 'redirected'],
  [{ ...safe, allow_cross_scheme_redirect: true }, OTHER_SCHEME, 'redirected'],
  [safe, {}, 'direct-response'],
  [predicate('of.ours.v1.Predicate'), {}, 'unknown'],
  // One that refuses decides, whatever another that is not known would say.
  [{ predicates: [{ name: 'p' }, ...(listed() as { predicates: object[] }).predicates] }, {}, 'redirected'],
])('with the predicates %j a redirect %j ends %s', (policy, redirect, verdict) => {
  expect(traced(policy, { response_code: 'FOUND', ...redirect }).verdict).toBe(verdict);
});

const added = { request_headers_to_add: [{ header: { key: 'x-added', value: '1' } }] };
const header = (name: string, wants: object): object => ({ headers: [{ name, ...wants }] });

it.each<[object, object, string]>([
  // What leads to no route is handed on as it came.
  [{}, header('x-added', { present_match: true }), 'redirected'],
  // What the first walk changed of the request stays.
  [added, header('x-added', { string_match: { exact: '1' } }), 'direct-response'],
  // The route is asked for before the header is there, and taken after.
  [{}, header('x-envoy-original-url', { present_match: true }), 'redirected'],
  [added, header('x-forwarded-proto', { string_match: { exact: 'http' } }), 'direct-response'],
])('a first route %j and a second that wants %j: %s', (first, second, verdict) => {
  expect(traced({}, { response_code: 'FOUND' }, { first, second }).verdict).toBe(verdict);
});

it('tells of the redirect that was followed', () => {
  const { hops } = traced({});
  expect(hops.map(({ route }) => route?.name ?? null)).toEqual(['x', null, 'new', null]);
  expect(hops[2]?.steps[0]?.cause).toMatchObject({
    kind: 'follows-redirect',
    location: expect.stringContaining('/new'),
  });
});
