import fc from 'fast-check';
import type { RouteMatch } from '../../../src/lib/envoy/route';
import type { HttpMessage } from '../../../src/lib/http/message';
import { failedCondition, impliesRoute } from '../../../src/lib/http/route-match';
import { httpMessage, inputOf, routeMatch, template } from '../../helpers/route-arbitraries';

describe('impliesRoute', () => {
  it.each<[narrow: RouteMatch, wide: RouteMatch]>([
    [{ prefix: '/a' }, { prefix: '/' }],
    [{ prefix: '/a/b' }, { prefix: '/a' }],
    [{ path: '/A' }, { prefix: '/a', case_sensitive: false }],
    [{ path: '/a' }, { path: '/a' }],
    [{ path_separated_prefix: '/a/b' }, { path_separated_prefix: '/a' }],
    [{ path: '/a/b' }, { path_separated_prefix: '/a' }],
    [{ prefix: '/a/' }, { path_separated_prefix: '/a' }],
    [{ safe_regex: { regex: '/a/[0-9]+' } }, { prefix: '/a' }],
    [{ safe_regex: { regex: '/a' } }, { safe_regex: { regex: '/a' } }],
    [{ path: '/a/1' }, { safe_regex: { regex: '/a/[0-9]+' } }],
    [{ prefix: '/a' }, { safe_regex: { regex: '.*' } }],
    [{ path_match_policy: template('/a/{x}') }, { prefix: '/a/' }],
    [{ path: '/a/x' }, { path_match_policy: template('/a/*') }],
    [
      { prefix: '/', headers: [{ name: 'End-User', string_match: { exact: 'luffy' } }] },
      { prefix: '/', headers: [{ name: 'end-user', string_match: { prefix: 'lu' } }] },
    ],
    [
      {
        prefix: '/',
        headers: [
          { name: 'x', string_match: { prefix: 'a' } },
          { name: 'y', present_match: true },
        ],
      },
      { prefix: '/', headers: [{ name: 'x', present_match: true }] },
    ],
    [
      { prefix: '/', query_parameters: [{ name: 'q', string_match: { exact: '1' } }] },
      { prefix: '/', query_parameters: [{ name: 'q', present_match: true }] },
    ],
    [{ prefix: '/', grpc: {} }, { prefix: '/' }],
    [{ prefix: '/' }, { prefix: '/', runtime_fraction: { default_value: { numerator: 100 } } }],
  ])('%j is taken by %j', (narrow, wide) => {
    expect(impliesRoute(narrow, wide)).toBe(true);
  });

  it.each<[narrow: RouteMatch, wide: RouteMatch]>([
    [{ prefix: '/' }, { prefix: '/a' }],
    [{ prefix: '/ab' }, { path_separated_prefix: '/a' }],
    [{ prefix: '/a', case_sensitive: false }, { prefix: '/a' }],
    [{ prefix: '/a' }, { path: '/a' }],
    [{ prefix: '/' }, { prefix: '/', headers: [{ name: 'x', present_match: true }] }],
    [{ prefix: '/' }, { prefix: '/', grpc: {} }],
    [{ prefix: '/' }, { prefix: '/', runtime_fraction: { default_value: { numerator: 50 } } }],
    [{ connect_matcher: {} }, { prefix: '/' }],
    [{ prefix: '/' }, { connect_matcher: {} }],
    [
      { prefix: '/', headers: [{ name: 'x', string_match: { exact: 'a' }, invert_match: true }] },
      { prefix: '/', headers: [{ name: 'x', string_match: { exact: 'a' } }] },
    ],
    [{ prefix: '/' }, { prefix: '/', tls_context: { presented: true } }],
    [{ prefix: '/' }, { prefix: '/', dynamic_metadata: [{}] }],
  ])('%j is not certainly taken by %j', (narrow, wide) => {
    expect(impliesRoute(narrow, wide)).toBe(false);
  });

  it('never says so of a route that takes a request which the other does not', () => {
    const takes = (own: RouteMatch, request: HttpMessage) => failedCondition(own, inputOf(request), {}) === null;
    fc.assert(
      fc.property(
        routeMatch,
        routeMatch,
        fc.array(httpMessage, { minLength: 10, maxLength: 10 }),
        (narrow, wide, requests) => {
          if (!impliesRoute(narrow, wide)) return;
          for (const request of requests) if (takes(narrow, request)) expect(takes(wide, request)).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });
});
