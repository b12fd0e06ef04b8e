import fc from 'fast-check';
import { decoded } from '../../../src/lib/envoy/decode';
import { toJsonNames, toProtoNames } from '../../../src/lib/envoy/field-names';
import type { Listener, TcpProxy } from '../../../src/lib/envoy/listener';
import { MESSAGES } from '../../../src/lib/envoy/messages';
import { ENUMS } from '../../../src/lib/envoy/messages/enums';
import type { HeaderMatcher } from '../../../src/lib/envoy/route';
import { InputError } from '../../../src/lib/errors';

const POINTER = '/configs/2/dynamic_listeners/0/active_state/listener';

function listener(value: object): Listener {
  return decoded(value, 'Listener', POINTER);
}

describe('decoded', () => {
  it('gives the same object where every field is of its type', () => {
    const value = {
      name: 'a',
      filter_chains: [{ filters: [{ name: 'x', typed_config: { '@type': 'y' } }] }],
      new_field: 7,
    };
    expect(listener(value)).toBe(value);
  });

  it('throws the pointer of a field of another type where it is read, and nowhere else', () => {
    const read = listener({ name: 'a', filter_chains: {}, use_original_dst: 'yes' });
    expect(read.name).toBe('a');
    expect(() => read.filter_chains).toThrow(
      new InputError(`${POINTER}/filter_chains is an object, a list was expected`),
    );
    expect(() => read.use_original_dst).toThrow(
      `${POINTER}/use_original_dst is the text "yes", true or false was expected`,
    );
  });

  it('throws the pointer of an element of a list and of a value of a map', () => {
    const read = listener({ filter_chains: [{ name: 'ok' }, 5], metadata: { filter_metadata: { 'a/b': 1 } } });
    expect(read.filter_chains?.length).toBe(2);
    expect(read.filter_chains?.[0]).toEqual({ name: 'ok' });
    expect(() => read.filter_chains?.[1]).toThrow(`${POINTER}/filter_chains/1 is the number 5, an object was expected`);
    expect(() => read.metadata?.filter_metadata?.['a/b']).toThrow(
      `${POINTER}/metadata/filter_metadata/a~1b is the number 1, an object was expected`,
    );
  });

  it('throws at once where the message itself is no object', () => {
    for (const value of [null, 5, 'x', true, [], undefined]) {
      expect(() => decoded(value, 'Listener', POINTER)).toThrow(InputError);
    }
  });

  it('reads what proto JSON has beside what Envoy writes', () => {
    expect(listener({ name: null, traffic_direction: 2, address: { socket_address: { port_value: '80' } } })).toEqual({
      traffic_direction: 'OUTBOUND',
      address: { socket_address: { port_value: 80 } },
    });
    const match = decoded({ range_match: { start: 1, end: '5' } }, 'HeaderMatcher', '') as HeaderMatcher;
    expect(match.range_match).toEqual({ start: '1', end: '5' });
    expect(decoded({ double_match: { exact: 'Infinity' } }, 'ValueMatcher', '')).toEqual({
      double_match: { exact: Number.POSITIVE_INFINITY },
    });
  });

  it.each([
    [{ traffic_direction: 9 }, 'traffic_direction is the number 9, a name was expected'],
    [
      { listener_filters_timeout: { seconds: 1 } },
      'listener_filters_timeout is an object, a duration such as 1.5s was expected',
    ],
    [
      { listener_filters_timeout: 'soon' },
      'listener_filters_timeout is the text "soon", a duration such as 1.5s was expected',
    ],
    [{ bind_to_port: { value: true } }, 'bind_to_port is an object, true or false was expected'],
  ])('refuses %j', (value, message) => {
    const [field = ''] = Object.keys(value);
    expect(() => (listener(value) as Readonly<Record<string, unknown>>)[field]).toThrow(`${POINTER}/${message}`);
  });

  it('takes no number that the field cannot hold', () => {
    for (const port of [-1, 1.5, 2 ** 32, '4294967296', 'x', '']) {
      const { address } = listener({ address: { socket_address: { port_value: port } } });
      expect(() => address?.socket_address?.port_value).toThrow('a number from 0 to 4294967295 was expected');
    }
  });

  describe('of Any', () => {
    it.each([
      ['envoy.extensions.filters.http.header_mutation.v3.HeaderMutation', { request_mutations: [] }],
      ['envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation', [{ remove: 'x' }]],
    ])('tells messages of one name apart: %s', (type, mutations) => {
      const value = {
        filter_chains: [{ filters: [{ typed_config: { '@type': `type.googleapis.com/${type}`, mutations } }] }],
      };
      const read = listener(value).filter_chains?.[0]?.filters?.[0]?.typed_config as { readonly mutations?: unknown };
      expect(read.mutations).toEqual(mutations);
    });

    const filterOf = (typed: unknown): { readonly typed_config?: Readonly<Record<string, unknown>> } =>
      listener({ filter_chains: [{ filters: [{ name: 'x', typed_config: typed }] }] }).filter_chains?.[0]
        ?.filters?.[0] ?? {};
    const at = `${POINTER}/filter_chains/0/filters/0/typed_config`;

    it('knows the message by its type URL, in a TypedStruct, too', () => {
      const type = 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
      const plain = filterOf({ '@type': type, cluster: [] }).typed_config as TcpProxy;
      expect(() => plain.cluster).toThrow(`${at}/cluster is a list, a text was expected`);
      const wrapped = filterOf({
        '@type': 'type.googleapis.com/udpa.type.v1.TypedStruct',
        type_url: type,
        value: { cluster: 1 },
      });
      expect(() => (wrapped.typed_config?.['value'] as TcpProxy).cluster).toThrow(
        `${at}/value/cluster is the number 1`,
      );
    });

    it.each([
      ['istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig', 'alpn_override', 'a list'],
      ['envoy.extensions.filters.http.router.v3.Router', 'suppress_envoy_headers', 'true or false'],
    ])('holds the fields of %s to their types', (type, field, wanted) => {
      const read = filterOf({ '@type': `type.googleapis.com/${type}`, [field]: '%' }).typed_config;
      expect(() => read?.[field]).toThrow(`${at}/${field} is the text "%", ${wanted} was expected`);
    });

    it('may be empty: Envoy writes one that holds no message as {}', () => {
      expect(filterOf({}).typed_config).toEqual({});
    });

    it('has a type where it is asked for it', () => {
      expect(filterOf({ cluster: 'x' }).typed_config?.['cluster']).toBe('x');
      expect(() => filterOf({ cluster: 'x' }).typed_config?.['@type']).toThrow(
        `${at} has no @type, and so can be any message`,
      );
      expect(() => filterOf({ '@type': 5 }).typed_config?.['@type']).toThrow(
        `${at}/@type is the number 5, a type URL was expected`,
      );
      expect(() => filterOf([]).typed_config).toThrow(`${at} is a list, an object was expected`);
    });

    it('takes nothing from a prototype', () => {
      for (const type of ['constructor', '__proto__', 'x.toString', 'string', 'any']) {
        expect(filterOf({ '@type': type, a: 1 }).typed_config).toEqual({ '@type': type, a: 1 });
      }
    });
  });

  it('is printed as it stands', () => {
    const value = {
      name: 'a',
      filterChains: {},
      listenerFilters: [{ name: 'x' }, 4],
      metadata: { filterMetadata: { x: 1 } },
    };
    expect(toJsonNames(decoded(toProtoNames(value), 'Listener', POINTER))).toEqual(value);
  });

  it('never changes what it is given, and reads the same twice', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(MESSAGES) as (keyof typeof MESSAGES)[])),
        fc.jsonValue(),
        (name, value) => {
          const fields = MESSAGES[name]
            .trim()
            .split(/\s+/)
            .map((field) => field.split(':')[0] ?? '');
          const message = Object.fromEntries(fields.map((field) => [field, value]));
          const before = JSON.stringify(message);
          const print = (): unknown => toJsonNames(decoded(message, name, ''));
          expect(print()).toEqual(print());
          expect(JSON.stringify(message)).toBe(before);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the tables of messages', () => {
  it('name types that there are, each field once', () => {
    for (const [name, text] of Object.entries(MESSAGES)) {
      const fields = text.trim().split(/\s+/);
      expect(fields.filter((field) => !/^[a-z]\w*:\w+(?:\[\]|\{\})?$/.test(field))).toEqual([]);
      const names = fields.map((field) => field.split(':')[0]);
      expect([name, new Set(names).size]).toEqual([name, names.length]);
      // Every type is looked up when a message is first read.
      expect(decoded({}, name as keyof typeof MESSAGES, '')).toEqual({});
      expect(() => decoded({ [names[0] ?? '']: undefined }, name as keyof typeof MESSAGES, '')).not.toThrow(
        /there is no type/,
      );
    }
    expect(Object.keys(ENUMS).filter((name) => Object.hasOwn(MESSAGES, name))).toEqual([]);
  });
});

test('format strings of filter state and of access logs are texts, wherever they stand', () => {
  const odd = { text_format_source: { inline_string: [null] } };
  const state = decoded({ format_string: odd }, 'FilterStateValue', '/s') as { format_string: typeof odd };
  expect(() => state.format_string.text_format_source.inline_string).toThrow(
    /^\/s\/format_string\/text_format_source\/inline_string is a list/,
  );
  const log = decoded({ log_format: odd }, 'StdoutAccessLog', '/l') as { log_format: typeof odd };
  expect(() => log.log_format.text_format_source.inline_string).toThrow(/^\/l\/log_format/);
});
