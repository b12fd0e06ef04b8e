/** Filter chains that serve no connection, and policies that no request meets. */
import fc from 'fast-check';
import { Spaces } from '../../../src/lib/algebra/cell';
import type { FilterChainMatch } from '../../../src/lib/envoy/listener';
import type { Policy } from '../../../src/lib/envoy/rbac';
import { chainsNotExamined, unreachableChains } from '../../../src/lib/lint/unreachable-chains';
import { policiesNotExamined, unreachablePolicies } from '../../../src/lib/lint/unreachable-policies';
import { chooseFilterChain } from '../../../src/lib/trace/listener/filter-chain';
import { CRITERIA } from '../../../src/lib/trace/listener/chain-criteria';
import { HopRecord } from '../../../src/lib/trace/hop/record';
import { connectionStream } from '../../../src/lib/http/stream-facts';
import { StreamState } from '../../../src/lib/http/stream-state';
import { classesAt } from '../../../src/lib/reach/classes';
import { outcomesOf } from '../../../src/lib/reach/reach';
import { listenerIndex } from '../../../src/lib/trace/listener/listener-index';
import { proxyOf } from '../../helpers/hop';
import { walked, WAY } from '../../helpers/reach';

const EXTENSIONS = 'type.googleapis.com/envoy.extensions';
const INSPECTORS = ['tls_inspector.v3.TlsInspector', 'http_inspector.v3.HttpInspector'].map((type) => ({
  name: type,
  typed_config: { '@type': `${EXTENSIONS}.filters.listener.${type}` },
}));

function withChains(matches: readonly FilterChainMatch[], inspects = true) {
  return proxyOf({
    listeners: [
      {
        name: 'own',
        address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
        ...(inspects ? { listener_filters: INSPECTORS } : {}),
        filter_chains: matches.map((filter_chain_match, index) => ({
          name: `c${index}`,
          filter_chain_match,
          filters: [],
        })),
      },
    ],
  });
}

const range = (address_prefix: string, prefix_len: number) => ({ address_prefix, prefix_len });

it.each<[string, readonly FilterChainMatch[], boolean, readonly string[]]>([
  [
    'two halves of its range, each taken by another',
    [
      { prefix_ranges: [range('10.0.0.0', 8)] },
      { prefix_ranges: [range('10.0.0.0', 9)] },
      { prefix_ranges: [range('10.128.0.0', 9)] },
    ],
    true,
    ['chain c0: chain c1 and chain c2 together take every connection that would'],
  ],
  [
    'a server name in plain text',
    [{ server_names: ['a.test'], transport_protocol: 'raw_buffer' }, {}],
    true,
    ['chain c0: no connection meets all of its conditions'],
  ],
  [
    'a server name that nobody inspects',
    [{ server_names: ['a.test'] }, {}],
    false,
    ['chain c0: no connection meets all of its conditions'],
  ],
  [
    'conditions that all can be met',
    [
      {},
      { server_names: ['*.test'] },
      { server_names: ['a.test'], application_protocols: ['h2'] },
      { destination_port: 1 },
    ],
    true,
    [],
  ],
])('says of chains: %s', (_what, matches, inspects, told) => {
  const found = unreachableChains(withChains(matches, inspects));
  expect(found.map(({ resource, message }) => `${resource.replace('listener own ', '')}: ${message}`)).toEqual(told);
});

