/** Routes' conditions and requests, drawn so that they meet often. */
import { Runtime } from '../../src/lib/match/runtime';
import fc from 'fast-check';
import type { RouteMatch } from '../../src/lib/envoy/route';
import { type HttpMessage, headerView } from '../../src/lib/http/message';
import { type RouteInput, routeInput } from '../../src/lib/http/route-input';
import { connectionStream } from '../../src/lib/http/stream-facts';
import { StreamState } from '../../src/lib/http/stream-state';
import { Decisions } from '../../src/lib/trace/decisions';
import { factsOf } from './filters';

export const template = (path_template: string) => ({
  name: 't',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig',
    path_template,
  },
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
const cookie = fc.record(
  { name: fc.constantFrom('u', 'v'), string_match: stringMatch, invert_match: fc.boolean() },
  { requiredKeys: ['name', 'string_match'] },
);
/** A route's conditions. */
export const routeMatch = fc
  .tuple(
    pathMatch,
    fc.array(header, { maxLength: 2 }),
    fc.array(query, { maxLength: 1 }),
    fc.array(cookie, { maxLength: 1 }),
    fc.boolean(),
  )
  .map(([own, headers, query_parameters, cookies, isGrpc]): RouteMatch => {
    return { ...own, headers, query_parameters, cookies, ...(isGrpc ? { grpc: {} } : {}) };
  });
/** A request that such conditions may take. */
export const httpMessage = fc
  .tuple(
    path,
    fc.array(fc.tuple(fc.constantFrom('x', 'y'), fc.constantFrom('', 'a', 'ab', 'A', 'b')), { maxLength: 2 }),
    fc.constantFrom('', '?q=a', '?q', '?r=ab&q=A'),
    fc.array(fc.constantFrom('u=a', 'u="ab"', 'v=A', 'u='), { maxLength: 2 }),
    fc.boolean(),
  )
  .map(([own, plain, search, cookies, isGrpc]): HttpMessage => {
    const headers = cookies.length === 0 ? plain : [...plain, ['cookie', cookies.join('; ')] as const];
    return {
      method: 'GET',
      authority: 'a',
      path: own + search,
      scheme: 'http',
      protocol: 'HTTP/1.1',
      headers: isGrpc ? [...headers, ['content-type', 'application/grpc']] : headers,
    };
  });

/** What routes match of a request in plain text, where no filter has left metadata. */
export function inputOf(message: HttpMessage): RouteInput {
  return routeInput({
    ...connectionStream(factsOf(), new StreamState()),
    message,
    headers: headerView(message, false),
    tls: null,
    decisions: new Decisions(),
    runtime: new Runtime([]),
    metadata: () => ({ fields: null, unknown: null }),
  });
}
