/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto#config-listener-v3-filterchainmatch */
import { toldHop } from '../../../../src/lib/explain/telling/tell-trace';
import * as fc from 'fast-check';
import type { FilterChainMatch, Listener } from '../../../../src/lib/envoy/listener';
import { isEnding } from '../../../../src/lib/trace/hop/ending';
import { HopRecord } from '../../../../src/lib/trace/hop/record';
import { type Detected, UNKNOWN_SOURCE_PORT, unknownSource } from '../../../../src/lib/http/connection-facts';
import { connectionStream, type StreamFacts } from '../../../../src/lib/http/stream-facts';
import { StreamState } from '../../../../src/lib/http/stream-state';
import { chooseFilterChain } from '../../../../src/lib/trace/listener/filter-chain';
import type { ListenerEntry } from '../../../../src/lib/trace/listener/listener-index';
import type { Step } from '../../../../src/lib/trace/model';
import { typed } from '../../../helpers/hop';

interface Came extends Partial<Detected> {
  readonly ip?: string;
  readonly port?: number;
  /** Null: nobody says. */
  readonly source?: string | null;
  readonly sourcePort?: number | null;
}

const input = (came: Came): StreamFacts => {
  const ip = came.source === null ? unknownSource('10.0.0.1') : (came.source ?? '10.244.0.5');
  const port = came.sourcePort === null ? UNKNOWN_SOURCE_PORT : (came.sourcePort ?? 40000);
  const connection = {
    local: { ip: came.ip ?? '10.96.0.10', port: came.port ?? 80 },
    source: { ip, port },
    directSource: { ip, port },
    detected: { transportProtocol: '', serverName: '', applicationProtocols: [], ...came },
    tls: null,
  };
  return connectionStream(connection, new StreamState());
};

function entryOf(resource: Listener): ListenerEntry {
  const rest = {
    name: 'l',
    state: 'static',
    pointer: '/l',
    versionInfo: null,
    lastUpdated: null,
    failure: null,
    isPresent: true,
  } as const;
  return { ...rest, resource, brief: resource };
}

function choose(
  matches: readonly FilterChainMatch[],
  came: Came,
  more: Listener = {},
): { name: string | null; step: Step | undefined } {
  const chains = matches.map((filter_chain_match, index) => ({ name: `c${index}`, filter_chain_match }));
  const record = new HopRecord(null, 'outbound');
  const chosen = chooseFilterChain(entryOf({ filter_chains: chains, ...more }), input(came), record, 5);
  return { name: isEnding(chosen) ? null : (chosen.chain.name ?? ''), step: toldHop(record.toHop()).steps[0] };
}

const ranges = (...texts: readonly string[]): NonNullable<FilterChainMatch['prefix_ranges']> =>
  texts.map((text) => ({ address_prefix: text.split('/')[0] ?? '', prefix_len: Number(text.split('/')[1]) }));

