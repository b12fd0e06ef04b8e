/** Addresses and ports that tell requests apart: of filter chains, of matcher trees, and of policies alone. */
import { chainAddresses, membersOf } from '../../../src/lib/reach/chain-addresses';
import { dividedRequests } from '../../../src/lib/reach/division';
import { outcomesOf } from '../../../src/lib/reach/reach';
import { walked } from '../../helpers/reach';
import { proxyOf } from '../../helpers/hop';

const TYPES = 'type.googleapis.com';
const FILTERS = `${TYPES}/envoy.extensions.filters`;
const input = (name: string) => ({
  name,
  typed_config: { '@type': `${TYPES}/envoy.extensions.matching.common_inputs.network.v3.${name}` },
});
const action = (name: string) => ({ action: { name } });

const TREE = {
  matcher_tree: {
    input: input('DestinationIPInput'),
    custom_match: {
      name: 'ip',
      typed_config: {
        '@type': `${TYPES}/xds.type.matcher.v3.IPMatcher`,
        range_matchers: [
          {
            ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }],
            on_match: {
              matcher: {
                matcher_tree: {
                  input: input('DestinationPortInput'),
                  exact_match_map: { map: { '80': action('a'), '81': action('b') } },
                },
              },
            },
          },
          { ranges: [{ address_prefix: '10.0.0.0', prefix_len: 16 }], on_match: action('b') },
        ],
      },
    },
  },
  on_no_match: action('c'),
};

it('finds the addresses and ports of a matcher tree', () => {
  const wide = [{ address_prefix: '10.0.0.0', prefix_len: 8 }];
  expect(chainAddresses({ filter_chain_matcher: TREE })).toEqual([
    { port: null, ranges: wide },
    { port: 80, ranges: wide },
    { port: 81, ranges: wide },
    { port: null, ranges: [{ address_prefix: '10.0.0.0', prefix_len: 16 }] },
  ]);
});

it.each<[string, readonly [string, number][], readonly string[]]>([
  [
    'a range beside a narrower one at its start',
    [
      ['10.0.0.0', 8],
      ['10.0.0.0', 16],
    ],
    ['10.1.0.0', '10.0.0.0'],
  ],
  [
    'a range that narrower ones fill',
    [
      ['10.0.0.0', 8],
      ['10.0.0.0', 9],
      ['10.128.0.0', 9],
    ],
    ['10.0.0.0', '10.128.0.0'],
  ],
  ['a range of half of all', [['0.0.0.0', 1]], ['1.0.0.0']],
  ['every address', [['0.0.0.0', 0]], []],
  [
    'a single address, twice',
    [
      ['10.0.0.1', 32],
      ['10.0.0.1', 32],
    ],
    ['10.0.0.1'],
  ],
  [
    'IPv6',
    [
      ['fd00::', 8],
      ['fd00::', 16],
    ],
    ['fd01:0:0:0:0:0:0:0', 'fd00:0:0:0:0:0:0:0'],
  ],
])('takes a member of %s', (_what, ranges, ips) => {
  const found = membersOf(ranges.map(([address_prefix, prefix_len]) => ({ address_prefix, prefix_len })));
  expect(found.map(({ ip }) => ip)).toEqual(ips);
});

const http = (name: string, filters: readonly object[] = []) => ({
  name: 'envoy.filters.network.http_connection_manager',
  typed_config: {
    '@type': `${FILTERS}.network.http_connection_manager.v3.HttpConnectionManager`,
    route_config: {
      name,
      virtual_hosts: [
        {
          name,
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, direct_response: { status: 210 + name.charCodeAt(0) - 97 } }],
        },
      ],
    },
    http_filters: [
      ...filters,
      { name: 'envoy.filters.http.router', typed_config: { '@type': `${FILTERS}.http.router.v3.Router` } },
    ],
  },
});

async function endsOf(listener: object, inbound: boolean) {
  const from = walked(
    proxyOf({
      bootstrap: { node: { id: 'sidecar~10.1.1.1~a.test~test.svc.cluster.local' } },
      listeners: [{ name: 'one', ...listener }],
    }),
  );
  const scope = { where: [], fixed: {}, oneHop: true, most: 500, inbound };
  const { classes, unsplit } = await dividedRequests(
    [from.config],
    outcomesOf(from, () => true),
    scope,
  );
  expect(unsplit).toEqual([]);
  return classes.map(({ where, result }) => [
    where['port']?.[0],
    where['address']?.[0],
    result.status ?? result.verdict,
  ]);
}

it('divides by addresses that a matcher tree alone names', async () => {
  const ends = await endsOf(
    {
      address: { socket_address: { address: '0.0.0.0', port_value: 15_001 } },
      use_original_dst: true,
      traffic_direction: 'OUTBOUND',
      filter_chain_matcher: TREE,
      filter_chains: ['a', 'b', 'c'].map((name) => ({ name, filters: [http(name)] })),
    },
    false,
  );
  expect(ends).toContainEqual(['80', '10.0.0.0/8', 210]);
  expect(ends).toContainEqual(['81', '10.0.0.0/8', 211]);
  expect(ends).toContainEqual(['80', '10.0.0.0/16', 211]);
  expect(ends).toContainEqual(['80', 'any other', 212]);
  expect(ends).toContainEqual(['any other', '10.0.0.0/16', 211]);
  expect(ends).toContainEqual(['any other', undefined, 212]);
});

it('divides by ports that a policy alone names', async () => {
  const deny = {
    name: 'envoy.filters.http.rbac',
    typed_config: {
      '@type': `${FILTERS}.http.rbac.v3.RBAC`,
      rules: {
        action: 'DENY',
        policies: {
          p: {
            permissions: [{ or_rules: { rules: [{ destination_port: 8081 }, { destination_port: 9 }] } }],
            principals: [{ any: true }],
          },
        },
      },
    },
  };
  const ends = await endsOf(
    {
      address: { socket_address: { address: '0.0.0.0', port_value: 15_006 } },
      use_original_dst: true,
      traffic_direction: 'INBOUND',
      filter_chains: [{ filters: [http('a', [deny])] }],
    },
    true,
  );
  const plain = ends.map(([port, , status]) => [port, status]);
  expect(plain).toContainEqual(['8081', 403]);
  expect(plain).toContainEqual(['9', 403]);
  expect(plain).toContainEqual(['any other', 210]);
  expect(plain).not.toContainEqual(['any other', 403]);
});
