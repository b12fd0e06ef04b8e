import fc from 'fast-check';
import type { RouteMatch } from '../../../src/lib/envoy/route';
import { impliesRoute } from '../../../src/lib/lint/route-implication';
import { Decisions } from '../../../src/lib/trace/decisions';
import { type HttpMessage, headerView } from '../../../src/lib/http/message';
import { failedCondition, routeInput } from '../../../src/lib/http/route-match';

const template = (path_template: string) => ({
  name: 't',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig',
    path_template,
  },
});

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

  const path = fc.constantFrom('/', '/a', '/a/', '/a/b', '/A', '/ab', '/a/1');
  const stringMatch = fc.oneof(
    fc
      .constantFrom('', 'a', 'ab', 'A')
      .chain((text) => fc.record({ exact: fc.constant(text), ignore_case: fc.boolean() }, { requiredKeys: ['exact'] })),
    fc
      .constantFrom('', 'a', 'ab', 'A')
      .chain((text) =>
        fc.constantFrom<object>(
          { prefix: text },
          { suffix: text },
          { contains: text, ignore_case: true },
          { prefix: text, ignore_case: true },
        ),
      ),
    fc.constantFrom('.*', 'a.*', '[ab]+', '(?i)ab').map((regex) => ({ safe_regex: { regex } })),
  );
  const header = fc.record(
    {
      name: fc.constantFrom('x', 'y'),
      string_match: stringMatch,
      present_match: fc.boolean(),
      invert_match: fc.boolean(),
      treat_missing_header_as_empty: fc.boolean(),
    },
    { requiredKeys: ['name'] },
  );
  const pathMatch = fc.oneof(
    path.chain((text) =>
      fc.constantFrom<RouteMatch>(
        { prefix: text },
        { path: text },
        { prefix: text, case_sensitive: false },
        { path: text, case_sensitive: false },
      ),
    ),
    fc
      .constantFrom('/a', '/A', '/a/b')
      .chain((text) =>
        fc.constantFrom<RouteMatch>(
          { path_separated_prefix: text },
          { path_separated_prefix: text, case_sensitive: false },
        ),
      ),
    fc
      .constantFrom('.*', '/a.*', '/(a|b)', '/a/[0-9]+', '(?i)/a')
      .map((regex): RouteMatch => ({ safe_regex: { regex } })),
    fc.constantFrom('/a/*', '/a/{x}', '/**').map((text): RouteMatch => ({ path_match_policy: template(text) })),
  );
  const query = fc.record(
    { name: fc.constantFrom('q', 'r'), string_match: stringMatch, present_match: fc.boolean() },
    { requiredKeys: ['name'] },
  );
  const match = fc
    .tuple(pathMatch, fc.array(header, { maxLength: 2 }), fc.array(query, { maxLength: 1 }), fc.boolean())
    .map(([own, headers, query_parameters, isGrpc]): RouteMatch => {
      return {
        ...own,
        headers: headers,
        query_parameters: query_parameters,
        ...(isGrpc ? { grpc: {} } : {}),
      };
    });
  const message = fc
    .tuple(
      path,
      fc.array(fc.tuple(fc.constantFrom('x', 'y'), fc.constantFrom('', 'a', 'ab', 'A', 'b')), { maxLength: 2 }),
      fc.constantFrom('', '?q=a', '?q', '?r=ab&q=A'),
      fc.boolean(),
    )
    .map(([own, headers, search, isGrpc]): HttpMessage => ({
      method: 'GET',
      authority: 'a',
      path: own + search,
      scheme: 'http',
      protocol: 'HTTP/1.1',
      headers: isGrpc ? [...headers, ['content-type', 'application/grpc']] : headers,
    }));

  it('never says so of a route that takes a request which the other does not', () => {
    const takes = (own: RouteMatch, request: HttpMessage) =>
      failedCondition(
        own,
        routeInput({
          message: request,
          headers: headerView(request, false),
          tls: null,
          decisions: new Decisions(),
          metadata: () => ({ fields: null, unknown: null }),
        }),
        {},
      ) === null;
    fc.assert(
      fc.property(match, match, fc.array(message, { minLength: 10, maxLength: 10 }), (narrow, wide, requests) => {
        if (!impliesRoute(narrow, wide)) return;
        for (const request of requests) if (takes(narrow, request)) expect(takes(wide, request)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});
