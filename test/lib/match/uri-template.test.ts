/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/path/match/uri_template/v3/uri_template_match.proto */
import { matchUriTemplate } from '../../../src/lib/match/uri-template';

const variables = (template: string, path: string): object | null => {
  const found = matchUriTemplate(template, path);
  return found === null ? null : Object.fromEntries(found);
};

describe('a URI template', () => {
  it.each([
    ['/api/{version}/products/{id}', '/api/v1/products/12', { version: 'v1', id: '12' }],
    ['/api/{version}/products/{id}', '/api/v1/products/12/x', null],
    ['/api/{version}/products/{id}', '/api/v1/products/', null],
    ['/{file}.html', '/index.html', { file: 'index' }],
    ['/{file}.html', '/a/index.html', null],
    ['/a/*/b', '/a/x/b', {}],
    ['/a/*/b', '/a//b', null],
    ['/t/**', '/t/', {}],
    ['/t/**', '/t/x/y', {}],
    ['/t/**', '/t', null],
    ['/{x=a/*/**}', '/a/b/c/d', { x: 'a/b/c/d' }],
    ['/s/*', '/s/a%2Fb', {}],
    ['/s/*', '/s/a=b*c', {}],
    ['/s/*', '/s/a|b', null],
    ['/a.b/*', '/axb/c', null],
  ])('%s takes %s: %j', (template, path, expected) => {
    expect(variables(template, path)).toEqual(expected);
  });
});
