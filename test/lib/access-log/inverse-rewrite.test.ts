import fc from 'fast-check';
import { pathsBefore } from '../../../src/lib/access-log/inverse-rewrite';
import type { Route } from '../../../src/lib/envoy/route';
import type { HttpMessage } from '../../../src/lib/http/message';
import { rewrittenPath } from '../../../src/lib/trace/http/rewrite';

const message = (path: string): HttpMessage => ({
  method: 'GET',
  authority: 'a',
  path,
  scheme: 'http',
  protocol: 'HTTP/1.1',
  headers: [],
});

const TEMPLATE = 'type.googleapis.com/envoy.extensions.path';
const template = (match: string, rewrite: string): Route => ({
  match: {
    path_match_policy: {
      name: 'match',
      typed_config: { '@type': `${TEMPLATE}.match.uri_template.v3.UriTemplateMatchConfig`, path_template: match },
    },
  },
  route: {
    path_rewrite_policy: {
      name: 'rewrite',
      typed_config: {
        '@type': `${TEMPLATE}.rewrite.uri_template.v3.UriTemplateRewriteConfig`,
        path_template_rewrite: rewrite,
      },
    },
  },
});
const regex = (pattern: string, substitution: string): Route => ({
  match: { prefix: '/' },
  route: { regex_rewrite: { pattern: { regex: pattern }, substitution } },
});

/** Routes with a path that each of them sends on. */
const ROUTES: readonly (readonly [what: string, route: Route, sent: string])[] = [
  ['a prefix', { match: { prefix: '/api/' }, route: { prefix_rewrite: '/' } }, '/api/v1/items?x=1'],
  ['a prefix that is taken away', { match: { prefix: '/rev' }, route: { prefix_rewrite: '/' } }, '/reviews/0'],
  ['segments', { match: { path_separated_prefix: '/api' }, route: { prefix_rewrite: '/v2' } }, '/api/x?y'],
  ['a whole path', { match: { path: '/one' }, route: { prefix_rewrite: '/other' } }, '/one?a=b'],
  ['an expression', { match: { safe_regex: { regex: '/i/[0-9]+' } }, route: { prefix_rewrite: '/all' } }, '/i/7?q'],
  ['a substitution', regex('^/reviews', '/ratings'), '/reviews/0'],
  ['groups in another order', regex('^/([a-z]+)/([0-9]+)$', String.raw`/\2/of/\1`), '/items/42?x'],
  ['a part in the middle', regex('/v[0-9]/', '/v9/'), '/a/v1/b'],
  ['a substitution that takes nothing', regex('/none', '/some'), '/here'],
  ['the whole, twice', regex('^/.*$', String.raw`\0\0`), '/reviews/'],
  ['every vowel, twice', regex('[aeiou]+', String.raw`\0\0`), '/reviews/0'],
  ['every slash', regex('/', '//'), '/a/b/c?d'],
  ['a template', template('/api/{v}/items/{id}', '/items/{id}/{v}'), '/api/v1/items/12?z'],
  ['a template that keeps the rest', template('/{rest=**}', '/all/{rest}'), '/a/b/c'],
];

test.each(ROUTES)('%s: of the path that is sent on one is found that becomes it', (_what, route, sent) => {
  const forward = (path: string): string => rewrittenPath(route, route.route ?? {}, message(path));
  const sentOn = forward(sent);
  const before = pathsBefore(route, sentOn);
  expect(before.map(forward)).toContain(sentOn);
});

test('a hostile substitution takes no time', () => {
  const groups = String.raw`\1a\2b\3c\4d\5e\6f\7g\8h\9i`;
  expect(pathsBefore(regex('(.*)', groups), `/${'abcdefgh'.repeat(200)}`)).toEqual([]);
});

test('a redirect rewrites the path in the log as well', () => {
  expect(pathsBefore({ match: { prefix: '/old' }, redirect: { prefix_rewrite: '/new' } }, '/new/x')).toEqual([
    '/old/x',
  ]);
});

test('of any path that a prefix rewrite or an expression makes, what was sent is found', () => {
  const word = fc.constantFrom('/', '/api', '/api/', '/a', '/x/y');
  const tail = fc.constantFrom('', 'b', '/b', 'b?c=1', '/b/c');
  fc.assert(
    fc.property(word, word, tail, (prefix, by, rest) => {
      const route: Route = { match: { prefix }, route: { prefix_rewrite: by } };
      const sent = `${prefix}${rest}`;
      return pathsBefore(route, rewrittenPath(route, route.route ?? {}, message(sent))).includes(sent);
    }),
  );
});
