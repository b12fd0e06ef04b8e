/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-redirectaction */
import { listenerOf, proxyOf, routing, walkOf, type Walked } from '../../../helpers/hop';

function redirected(redirect: object, target = '/a/b?q=1', host = 'h', match: object = { prefix: '/a' }): Walked {
  const config = proxyOf({ listeners: [listenerOf([routing([{ match, redirect }])])] });
  return walkOf(config, `http://10.0.0.2:8080${target}`, { headers: [['Host', host]] });
}

describe('a redirect', () => {
  it('is 301 unless it says otherwise, and has no flag', () => {
    expect(redirected({ host_redirect: 'o' })).toMatchObject({
      verdict: 'redirected',
      reason: null,
      status: 301,
      responseFlags: null,
      location: 'http://o/a/b?q=1',
    });
  });

  it.each<['1.1' | '2', string]>([
    ['1.1', 'https://o/a/b'],
    ['2', 'http://o/a/b'],
  ])(
    'of HTTP/%s takes the scheme from X-Forwarded-Proto only where the request has none of its own',
    (httpVersion, to) => {
      const redirect = { host_redirect: 'o' };
      const config = proxyOf({ listeners: [listenerOf([routing([{ match: { prefix: '/a' }, redirect }])])] });
      const headers = [['x-forwarded-proto', 'https']] as const;
      expect(walkOf(config, 'http://10.0.0.2:8080/a/b', { headers, httpVersion }).location).toBe(to);
    },
  );

  it.each([
    ['FOUND', 302],
    ['SEE_OTHER', 303],
    ['TEMPORARY_REDIRECT', 307],
    ['PERMANENT_REDIRECT', 308],
  ])('of %s has the status %d', (code, status) => {
    expect(redirected({ host_redirect: 'o', response_code: code }).status).toBe(status);
  });

  it.each([
    // The port goes where it is the old scheme's default and the scheme changes, or where another is set.
    [{ https_redirect: true }, 'h:80', 'https://h/a/b?q=1'],
    [{ https_redirect: true }, 'h:9080', 'https://h:9080/a/b?q=1'],
    [{ https_redirect: true }, '[::1]:80', 'https://[::1]/a/b?q=1'],
    [{ https_redirect: true }, '[::1]', 'https://[::1]/a/b?q=1'],
    [{ https_redirect: true, port_redirect: 8443 }, 'h:9080', 'https://h:8443/a/b?q=1'],
    [{ port_redirect: 80 }, 'h:80', 'http://h:80/a/b?q=1'],
    [{ scheme_redirect: 'ftp' }, 'h:80', 'ftp://h/a/b?q=1'],
    // A host of its own is taken as it is written.
    [{ host_redirect: 'o:1', port_redirect: 2 }, 'h:80', 'http://o:1:2/a/b?q=1'],
    [{ host_redirect: 'o' }, 'h:9080', 'http://o/a/b?q=1'],
  ])('%j of host %s goes to %s', (redirect, host, location) => {
    expect(redirected(redirect, '/a/b?q=1', host).location).toBe(location);
  });

  it.each([
    [{ path_redirect: '/new' }, '/a/b?q=1', 'http://h/new?q=1'],
    [{ path_redirect: '/new', strip_query: true }, '/a/b?q=1', 'http://h/new'],
    [{ path_redirect: '/new?z=2', strip_query: true }, '/a/b?q=1', 'http://h/new?z=2'],
    [{ path_redirect: 'new' }, '/a', 'http://h/new'],
    [{ prefix_rewrite: '/z' }, '/ab?q=1', 'http://h/zb?q=1'],
    [{ prefix_rewrite: '/z', strip_query: true }, '/a?q=1', 'http://h/z'],
    [{ regex_rewrite: { pattern: { regex: 'a' }, substitution: 'x' } }, '/aa?a=1', 'http://h/xx?a=1'],
    [{ strip_query: true }, '/a/b?q=1', 'http://h/a/b'],
  ])('%j takes %s to %s', (redirect, target, location) => {
    expect(redirected(redirect, target).location).toBe(location);
  });

  it('with a prefix rewrite replaces the whole path of an exact match', () => {
    expect(redirected({ prefix_rewrite: '/z' }, '/A?q=1', 'h', { path: '/a', case_sensitive: false }).location).toBe(
      'http://h/z?q=1',
    );
  });

  it('answers gRPC with 200 and keeps its Location', () => {
    const config = proxyOf({ listeners: [listenerOf([routing([{ match: { prefix: '/' }, redirect: {} }])])] });
    expect(walkOf(config, 'grpc://10.0.0.2:8080/s/m')).toMatchObject({ verdict: 'redirected', status: 200 });
  });
});

describe('require_tls', () => {
  const guarded = (more: object, manager: object = {}, query: Parameters<typeof walkOf>[2] = {}): Walked => {
    const filter = routing([{ match: { prefix: '/' }, route: { cluster: 'c' } }], { require_tls: 'ALL', ...more });
    const { typed_config: typed } = filter as { typed_config: object };
    const config = proxyOf({ listeners: [listenerOf([{ ...filter, typed_config: { ...typed, ...manager } }])] });
    return walkOf(config, 'http://h:8080/a?b', { headers: [['x-forwarded-proto', 'HTTPS']], ...query });
  };

  it('redirects to https with the authority as it is; HTTPS in capitals is not https', () => {
    expect(guarded({})).toMatchObject({
      verdict: 'redirected',
      reason: 'tls-required',
      status: 301,
      location: 'https://h:8080/a?b',
    });
    expect(guarded({}).hop.route).toBeNull();
  });

  it('is a route to which an upgrade must be let through', () => {
    const connect = { method: 'CONNECT' };
    expect(guarded({}, {}, connect)).toMatchObject({ verdict: 'failed', reason: 'local-reply', status: 403 });
    const upgrade_configs = [{ upgrade_type: 'CONNECT' }];
    expect(guarded({}, { upgrade_configs }, connect)).toMatchObject({
      verdict: 'redirected',
      status: 301,
      location: null,
    });
  });

  it('spares internal requests only of ranges that are named', () => {
    expect(guarded({ require_tls: 'EXTERNAL_ONLY' }, { use_remote_address: true }).reason).toBe('tls-required');
    const ranges = { cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] };
    const internal = { use_remote_address: true, internal_address_config: ranges };
    expect(guarded({ require_tls: 'EXTERNAL_ONLY' }, internal).reason).toBe('cluster-not-found');
  });
});

describe('a direct response', () => {
  const answer = (status: number, url = 'http://h:8080/x'): Walked =>
    walkOf(
      proxyOf({ listeners: [listenerOf([routing([{ match: { prefix: '/' }, direct_response: { status } }])])] }),
      url,
    );

  it('has its status and no flag', () => {
    expect(answer(418)).toMatchObject({ verdict: 'direct-response', status: 418, responseFlags: null, location: null });
  });

  it('of 3xx has the address of the request as its Location', () => {
    expect(answer(302)).toMatchObject({ verdict: 'redirected', status: 302, location: 'http://h:8080/x' });
  });
});
