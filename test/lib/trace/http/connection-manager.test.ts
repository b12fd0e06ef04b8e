/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto */
import * as fc from 'fast-check';
import type { HttpConnectionManager } from '../../../../src/lib/envoy/listener';
import { strippedAuthority } from '../../../../src/lib/http/authority';
import { normalizePath } from '../../../../src/lib/http/path-normalization';
import { clusterOf, listenerOf, manager, proxyOf, walkOf, type Walked, type WalkOptions } from '../../../helpers/hop';

function admitted(config: HttpConnectionManager, options: WalkOptions = {}, target = '/'): Walked {
  const routes = [{ name: 'all', match: { prefix: '/' }, route: { cluster: 'c' } }];
  const whole = { route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] }, ...config };
  const resources = { listeners: [listenerOf([manager(whole)])], clusters: [clusterOf('c', [{ port: 1 }])] };
  return walkOf(proxyOf(resources), `http://h:8080${target}`, options);
}

describe('a connection manager', () => {
  it.each<[string, HttpConnectionManager, WalkOptions, string, object]>([
    ['HTTP/1.0', {}, { httpVersion: '1.0' }, '/', { reason: 'protocol-error', status: 426, responseFlags: 'DPE' }],
    ['an unknown method', {}, { method: 'get' }, '/', { reason: 'protocol-error', status: 400, responseFlags: 'DPE' }],
    ['a blank in the path', {}, {}, '/a b', { reason: 'protocol-error', status: 400, responseFlags: 'DPE' }],
    [
      'a blank in the authority',
      {},
      { headers: [['Host', 'a b']] },
      '/',
      { reason: 'protocol-error', status: 400, responseFlags: 'DPE' },
    ],
    ['a slash in the authority', {}, { headers: [['Host', 'a/b']] }, '/', { reason: 'protocol-error', status: 400 }],
    [
      'an escaped NUL with normalisation',
      { normalize_path: true },
      {},
      '/a%00',
      { reason: 'invalid-path', status: 400, responseFlags: null },
    ],
    [
      'escaped slashes where they are rejected',
      { path_with_escaped_slashes_action: 'REJECT_REQUEST' },
      {},
      '/a%2Fb',
      { reason: 'invalid-path', status: 400 },
    ],
  ])('refuses %s', (_name, config, options, target, outcome) => {
    expect(admitted(config, options, target)).toMatchObject({ verdict: 'failed', ...outcome });
  });

  it('answers what the codec refuses with its own status even to gRPC', () => {
    const headers = [['content-type', 'application/grpc']] as const;
    expect(admitted({}, { httpVersion: '1.0', headers }).status).toBe(426);
    expect(admitted({ normalize_path: true }, { headers }, '/a%00').status).toBe(200);
  });

  it.each<[string, HttpConnectionManager, WalkOptions]>([
    ['an empty Host', {}, { headers: [['Host', '']] }],
    [
      'two Hosts',
      {},
      {
        headers: [
          ['Host', 'a'],
          ['Host', 'b'],
        ],
      },
    ],
    ['HTTP/1.0 where it may', { http_protocol_options: { accept_http_10: true } }, { httpVersion: '1.0' }],
    ['HTTP/2 by its preface', {}, { httpVersion: '2' }],
    ['an unknown method in HTTP/2', {}, { httpVersion: '2', method: 'get' }],
  ])('takes %s', (_name, config, options) => {
    expect(admitted(config, options).verdict).toBe('delivered');
  });

  it('names its route configuration even for a request that it refuses', () => {
    const walked = admitted({ route_config: { name: 'r' } }, { method: 'get' });
    expect(walked.hop).toMatchObject({ routeConfiguration: { name: 'r' }, virtualHost: null });
  });

  it('redirects escaped slashes to their plain form: 307 with a bare path', () => {
    const config = { path_with_escaped_slashes_action: 'UNESCAPE_AND_REDIRECT', merge_slashes: true };
    expect(admitted(config, {}, '/a%2F%2fb?q=%2F')).toMatchObject({
      verdict: 'redirected',
      status: 307,
      location: '/a/b?q=%2F',
    });
  });
});

describe('the path', () => {
  const path = (config: HttpConnectionManager, target: string): string => {
    const result = normalizePath(config, target);
    return result.kind === 'path' ? result.path : result.kind;
  };
  const NORMAL = { normalize_path: true };

  it.each([
    [{}, '/a//b/../c%2e', '/a//b/../c%2e'],
    [{}, '/a#b', 'refused'],
    [NORMAL, '/a/b/..', '/a/'],
    [NORMAL, '/a/b/.', '/a/b/'],
    [NORMAL, '/../b', '/b'],
    [NORMAL, '/a/%2E%2e/b', '/b'],
    [NORMAL, '/%61%2D%7E', '/a-~'],
    [NORMAL, '/a%2Fb%20c%zz', '/a%2Fb%20c%zz'],
    [NORMAL, '/a\\b"c|d', '/a/b%22c%7Cd'],
    [NORMAL, '/a//b', '/a//b'],
    [NORMAL, '/a/?x=/../y', '/a/?x=/../y'],
    [{ merge_slashes: true }, '//a///b//?x=//', '/a/b/?x=//'],
    [{ merge_slashes: true }, '/a/./b', '/a/./b'],
    [{ merge_slashes: true }, '//', '//'],
    [{ merge_slashes: true }, '/', '/'],
    [{ merge_slashes: true }, '///a//', '/a/'],
    [{ path_with_escaped_slashes_action: 'UNESCAPE_AND_FORWARD' }, '/a%2fb%5Cc?%2f', '/a/b\\c?%2f'],
    [{ path_with_escaped_slashes_action: 'UNESCAPE_AND_FORWARD', normalize_path: true }, '/a%2f..%5cb', '/b'],
    [{ path_with_escaped_slashes_action: 'KEEP_UNCHANGED' }, '/a%2fb', '/a%2fb'],
  ])('with %j of %s is %s', (config, target, expected) => {
    expect(path(config, target)).toBe(expected);
  });

  it('is the same when it is normalised again', () => {
    const piece = fc.constantFrom('a', 'b', '.', '..', '%2e', '%61', '%2F', '', '?x=.');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const once = path(NORMAL, `/${pieces.join('/')}`);
        expect(path(NORMAL, once)).toBe(once);
        expect(once.startsWith('/')).toBe(true);
      }),
    );
  });
});

describe('the authority', () => {
  it.each<[HttpConnectionManager, string, string]>([
    [{}, 'a.:80', 'a.:80'],
    [{ strip_any_host_port: true }, 'a:80', 'a'],
    [{ strip_any_host_port: true }, 'a:text', 'a:text'],
    [{ strip_any_host_port: true }, 'a:', 'a:'],
    [{ strip_any_host_port: true }, '[::1]', '[::1]'],
    [{ strip_any_host_port: true }, '[::1]:80', '[::1]'],
    [{ strip_any_host_port: true }, 'a:b:80', 'a:b'],
    [{ strip_any_host_port: true }, 'a:80000', 'a'],
    [{ strip_matching_host_port: true }, 'a:9080', 'a'],
    [{ strip_matching_host_port: true }, 'a:80', 'a:80'],
    [{ strip_trailing_host_dot: true }, 'a.', 'a'],
    [{ strip_trailing_host_dot: true }, 'a.:80', 'a:80'],
    [{ strip_trailing_host_dot: true, strip_any_host_port: true }, 'a.:80', 'a'],
  ])('with %j of %s is %s', (config, authority, expected) => {
    expect(strippedAuthority(config, authority, 9080)).toBe(expected);
  });
});
