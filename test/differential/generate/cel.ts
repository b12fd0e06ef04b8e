/** Random parsed expressions of the Common Expression Language, over the attributes that requests differ in. */
import type { Random } from '../rig/random';
import { extension, type Message } from './message';
import { HEADERS, HOSTS, METHODS, PATHS } from './vocabulary';

/** A condition: mostly one that is true or false, at times one that fails. */
export function celCondition(random: Random, depth = 0): Message {
  const inner = (): Message => celCondition(random, depth + 1);
  const nests = depth < 2 ? 1 : 0;
  return random.weighted<Message>([
    [6, () => comparison(random)],
    [2 * nests, () => call(random.pick(['_&&_', '_||_']), inner(), inner())],
    [nests, () => call('!_', inner())],
    [0.5 * nests, () => call('_?_:_', inner(), inner(), inner())],
  ]);
}

/** `xds.type.matcher.v3.CelMatcher`, and the input that goes with it. */
export function celPredicate(random: Random): Message {
  const expression = { cel_expr_parsed: { expr: celCondition(random), source_info: {} } };
  return {
    single_predicate: {
      input: extension('attributes', 'xds.type.matcher.v3.HttpAttributesCelMatchInput'),
      custom_match: extension('cel', 'xds.type.matcher.v3.CelMatcher', { expr_match: expression }),
    },
  };
}

function comparison(random: Random): Message {
  const [attribute, values] = texts(random);
  const value = text(random.pick(values));
  return random.weighted<Message>([
    [5, () => call(random.pick(['_==_', '_==_', '_!=_']), attribute, value)],
    [2, () => method(attribute, random.pick(['startsWith', 'endsWith', 'contains']), value)],
    [1, () => method(attribute, 'matches', text(random.pick(['^/r', '[0-9]', 'e.*s$', '(?i)GET'])))],
    [1, () => call('@in', attribute, { list_expr: { elements: [value, text('luffy')] } })],
    [1, () => call('@in', text(random.pick(Object.keys(HEADERS))), field('request', 'headers'))],
    [1, () => ({ select_expr: { operand: field('request', 'headers'), field: 'cookie', test_only: true } })],
    [1, () => call(random.pick(['_<_', '_>=_', '_==_']), call('size', attribute), int(random.int(0, 9)))],
    [1, () => call(random.pick(['_<_', '_>_']), attribute, value)],
    [1, () => call('_==_', field('destination', 'port'), int(random.pick([9080, 80, 443])))],
    [0.5, () => call('_==_', field('connection', 'mtls'), { const_expr: { bool_value: random.chance(0.5) } })],
    [0.5, () => call('_==_', call('int', call('_[_]', field('request', 'headers'), text('x-number'))), int(5))],
    [0.3, () => call('_==_', field('request', 'size'), int(0))],
  ]);
}

function texts(random: Random): readonly [Message, readonly string[]] {
  const header = random.pick(Object.keys(HEADERS));
  return random.weighted<readonly [Message, readonly string[]]>([
    [4, () => [call('_[_]', field('request', 'headers'), text(header)), HEADERS[header]!]],
    [2, () => [field('request', 'path'), PATHS]],
    [1, () => [field('request', 'url_path'), PATHS]],
    [1, () => [field('request', 'query'), ['debug=1', 'user', '']]],
    [1, () => [field('request', 'method'), METHODS]],
    [1, () => [field('request', 'host'), HOSTS]],
    [1, () => [field('request', 'protocol'), ['HTTP/1.1', 'HTTP/2']]],
    [1, () => [field('request', 'scheme'), ['http', 'https']]],
    [1, () => [field('request', 'useragent'), HEADERS['user-agent']!]],
    [0.5, () => [field('connection', 'requested_server_name'), ['a.example.com', '']]],
    [0.5, () => [field('connection', 'uri_san_peer_certificate'), ['spiffe://cluster.local/ns/bookinfo/sa/client']]],
  ]);
}

function field(of: string, name: string): Message {
  return { select_expr: { operand: { ident_expr: { name: of } }, field: name } };
}

function text(value: string): Message {
  return { const_expr: { string_value: value } };
}

function int(value: number): Message {
  return { const_expr: { int64_value: value } };
}

function call(name: string, ...args: readonly Message[]): Message {
  return { call_expr: { function: name, args } };
}

function method(target: Message, name: string, ...args: readonly Message[]): Message {
  return { call_expr: { target, function: name, args } };
}