it.each<[string, (index: number) => FilterChainMatch, found: (count: number) => number]>([
  ['a name each', (index) => ({ server_names: [`h${index}.test`] }), () => 0],
  [
    'a name and a source port each',
    (index) => ({ server_names: [`h${index}.test`], source_ports: [index + 1] }),
    () => 0,
  ],
  [
    'a port and an address each',
    (index) => ({ destination_port: index + 1, prefix_ranges: [range(`10.0.${index >> 8}.${index & 255}`, 32)] }),
    () => 0,
  ],
  [
    'ranges within each other',
    (index) => ({ source_prefix_ranges: [range(`10.0.${index >> 7}.${(index & 127) * 2}`, 24 + (index % 9))] }),
    (count) => count / 3,
  ],
  [
    'a condition each that nothing meets',
    (index) => ({ source_ports: [index + 1], transport_protocol: 'quic' }),
    (count) => count,
  ],
])('tries connections in proportion to the chains: %s', (_what, matchOf, found) => {
  const keeps = CRITERIA.map((criterion) => jest.spyOn(criterion, 'keep'));
  const work = (count: number): number => {
    for (const keep of keeps) keep.mockClear();
    const matches = Array.from({ length: count }, (_unused, index) => matchOf(index));
    expect(unreachableChains(withChains(matches)).length).toBeGreaterThanOrEqual(found(count));
    return keeps.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  };
  try {
    expect(work(800) / work(200)).toBeLessThan(5);
  } finally {
    for (const keep of keeps) keep.mockRestore();
  }
});

it('says which listeners are too large for it', () => {
  const lists = (first: number, count: number) => Array.from({ length: count }, (_unused, index) => first + index);
  const matches = Array.from({ length: 300 }, (_unused, index) => ({
    server_names: lists(index, 60).map((number) => `h${number}.test`),
    application_protocols: lists(index * 3, 8).map((number) => `p${number % 40}`),
    source_ports: lists(index * 7, 60),
  }));
  const config = withChains(matches);
  expect(unreachableChains(config)).toEqual([]);
  expect(chainsNotExamined(config)).toEqual([
    'listener own has 300 filter chains whose conditions combine in too many ways: chains that serve no connection are not looked for in it',
  ]);
});

it('names ten of many chains that take what would come to another, and counts the others', () => {
  const halves = Array.from({ length: 16 }, (_unused, index) => ({
    prefix_ranges: [range(`10.${index * 16}.0.0`, 12)],
  }));
  const found = unreachableChains(withChains([{ prefix_ranges: [range('10.0.0.0', 8)] }, ...halves]));
  expect(found.map(({ message }) => message)).toEqual([
    `${Array.from({ length: 10 }, (_unused, index) => `chain c${index + 1}`).join(' and ')} and 6 more together take every connection that would`,
  ]);
});

const drawnMatches = fc.array(
  fc.record(
    {
      prefix_ranges: fc.constantFrom(
        [range('10.0.0.0', 8)],
        [range('10.0.0.0', 9)],
        [range('10.128.0.0', 9)],
        [range('10.0.0.0', 7)],
      ),
      server_names: fc.constantFrom(['a.test'], ['*.test'], ['*.a.test', 'b']),
      transport_protocol: fc.constantFrom('tls', 'raw_buffer'),
      application_protocols: fc.constantFrom(['h2'], ['http/1.1', 'h2'], ['istio']),
      source_prefix_ranges: fc.constantFrom([range('10.0.0.0', 8)], [range('192.0.2.0', 24)]),
      source_ports: fc.constantFrom([7], [7, 8]),
    },
    { requiredKeys: [] },
  ),
  { minLength: 2, maxLength: 6 },
);
const drawnConnections = fc.record({
  ip: fc.constantFrom('10.0.0.1', '10.200.0.1', '11.0.0.1', '192.0.2.9'),
  name: fc.constantFrom('', 'a.test', 'x.test', 'x.a.test', 'b'),
  isTls: fc.boolean(),
  alpn: fc.constantFrom([], ['h2'], ['http/1.1'], ['istio', 'h2']),
  source: fc.constantFrom('10.1.1.1', '192.0.2.1', '127.0.0.1'),
  port: fc.constantFrom(7, 8, 9),
});

it('reports no chain that serves a connection', () => {
  let reported = 0;
  fc.assert(
    fc.property(drawnMatches, fc.array(drawnConnections, { minLength: 60, maxLength: 60 }), (matches, connections) => {
      const config = withChains(matches);
      const found = new Set(unreachableChains(config).map((one) => one.config.split('/').at(-1)));
      reported += found.size;
      const [entry] = listenerIndex(config).entries;
      for (const { ip, name, isTls, alpn, source, port } of connections) {
        const detected = isTls
          ? { transportProtocol: 'tls', serverName: name, applicationProtocols: alpn }
          : { transportProtocol: 'raw_buffer', serverName: '', applicationProtocols: ['http/1.1'] };
        const peer = { ip: source, port };
        const facts = { local: { ip, port: 8080 }, directSource: peer, source: peer, detected, tls: null };
        const record = new HopRecord(null, 'gateway');
        const chosen = chooseFilterChain(entry!, connectionStream(facts, new StreamState(null)), record, 0);
        if ('chain' in chosen) expect(found).not.toContain(chosen.pointer.split('/').at(-1));
      }
    }),
    { numRuns: 200 },
  );
  expect(reported).toBeGreaterThan(20);
});

