/** The criteria of a filter-chain match by an index of what chains name, against each chain asked alone. */
import fc from 'fast-check';
import type { FilterChainMatch } from '../../../../src/lib/envoy/listener';
import type { ConnectionFacts } from '../../../../src/lib/http/connection-facts';
import { inRange, prefixLength } from '../../../../src/lib/match/cidr';
import { type Candidate, CRITERIA, matchOf } from '../../../../src/lib/trace/listener/chain-criteria';

const range = (address_prefix: string, prefix_len: number) => ({ address_prefix, prefix_len });
const ranges = fc.array(
  fc.constantFrom(
    range('10.0.0.0', 8),
    range('10.1.0.0', 16),
    range('10.1.2.3', 32),
    range('0.0.0.0', 0),
    range('::', 0),
    range('fd00::', 8),
    range('fd00::1', 128),
    range('nowhere', 8),
  ),
  { maxLength: 3 },
);
const some = <T>(...values: readonly T[]) => fc.array(fc.constantFrom(...values), { maxLength: 3 });
const drawnMatch: fc.Arbitrary<FilterChainMatch> = fc.record(
  {
    destination_port: fc.constantFrom(80, 443),
    prefix_ranges: ranges,
    server_names: some('a.test', '*.test', 'X.a.test', '*.a.test'),
    transport_protocol: fc.constantFrom('', 'tls', 'raw_buffer'),
    application_protocols: some('h2', 'http/1.1', 'istio'),
    direct_source_prefix_ranges: ranges,
    source_type: fc.constantFrom('ANY', 'SAME_IP_OR_LOOPBACK', 'EXTERNAL'),
    source_prefix_ranges: ranges,
    source_ports: some(7, 8),
  },
  { requiredKeys: [] },
);

const drawnPeer = fc.record({
  ip: fc.constantFrom('10.1.2.3', '10.9.9.9', '192.0.2.1', 'fd00::1', '::1', '127.0.0.1'),
  port: fc.constantFrom(7, 8, 9),
});
const drawnConnection: fc.Arbitrary<ConnectionFacts> = fc.record({
  local: fc.record({ ip: drawnPeer.map(({ ip }) => ip), port: fc.constantFrom(80, 443, 8080) }),
  directSource: drawnPeer,
  source: drawnPeer,
  tls: fc.constant(null),
  detected: fc.record({
    transportProtocol: fc.constantFrom('', 'tls', 'raw_buffer'),
    serverName: fc.constantFrom('', 'a.test', 'x.a.test', 'b.test', 'elsewhere'),
    applicationProtocols: some('h2', 'http/1.1', 'other'),
  }),
});

type Scores = (match: FilterChainMatch, connection: ConnectionFacts, among: readonly FilterChainMatch[]) => number;

/** How specific the entry is that takes the connection, as Envoy's documentation of FilterChainMatch says it; 0 without a condition, -1 where none does. */
const SCORES: Readonly<Record<string, Scores>> = {
  'destination port': ({ destination_port: port }, { local }) =>
    port === undefined ? 0 : port === local.port ? 1 : -1,
  'destination IP': ({ prefix_ranges: own }, { local }) => prefixScore(own, local.ip),
  'server name': ({ server_names: own = [] }, { detected: { serverName } }) => {
    if (own.length === 0) return 0;
    const taking = own
      .map((name) => name.toLowerCase())
      .filter((name) => name === serverName || (name.startsWith('*.') && serverName.endsWith(name.slice(1))));
    return Math.max(-1, ...taking.map((name) => name.length + (name.startsWith('*') ? 0 : 100)));
  },
  'transport protocol': ({ transport_protocol: own = '' }, { detected: { transportProtocol } }) =>
    own === '' ? 0 : own === (transportProtocol || 'raw_buffer') ? 1 : -1,
  'application protocols': (
    { application_protocols: own = [] },
    { detected: { applicationProtocols: offered } },
    among,
  ) => {
    const first = offered.findIndex((one) =>
      among.some(({ application_protocols: named = [] }) => named.includes(one)),
    );
    return own.length === 0 ? 0 : first >= 0 && own.includes(offered[first]!) ? 1 : -1;
  },
  'directly connected source': ({ direct_source_prefix_ranges: own }, { directSource }) =>
    prefixScore(own, directSource.ip as string),
  'source type': ({ source_type: own = 'ANY' }, { source, local }) => {
    const isLocal = source.ip === local.ip || source.ip === '127.0.0.1' || source.ip === '::1';
    return own === 'ANY' ? 0 : (own === 'EXTERNAL') === isLocal ? -1 : 1;
  },
  'source IP': ({ source_prefix_ranges: own }, { source }) => prefixScore(own, source.ip as string),
  'source port': ({ source_ports: own = [] }, { source }) =>
    own.length === 0 ? 0 : own.includes(source.port as number) ? 1 : -1,
};

function prefixScore(own: FilterChainMatch['prefix_ranges'] = [], ip: string): number {
  return own.length === 0 ? 0 : Math.max(-1, ...own.filter((one) => inRange(ip, one)).map(prefixLength));
}

it.each(CRITERIA.map((criterion) => [criterion.name, criterion] as const))(
  'keeps by %s the most specific',
  (name, criterion) => {
    fc.assert(
      fc.property(fc.array(drawnMatch, { maxLength: 8 }), drawnConnection, (matches, connection) => {
        const candidates = matches.map((filter_chain_match, index): Candidate => ({
          chain: { filter_chain_match },
          index,
        }));
        const scores = matches.map((match) => SCORES[name]!(match, connection, matches));
        const best = Math.max(...scores);
        const wanted = candidates.filter((_one, index) => scores[index] === best && best >= 0);
        expect(criterion.keep(candidates, connection)).toEqual(wanted);
        const alone = candidates.filter((one) => SCORES[name]!(matchOf(one), connection, [matchOf(one)]) >= 0);
        expect(new Set(criterion.meeting(candidates, connection) as readonly Candidate[])).toEqual(new Set(alone));
        for (const one of candidates)
          expect(criterion.keep([one], connection)).toEqual(alone.filter((other) => other === one));
      }),
    );
  },
);
