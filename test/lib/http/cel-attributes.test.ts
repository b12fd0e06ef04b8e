/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes */
import type { CelExpression } from '../../../src/lib/envoy/cel';
import { celConditionHolds } from '../../../src/lib/http/cel-attributes';
import { headerView } from '../../../src/lib/http/message';
import type { StreamFacts } from '../../../src/lib/http/stream-facts';
import { StreamState } from '../../../src/lib/http/stream-state';
import { isUnknown, unknown } from '../../../src/lib/match/ternary';
import { factsOf, messageOf, mtls } from '../../helpers/filters';

const state = new StreamState();
state.setMetadata('envoy.filters.http.jwt_authn', { sub: 'luffy', level: 3 });
state.leavesFilterState('left');

const message = messageOf({
  method: 'POST',
  path: '/a/b?x=1#f',
  authority: 'shop.example',
  headers: [
    ['foo', 'bar'],
    ['two', '1'],
    ['two', '2'],
    ['user-agent', 'curl'],
    ['content-length', '12'],
    ['open', unknown('what sets it')],
  ],
});

const facts: StreamFacts = {
  connection: factsOf(),
  ...state.facts(),
  message,
  headers: headerView(message, true),
  remote: '10.0.0.1',
};

/** `a.b[key]`. */
function read(path: string): CelExpression {
  const [root = '', ...parts] = path.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
  return parts.reduce<CelExpression>(
    (operand, part) => {
      if (!part.startsWith('[')) return { select_expr: { operand, field: part } };
      const key = { const_expr: { string_value: part.slice(1, -1) } };
      return { call_expr: { function: '_[_]', args: [operand, key] } };
    },
    { ident_expr: { name: root } },
  );
}

function equals(path: string, value: string | number | boolean, of = facts): unknown {
  const constant =
    typeof value === 'string'
      ? { string_value: value }
      : typeof value === 'number'
        ? { int64_value: String(value) }
        : { bool_value: value };
  const result = celConditionHolds(
    { call_expr: { function: '_==_', args: [read(path), { const_expr: constant }] } },
    of,
  );
  return isUnknown(result) ? result.unknown : result;
}

it.each<[string, string | number | boolean]>([
  ['request.path', '/a/b?x=1#f'],
  ['request.url_path', '/a/b'],
  ['request.query', 'x=1'],
  ['request.host', 'shop.example'],
  ['request.method', 'POST'],
  ['request.scheme', 'http'],
  ['request.protocol', 'HTTP/1.1'],
  ['request.useragent', 'curl'],
  ['request.size', 12],
  ['request.headers[FOO]', 'bar'],
  ['request.headers[two]', '1,2'],
  ['request.headers[:method]', 'POST'],
  ['request.headers[host]', 'shop.example'],
  ['connection.mtls', false],
  ['connection.requested_server_name', ''],
  ['destination.address', '10.0.0.2:8080'],
  ['destination.port', 8080],
  ['metadata.filter_metadata[envoy.filters.http.jwt_authn][sub]', 'luffy'],
  ['metadata.filter_metadata[envoy.filters.http.jwt_authn][level]', 3],
])('%s', (path, value) => {
  expect(equals(path, value)).toBe(true);
});

it.each<[string, string | false]>([
  ['request.headers[none]', false],
  ['request.referer', false],
  ['request.headers[open]', 'what sets it'],
  ['request.time', 'the CEL attribute request.time'],
  ['response.code', 'the CEL attribute response.code'],
  ['xds.cluster_name', 'the CEL attribute xds.cluster_name'],
  ['connection.tls_version', false],
  ['connection.uri_san_peer_certificate', false],
  ['source.address', 'the port that the source connects from'],
  ['filter_state[left]', false],
  ['filter_state[other]', 'the CEL attribute filter_state.other'],
  ['anything.else', 'the CEL attribute anything.else'],
  ['metadata.filter_metadata[lua]', 'dynamic metadata of lua'],
])('%s: %s', (path, expected) => {
  expect(equals(path, 'x')).toBe(expected);
});

it('what a certificate says', () => {
  const peer = { ...facts, connection: factsOf(mtls('spiffe://a')) };
  expect(equals('connection.uri_san_peer_certificate', 'spiffe://a', peer)).toBe(true);
  expect(equals('connection.mtls', true, peer)).toBe(true);
  expect(equals('connection.tls_version', 'TLSv1.3', peer)).toBe('the CEL attribute connection.tls_version');
});

it('of a connection without a request there are no headers', () => {
  const connection = { ...facts, message: null };
  expect(equals('request.headers[foo]', 'bar', connection)).toBe(false);
  expect(equals('request.path', '/', connection)).toBe(false);
  expect(equals('destination.port', 8080, connection)).toBe(true);
});