const X = 'spiffe://cluster.local/ns/a/sa/x';
const path = (matcher: object) => ({ url_path: { path: matcher } });
const by = (exact: string) => ({ authenticated: { principal_name: { exact } } });
const namespace = { authenticated: { principal_name: { safe_regex: { regex: '.*/ns/a/.*' } } } };
const ANY = { any: true };

type Rules = readonly [action: 'ALLOW' | 'DENY', policies: Readonly<Record<string, Policy>>];

function withPolicies(filters: readonly Rules[]) {
  return proxyOf({
    bootstrap: { node: { id: 'router~192.0.2.7~gateway.test~test.svc.cluster.local' } },
    listeners: [
      {
        name: 'own',
        address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
        filter_chains: [
          {
            filters: [
              {
                name: 'http',
                typed_config: {
                  '@type': `${EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
                  route_config: {
                    name: 'r',
                    virtual_hosts: [
                      {
                        name: 'all',
                        domains: ['*'],
                        routes: [{ match: { prefix: '/' }, direct_response: { status: 200 } }],
                      },
                    ],
                  },
                  http_filters: [
                    ...filters.map(([action, policies]) => ({
                      name: 'rbac',
                      typed_config: { '@type': `${EXTENSIONS}.filters.http.rbac.v3.RBAC`, rules: { action, policies } },
                    })),
                    { name: 'router', typed_config: { '@type': `${EXTENSIONS}.filters.http.router.v3.Router` } },
                  ],
                },
              },
            ],
          },
        ],
      },
    ],
  });
}

const claim = (exact: string, key = 'role') => ({
  metadata: {
    filter: 'envoy.filters.http.jwt_authn',
    path: [{ key: 'payload' }, { key }],
    value: { string_match: { exact } },
  },
});
const cel = (name: string): NonNullable<Policy['condition']> => ({ ident_expr: { name } });
const STATE = { filter_state: { key: 'io.istio.peer_principal', string_match: { exact: X } } };

it.each<[string, readonly Rules[], readonly string[]]>([
  [
    'an ALLOW policy that DENY policies shadow together',
    [
      [
        'DENY',
        {
          d1: { permissions: [path({ prefix: '/a' })], principals: [ANY] },
          d2: { permissions: [{ not_rule: path({ prefix: '/a' }) }], principals: [namespace] },
        },
      ],
      ['ALLOW', { p: { permissions: [ANY], principals: [by(X)] }, q: { permissions: [ANY], principals: [ANY] } }],
    ],
    ['p: d1 and d2 together decide about every request that would meet it'],
  ],
  [
    'conditions that contradict each other',
    [
      [
        'ALLOW',
        {
          p: {
            permissions: [{ and_rules: { rules: [path({ exact: '/a' }), path({ prefix: '/b' })] } }],
            principals: [ANY],
          },
        },
      ],
    ],
    ['p: no request meets all of its conditions'],
  ],
  [
    'one ALLOW policy within another',
    [
      [
        'ALLOW',
        {
          a: { permissions: [ANY], principals: [namespace] },
          b: { permissions: [path({ prefix: '/' })], principals: [by(X)] },
        },
      ],
    ],
    ['b: a decides about every request that would meet it'],
  ],
  [
    'what an earlier filter does not allow',
    [
      ['ALLOW', { a: { permissions: [path({ prefix: '/a' })], principals: [ANY] } }],
      ['ALLOW', { b: { permissions: [path({ exact: '/b' })], principals: [ANY] } }],
    ],
    ['b: what an earlier filter does not allow decides about every request that would meet it'],
  ],
  [
    'nothing of one that is meant to allow nothing',
    [['ALLOW', { p: { permissions: [{ not_rule: ANY }], principals: [{ not_id: ANY }] } }]],
    [],
  ],
  [
    'nothing of what is not understood, or of certificates with several names',
    [
      [
        'DENY',
        {
          d: { permissions: [ANY], principals: [{ not_id: by('spiffe://other') }] },
          e: { permissions: [ANY], principals: [{ metadata: {} }] },
        },
      ],
      ['ALLOW', { p: { permissions: [ANY], principals: [by(X)] } }],
    ],
    [],
  ],
  [
    'a claim that would have to have two values',
    [
      [
        'ALLOW',
        {
          p: { permissions: [ANY], principals: [{ and_ids: { ids: [claim('a'), claim('b')] } }] },
          q: { permissions: [ANY], principals: [{ and_ids: { ids: [claim('a'), { not_id: claim('a') }] } }] },
          r: { permissions: [ANY], principals: [{ and_ids: { ids: [claim('a'), claim('a', 'scope')] } }] },
        },
      ],
    ],
    ['p: no request meets all of its conditions', 'q: no request meets all of its conditions'],
  ],
  [
    'the same expression before, and another one',
    [
      ['DENY', { d: { permissions: [ANY], principals: [ANY], condition: cel('a') } }],
      [
        'ALLOW',
        {
          p: { permissions: [path({ prefix: '/a' })], principals: [ANY], condition: cel('a') },
          q: { permissions: [ANY], principals: [ANY], condition: cel('b') },
        },
      ],
    ],
    ['p: d decides about every request that would meet it'],
  ],
  [
    'filter state that is and is not so',
    [
      [
        'ALLOW',
        {
          p: { permissions: [ANY], principals: [{ and_ids: { ids: [STATE, { not_id: STATE }] } }] },
          q: { permissions: [ANY], principals: [STATE] },
        },
      ],
    ],
    ['p: no request meets all of its conditions'],
  ],
])('says of policies: %s', (_what, filters, told) => {
  const found = unreachablePolicies(withPolicies(filters));
  expect(found.map(({ resource, message }) => `${resource.replace('policy ', '')}: ${message}`)).toEqual(told);
});

const permission = fc.constantFrom<object>(
  ANY,
  path({ prefix: '/a' }),
  path({ exact: '/a' }),
  path({ prefix: '/' }),
  {
    header: { name: ':method', string_match: { exact: 'GET' } },
  },
  { not_rule: path({ prefix: '/a' }) },
);
const principal = fc.constantFrom<object>(
  ANY,
  by(X),
  namespace,
  { source_ip: range('10.0.0.0', 8) },
  { remote_ip: range('10.0.0.0', 9) },
  claim('a'),
  { not_id: claim('a') },
  STATE,
);
const drawnRules = fc.tuple(
  fc.constantFrom<'ALLOW' | 'DENY'>('ALLOW', 'DENY'),
  fc.array(fc.tuple(permission, principal), { minLength: 1, maxLength: 3 }),
);

it('reports no policy that decides about a request', async () => {
  let reported = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(drawnRules, { minLength: 1, maxLength: 2 }), async (drawn) => {
      const filters = drawn.map(([action, own], filter): Rules => [
        action,
        Object.fromEntries(
          own.map(([one, other], index) => [`f${filter}p${index}`, { permissions: [one], principals: [other] }]),
        ),
      ]);
      const config = withPolicies(filters);
      const found = unreachablePolicies(config).map(({ resource }) => resource.replace('policy ', ''));
      reported += found.length;
      const { classes } = await classesAt(
        outcomesOf(walked(config), () => true),
        WAY,
        [],
        500,
      );
      for (const { result } of classes) expect(found).not.toContain(result.policy);
    }),
    { numRuns: 200 },
  );
  expect(reported).toBeGreaterThan(10);
});

it('says of policies on connections which no connection meets, where no HTTP filter has one of that name', () => {
  const network = (rules: Rules) => ({
    name: 'rbac',
    typed_config: {
      '@type': `${EXTENSIONS}.filters.network.rbac.v3.RBAC`,
      rules: { action: rules[0], policies: rules[1] },
    },
  });
  const tcp = { name: 'tcp', typed_config: { '@type': `${EXTENSIONS}.filters.network.tcp_proxy.v3.TcpProxy` } };
  const deny: Rules = ['DENY', { d: { permissions: [ANY], principals: [{ source_ip: range('10.0.0.0', 8) }] } }];
  const allow: Rules = [
    'ALLOW',
    {
      p: { permissions: [ANY], principals: [{ source_ip: range('10.1.0.0', 16) }] },
      q: { permissions: [{ destination_port: 80 }], principals: [ANY] },
    },
  ];
  const config = proxyOf({
    listeners: [
      {
        name: 'own',
        address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
        filter_chains: [{ filters: [network(deny), network(allow), tcp] }],
      },
    ],
  });
  expect(unreachablePolicies(config).map(({ resource, message }) => `${resource}: ${message}`)).toEqual([
    'policy p: d decides about every connection that would meet it',
  ]);
});

it('holds policies against those before them where they are few, against themselves always, and says where it does not', () => {
  const many = (count: number): Rules => [
    'ALLOW',
    {
      ...Object.fromEntries(
        Array.from({ length: count }, (_, n) => [
          `p${String(n).padStart(4, '0')}`,
          { permissions: [path({ exact: `/${n}` })], principals: [ANY] },
        ]),
      ),
      'x-again': { permissions: [path({ exact: '/1' })], principals: [ANY] },
      'x-none': {
        permissions: [{ and_rules: { rules: [path({ exact: '/a' }), path({ exact: '/b' })] } }],
        principals: [ANY],
      },
    },
  ];
  const told = (count: number): readonly string[] => {
    const config = withPolicies([many(count)]);
    return [...unreachablePolicies(config).map(({ resource }) => resource), ...policiesNotExamined(config)];
  };
  expect(told(400)).toEqual(expect.arrayContaining(['policy x-again', 'policy x-none']));
  expect(told(600)).toEqual([
    'policy x-none',
    'the HTTP filters of a chain have 602 RBAC policies: what others before it decide is looked for in the first 500',
  ]);
});

test.each([10, 100])('what %d policies ask is divided once, not once for each of them', (count) => {
  const policies = Array.from({ length: count }, (_, n): [string, Policy] => [
    `p${n}`,
    { permissions: [path({ exact: `/${n}` }), path({ prefix: `/all/${n}/` })], principals: [ANY] },
  ]);
  const divided = jest.spyOn(Spaces.prototype, 'add');
  expect(unreachablePolicies(withPolicies([['ALLOW', Object.fromEntries(policies)]]))).toEqual([]);
  expect(divided).toHaveBeenCalledTimes(1);
  divided.mockRestore();
});

test.each([20, 200])('of %d filter chains what they have in common is asked of all of them once', (count) => {
  const matches = Array.from({ length: count }, (_unused, n) => ({ server_names: [`h${n}.test`] }));
  const spies = CRITERIA.map((criterion) => jest.spyOn(criterion, 'keep'));
  expect(unreachableChains(withChains(matches))).toEqual([]);
  const among = spies.flatMap(({ mock }) => mock.calls.filter(([candidates]) => candidates.length === count));
  // By each name, and by what all chains have in common.
  expect(among.length).toBeLessThan(count + 10);
  for (const spy of spies) spy.mockRestore();
});

it('ends where a chain has tens of thousands of filters with a policy each', () => {
  const permissions = [{ header: { name: 'x', string_match: { exact: 'a' } } }];
  const filters = Array.from({ length: 20_000 }, (_unused, n): Rules => [
    'DENY',
    { [n === 1 ? 'again' : `p${n}`]: { permissions, principals: [{ any: true }] } },
  ]);
  const found = unreachablePolicies(withPolicies(filters));
  // Those that few stand before are held against them, and the others are not.
  expect(found.map(({ resource }) => resource)).toContain('policy again');
  expect(found).toHaveLength(500);
});