describe('the filter chain', () => {
  it.each<[string, readonly FilterChainMatch[], Came, string | null]>([
    ['of the port hides those without', [{}, { destination_port: 80 }], {}, 'c1'],
    ['of another port is passed over', [{}, { destination_port: 81 }], {}, 'c0'],
    [
      'of the port is not left again where a later criterion fails',
      [{}, { destination_port: 80, transport_protocol: 'tls' }],
      {},
      null,
    ],
    [
      'of the longest prefix',
      [{ prefix_ranges: ranges('10.0.0.0/8') }, { prefix_ranges: ranges('10.96.0.0/16') }, {}],
      {},
      'c1',
    ],
    [
      'of the longest prefix among several of a chain',
      [{ prefix_ranges: ranges('10.96.0.0/16') }, { prefix_ranges: ranges('10.0.0.0/8', '10.96.0.10/32') }],
      {},
      'c1',
    ],
    ['without a range is the prefix of length 0', [{ prefix_ranges: ranges('10.97.0.0/16') }, {}], {}, 'c1'],
    [
      'of the exact server name',
      [{ server_names: ['*.b.c'] }, { server_names: ['a.b.c'] }],
      { serverName: 'a.b.c' },
      'c1',
    ],
    [
      'of the longest wildcard',
      [{ server_names: ['*.c'] }, { server_names: ['*.b.c'] }, {}],
      { serverName: 'a.b.c' },
      'c1',
    ],
    ['of a wildcard takes no bare domain', [{ server_names: ['*.b.c'] }, {}], { serverName: 'b.c' }, 'c1'],
    ['of a server name is not for a client without one', [{ server_names: ['*.b.c'] }], {}, null],
    ['for raw_buffer where no filter set anything', [{ transport_protocol: 'raw_buffer' }, {}], {}, 'c0'],
    ['for TLS', [{}, { transport_protocol: 'tls' }], { transportProtocol: 'tls' }, 'c1'],
    [
      'of the first protocol of the client that any chain names',
      [{ application_protocols: ['http/1.1'] }, { application_protocols: ['h2'] }, {}],
      { applicationProtocols: ['x', 'h2', 'http/1.1'] },
      'c1',
    ],
    [
      'without protocols where none is named',
      [{ application_protocols: ['h2'] }, {}],
      { applicationProtocols: ['x'] },
      'c1',
    ],
    ['for EXTERNAL hides ANY', [{}, { source_type: 'EXTERNAL' }], {}, 'c1'],
    ['for loopback', [{ source_type: 'SAME_IP_OR_LOOPBACK' }, {}], { source: '127.0.0.1' }, 'c0'],
    ['for the rest of 127.0.0.0/8', [{ source_type: 'SAME_IP_OR_LOOPBACK' }, {}], { source: '127.0.0.5' }, 'c1'],
    ['for the same address', [{ source_type: 'SAME_IP_OR_LOOPBACK' }, {}], { source: '10.96.0.10' }, 'c0'],
    [
      'of the source’s longest prefix',
      [{ source_prefix_ranges: ranges('10.244.0.0/16') }, { source_prefix_ranges: ranges('10.244.0.5/32') }],
      {},
      'c1',
    ],
    ['of the direct source', [{ direct_source_prefix_ranges: ranges('10.244.0.0/16') }, {}], {}, 'c0'],
    ['of the source port', [{ source_ports: [7] }, {}], { sourcePort: 7 }, 'c0'],
    ['of no source port where it is any', [{ source_ports: [7] }, {}], {}, 'c1'],
    [
      'by destination before source: no way back',
      [{ destination_port: 80, source_prefix_ranges: ranges('10.9.0.0/16') }, {}],
      {},
      null,
    ],
  ])('%s', (_name, matches, came, expected) => {
    expect(choose(matches, came).name).toBe(expected);
  });

  it('is the default one where none matches, also after a dead end', () => {
    const chosen = choose(
      [{ destination_port: 80, transport_protocol: 'tls' }],
      {},
      { default_filter_chain: { name: 'd' } },
    );
    expect(chosen.name).toBe('d');
    expect(chosen.step).toMatchObject({ outcome: 'matched', config: '/l/default_filter_chain' });
  });

  it('that is missing is told with the candidates left after each criterion', () => {
    const { step } = choose([{ destination_port: 80, transport_protocol: 'tls' }, { destination_port: 81 }, {}], {});
    expect(step).toMatchObject({ outcome: 'missed', rejectedCount: 3 });
    expect(step?.details).toEqual([
      ['destination port', '80: 3 → 1 chains'],
      ['transport protocol', 'raw_buffer: 1 → 0 chains'],
    ]);
    expect(step?.rejected).toEqual([
      { name: 'c0', because: 'transport protocol tls does not match raw_buffer' },
      { name: 'c1', because: 'destination port 81 does not match 80' },
      { name: 'c2', because: 'destination port any: a more specific chain took 80' },
    ]);
  });

  it.each<[string, FilterChainMatch, Came, string]>([
    ['the source address', { source_prefix_ranges: ranges('10.0.0.0/8') }, { source: null }, '--source-ip'],
    ['the direct source', { direct_source_prefix_ranges: ranges('10.0.0.0/8') }, { source: null }, '--source-ip'],
    ['the source type', { source_type: 'EXTERNAL' }, { source: null }, '--source-ip'],
    ['the source port', { source_ports: [80] }, { sourcePort: null }, 'the port that the source connects from'],
  ])('is not known where %s is not and a chain asks for it', (_name, match, came, input) => {
    const { name, step } = choose([match, {}], came);
    expect(name).toBeNull();
    expect(step).toMatchObject({ outcome: 'unknown', because: expect.stringContaining(input) as string });
    // One that asks for it and is out of the race already decides nothing.
    expect(choose([{ ...match, destination_port: 81 }, {}], came).name).toBe('c1');
  });

  it('takes every caller of a family, whoever it is, by the range of all its addresses', () => {
    const nobody = { source: null };
    for (const field of ['source_prefix_ranges', 'direct_source_prefix_ranges']) {
      expect(choose([{ [field]: ranges('0.0.0.0/0') }], nobody).name).toBe('c0');
      expect(choose([{ [field]: ranges('::/0') }, { [field]: ranges('0.0.0.0/0') }], nobody).name).toBe('c1');
      expect(choose([{ [field]: ranges('fd00::/8') }, {}], nobody).name).toBe('c1');
      expect(choose([{ [field]: ranges('0.0.0.0/0') }, { [field]: ranges('10.0.0.0/8') }], nobody).name).toBeNull();
    }
  });

  describe('by a matcher tree (filter_chain_matcher)', () => {
    const asked = (kind: string): object => typed(kind, `envoy.extensions.matching.common_inputs.network.v3.${kind}`);
    const action = (name: string): object => ({ action: typed(name, 'google.protobuf.StringValue', { value: name }) });
    const tree = (kind: string, map: Readonly<Record<string, object>>): Listener['filter_chain_matcher'] => ({
      matcher_tree: { input: asked(kind), exact_match_map: { map } },
    });
    const by = (matcher: Listener['filter_chain_matcher'], came: Came, more: Listener = {}): string | null =>
      choose([{ destination_port: 1 }, {}], came, { ...more, filter_chain_matcher: matcher ?? {} }).name;

    it('takes the chain that the tree names, whatever its match says', () => {
      expect(by(tree('DestinationPortInput', { '80': action('c0') }), {})).toBe('c0');
      expect(by(tree('ServerNameInput', { a: action('c0') }), { serverName: 'a' })).toBe('c0');
      expect(by(tree('TransportProtocolInput', { raw_buffer: action('c0') }), {})).toBe('c0');
      expect(
        by(tree('ApplicationProtocolInput', { "'h2','x'": action('c0') }), { applicationProtocols: ['h2', 'x'] }),
      ).toBe('c0');
      expect(by(tree('SourceTypeInput', { local: action('c0') }), { source: '127.0.0.1' })).toBe('c0');
    });

    it('is not known where the source is not and the tree asks for it', () => {
      expect(by(tree('SourceIPInput', { '10.0.0.1': action('c0') }), { source: null })).toBeNull();
      const { step } = choose([{}], { source: null }, { filter_chain_matcher: tree('SourceTypeInput', {}) ?? {} });
      expect(step).toMatchObject({ outcome: 'unknown', because: expect.stringContaining('--source-ip') as string });
    });

    it('falls to the default chain, or to none', () => {
      const other = tree('DestinationPortInput', { '81': action('c0') });
      expect(by(other, {})).toBeNull();
      expect(by(other, {}, { default_filter_chain: { name: 'd' } })).toBe('d');
      expect(
        by(tree('DestinationPortInput', { '80': action('gone') }), {}, { default_filter_chain: { name: 'd' } }),
      ).toBeNull();
    });

    it('takes the longest prefix of a trie, and goes back to a shorter one unless that is exclusive', () => {
      const within = (first: object, second: object): Listener['filter_chain_matcher'] => ({
        matcher_tree: {
          input: asked('DestinationIPInput'),
          custom_match: typed('ip', 'xds.type.matcher.v3.IPMatcher', {
            range_matchers: [
              {
                ranges: ranges('10.96.0.0/16'),
                on_match: { matcher: tree('DestinationPortInput', { '81': action('c0') }) },
                ...first,
              },
              { ranges: ranges('10.0.0.0/8'), on_match: action('c1'), ...second },
            ],
          }),
        },
      });
      expect(by(within({}, {}), { port: 81 })).toBe('c0');
      expect(by(within({}, {}), {})).toBe('c1');
      expect(by(within({ exclusive: true }, {}), {})).toBe('c1');
      expect(by(within({}, { exclusive: true }), {})).toBeNull();
      expect(by(within({}, { exclusive: true }), { ip: '10.1.2.3' })).toBe('c1');
    });

    it('is unknown where an input is', () => {
      const record = new HopRecord(null, 'outbound');
      const listener = entryOf({ filter_chains: [], filter_chain_matcher: tree('OddInput', {}) ?? {} });
      const chosen = chooseFilterChain(listener, input({}), record, 5);
      expect(isEnding(chosen) && chosen.outcome).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
    });
  });

  it('that wins meets its own conditions, and every loser is told why', () => {
    const match = fc.record(
      {
        destination_port: fc.constantFrom(80, 81),
        transport_protocol: fc.constantFrom('tls', 'raw_buffer'),
        server_names: fc.constantFrom(['a.b'], ['*.b']),
        application_protocols: fc.constantFrom<readonly string[]>(['h2'], ['http/1.1', 'h2']),
      },
      { requiredKeys: [] },
    );
    const came = fc.record({
      port: fc.constantFrom(80, 81, 82),
      transportProtocol: fc.constantFrom('', 'tls'),
      serverName: fc.constantFrom('', 'a.b', 'c.b'),
      applicationProtocols: fc.constantFrom<readonly string[]>([], ['h2'], ['http/1.1']),
    });
    fc.assert(
      fc.property(fc.array(match, { minLength: 1, maxLength: 5 }), came, (matches, one) => {
        const { name, step } = choose(matches, one);
        const won = name === null ? undefined : matches[Number(name.slice(1))];
        const total = matches.length - (name === null ? 0 : 1);
        // Chains that end in the same slot are refused by Envoy: of those that are left the first is taken.
        expect(step?.rejectedCount).toBeLessThanOrEqual(total);
        if (won?.destination_port !== undefined) expect(won.destination_port).toBe(one.port);
        if (won?.transport_protocol === 'tls') expect(one.transportProtocol).toBe('tls');
        if (won?.application_protocols !== undefined) {
          expect(one.applicationProtocols.some((protocol) => won.application_protocols?.includes(protocol))).toBe(true);
        }
        expect(step?.rejected.some((rejection) => rejection.name === name)).toBe(false);
      }),
    );
  });
});
