/** Ways that are open at once: what every one of them comes to is sure, and nothing else is. */
import { listenerOf, manager, proxyOf, typed, walkOf, type WalkOptions } from '../../helpers/hop';

const EXT = 'envoy.extensions.filters.http';
const ROUTER = typed('router', `${EXT}.router.v3.Router`);
const BASIC = typed('basic', `${EXT}.basic_auth.v3.BasicAuth`, { users: { inline_string: 'u:{SHA}x' } });
const JWT = typed('jwt', `${EXT}.jwt_authn.v3.JwtAuthentication`, {
  providers: { p: { issuer: 'https://idp', payload_in_metadata: 'payload' } },
  rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }],
});
const me = {
  metadata: {
    filter: 'envoy.filters.http.jwt_authn',
    path: [{ key: 'payload' }, { key: 'sub' }],
    value: { string_match: { exact: 'me' } },
  },
};
const NOT_ME = typed('rbac', `${EXT}.rbac.v3.RBAC`, {
  rules: { action: 'DENY', policies: { p: { permissions: [{ any: true }], principals: [me] } } },
});

/** Which route is taken hangs on the caller's address where nobody says it. */
const BY_CALLER = { name: 'x-envoy-external-address', string_match: { exact: '10.0.0.1' } };

function verdict(filters: readonly object[], options: WalkOptions, first: object = {}): readonly unknown[] {
  const routes = [
    { match: { prefix: '/', headers: [BY_CALLER] }, direct_response: { status: 201 }, ...first },
    { match: { prefix: '/' }, direct_response: { status: 202 } },
  ];
  const config = {
    use_remote_address: true,
    http_filters: [...filters, ROUTER],
    upgrade_configs: [{ upgrade_type: 'other' }],
    route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] },
  };
  const walked = walkOf(proxyOf({ listeners: [listenerOf([manager(config)])] }), 'http://h/', options);
  return [walked.verdict, walked.status];
}

describe('a route that is not known', () => {
  it('leaves a filter that answers whatever the route is', () => {
    expect(verdict([BASIC], { unknownCaller: true })).toEqual(['denied', 401]);
  });

  it('may switch the filter off', () => {
    const off = { disabled: true };
    const first = {
      typed_per_filter_config: { basic: typed('x', 'envoy.config.route.v3.FilterConfig', off).typed_config },
    };
    expect(verdict([BASIC], { unknownCaller: true }, first)).toEqual(['unknown', null]);
    expect(verdict([BASIC], {}, first)).toEqual(['direct-response', 201]);
  });

  it('refuses an upgrade before the filters are asked, or does not', () => {
    const headers = [
      ['connection', 'upgrade'],
      ['upgrade', 'websocket'],
    ] as const;
    expect(verdict([BASIC], { headers })).toEqual(['failed', 403]);
    expect(verdict([BASIC], { headers, unknownCaller: true })).toEqual(['unknown', null]);
  });
});

it('of filters that may answer each in its own way none is passed over', () => {
  const headers = [['authorization', 'Bearer a.b.c']] as const;
  const claims = { iss: 'https://idp', sub: 'me' };
  expect(verdict([JWT, NOT_ME, BASIC], { headers, claims })).toEqual(['denied', 403]);
  expect(verdict([JWT, NOT_ME, BASIC], { headers })).toEqual(['unknown', null]);
  expect(verdict([JWT, BASIC], { headers })).toEqual(['denied', 401]);
});
