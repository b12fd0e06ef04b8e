/**
 * Filter chains that serve no connection, by the emptiness of what is left for them: criterion by criterion, over one connection of
 * each kind that the listener's conditions tell apart. What is not known of a connection may be anything, so that a chain is
 * reported only where it serves none.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto#config-listener-v3-filterchainmatch
 */
import { ANY_ADDRESS, rangeExpression } from '../algebra/addresses';
import { regexLanguage } from '../algebra/build-language';
import { Space } from '../algebra/space';
import { textsOf } from '../algebra/texts';
import { messageTypeOf } from '../envoy/any';
import type { CidrRange } from '../envoy/address';
import type { FilterChainMatch, Listener } from '../envoy/listener';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { ConnectionFacts, Detected } from '../http/connection-facts';
import { isUnknown } from '../match/ternary';
import { type Candidate, CRITERIA, type Criterion, matchOf } from '../trace/listener/chain-criteria';
import type { Finding } from './finding';
import { chainLabel, identicalChains } from './listeners';
import { ownerOf } from './route-tables';

/** Listeners that take more steps than this are not looked at. */
const MOST_STEPS = 20_000;

export function unreachableChains(config: ProxyConfig): readonly Finding[] {
  const same = new Set(identicalChains(config).map((finding) => finding.config));
  return config.servingListeners.flatMap(({ name, resource, pointer }) => {
    if (resource === null || !isKnown(resource)) return [];
    const candidates = (resource.filter_chains ?? []).map((chain, index) => ({ chain, index }));
    const criteria = new Criteria(kindsIn(resource, candidates));
    return candidates.flatMap((candidate): readonly Finding[] => {
      const path = `filter_chains/${candidate.index}`;
      const by = takenBy(criteria, candidates, candidate);
      if (by === null || same.has(`${pointer}/${path}`)) return [];
      const others = by.map((one) => chainLabel(one.chain, `filter_chains/${one.index}`)).join(' and ');
      const message =
        by.length === 0
          ? 'no connection meets all of its conditions'
          : `${others} ${by.length === 1 ? 'takes' : 'together take'} every connection that would`;
      return [
        {
          rule: 'unreachable-filter-chain',
          severity: 'warning',
          resource: `listener ${name} ${chainLabel(candidate.chain, path)}`,
          message,
          owner: ownerOf(candidate.chain.metadata, resource.metadata),
          config: `${pointer}/${path}`,
        },
      ];
    });
  });
}

/** Listener filters that are understood: others may find out anything about a connection. */
const FILTERS = /\.(tls_inspector|http_inspector|original_dst|original_src|proxy_protocol)\./;

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/listener_filters */
function isKnown({
  filter_chain_matcher: tree,
  listener_filters: filters = [],
  filter_chains: chains = [],
}: Listener): boolean {
  return (
    tree === undefined &&
    chains.length > 1 &&
    filters.every(
      ({ typed_config: config, filter_disabled: disabled }) =>
        FILTERS.test(messageTypeOf(config)) && disabled === undefined,
    )
  );
}

type Kept = ReturnType<Criterion['keep']>;

/**
 * What is the same whichever chain of a listener is looked at: the connections that tell a criterion's conditions apart, and what
 * each criterion leaves of candidates. Thousands of chains ask it again and again.
 */
class Criteria {
  readonly #kinds: ReadonlyMap<string, Kinds>;
  readonly #connections = new Map<string, readonly ConnectionFacts[]>();
  readonly #kept = new WeakMap<readonly Candidate[], WeakMap<ConnectionFacts, Kept>>();
  /** The same candidates are one list. */
  readonly #lists = new Map<string, readonly Candidate[]>();
  readonly #numbers = new WeakMap<readonly Candidate[], number>();

  constructor(kinds: ReadonlyMap<string, Kinds>) {
    this.#kinds = kinds;
  }

  /** The same objects for the same question. */
  connections({ name }: Criterion, detected: Detected): readonly ConnectionFacts[] {
    const key = `${name} ${JSON.stringify(detected)}`;
    const found = this.#connections.get(key) ?? (this.#kinds.get(name) ?? kindsOfDetected)(detected);
    this.#connections.set(key, found);
    return found;
  }

  /** @param facts one of `connections` of the same criterion */
  kept(criterion: Criterion, left: readonly Candidate[], facts: ConnectionFacts): Kept {
    const byFacts = this.#kept.get(left) ?? new WeakMap<ConnectionFacts, Kept>();
    this.#kept.set(left, byFacts);
    const known = byFacts.get(facts);
    if (known !== undefined) return known;
    const found = criterion.keep(left, facts);
    const kept = isUnknown(found) ? found : this.#listOf(found);
    byFacts.set(facts, kept);
    return kept;
  }

  /** The same number for the same candidates, of what `kept` gave. */
  numberOf(candidates: readonly Candidate[]): number {
    const list = this.#listOf(candidates);
    const number = this.#numbers.get(list) ?? this.#lists.size;
    this.#numbers.set(list, number);
    return number;
  }

  #listOf(candidates: readonly Candidate[]): readonly Candidate[] {
    if (this.#numbers.has(candidates)) return candidates;
    const key = candidates.map(({ index }) => index).join();
    const list = this.#lists.get(key) ?? candidates;
    this.#lists.set(key, list);
    if (!this.#numbers.has(list)) this.#numbers.set(list, this.#lists.size);
    return list;
  }
}

/** Null where the chain serves some connection, or that is not decided; else those that serve them in its place. */
function takenBy(criteria: Criteria, all: readonly Candidate[], own: Candidate): readonly Candidate[] | null {
  const known = new Set<string>();
  const by = new Map<number, Candidate>();
  let steps = 0;
  /** Whether it serves one, from this criterion on. */
  const serves = (left: readonly Candidate[], depth: number, detected: Detected): boolean => {
    const key = `${depth} ${criteria.numberOf(left)} ${JSON.stringify(detected)}`;
    if (known.has(key)) return false;
    known.add(key);
    steps += 1;
    if (steps > MOST_STEPS) return true;
    const criterion = CRITERIA[depth];
    if (criterion === undefined) {
      const [winner] = left;
      if (winner === own) return true;
      if (winner !== undefined) by.set(winner.index, winner);
      return false;
    }
    return criteria.connections(criterion, detected).some((facts) => {
      const alone = criterion.keep([own], facts);
      if (!isUnknown(alone) && alone.length === 0) return false;
      const kept = criteria.kept(criterion, left, facts);
      return isUnknown(kept) || serves(kept, depth + 1, facts.detected);
    });
  };
  return serves(all, 0, NOTHING_DETECTED) ? null : [...by.values()].sort((a, b) => a.index - b.index);
}

const NOTHING_DETECTED: Detected = { transportProtocol: '', serverName: '', applicationProtocols: [] };
const SOMEBODY = { ip: '198.51.100.77', port: 40_000 };
const HERE = { ip: '192.0.2.1', port: 1 };

/** Connections of each kind, where what was found out about them is given. */
type Kinds = (detected: Detected) => readonly ConnectionFacts[];

function connection(detected: Detected, more: Partial<ConnectionFacts> = {}): ConnectionFacts {
  return { local: HERE, directSource: SOMEBODY, source: SOMEBODY, tls: null, detected, ...more };
}

const kindsOfDetected: Kinds = (detected) => [connection(detected)];

function kindsIn({ listener_filters: filters = [] }: Listener, all: readonly Candidate[]): ReadonlyMap<string, Kinds> {
  const has = (name: string): boolean =>
    filters.some(({ typed_config: config }) => messageTypeOf(config).includes(`.${name}.`));
  const values = <T>(of: (match: FilterChainMatch) => readonly T[] | undefined): readonly T[] => [
    ...new Set(all.flatMap((one) => of(matchOf(one)) ?? [])),
  ];
  const ports = values(({ destination_port: port }) => (port === undefined ? [] : [port]));
  const names = has('tls_inspector') ? values(({ server_names: own }) => own) : [];
  const protocols = values(({ application_protocols: own }) => own);
  const sourcePorts = values(({ source_ports: own }) => own);
  const offered = [...protocols, 'another'].map((one) => [one]);
  const inspected = has('http_inspector') ? [['http/1.0'], ['http/1.1'], ['h2c'], []] : [[]];
  const destinations = addressesTold(values(({ prefix_ranges: ranges }) => ranges));
  const from = (ranges: readonly CidrRange[]) => addressesTold(ranges).map((ip) => ({ ip, port: SOMEBODY.port }));
  const directSources = from(values(({ direct_source_prefix_ranges: ranges }) => ranges));
  const sources = from(values(({ source_prefix_ranges: ranges }) => ranges));
  return new Map<string, Kinds>([
    [
      'destination port',
      (detected) => [...ports, free(ports)].map((port) => connection(detected, { local: { ...HERE, port } })),
    ],
    ['destination IP', (detected) => destinations.map((ip) => connection(detected, { local: { ...HERE, ip } }))],
    [
      'server name',
      (detected) =>
        ['', ...names.map(likeName), OTHER_NAME].map((serverName) => connection({ ...detected, serverName })),
    ],
    [
      'transport protocol',
      (detected) => {
        const isTls = detected.serverName !== '';
        const found = has('tls_inspector') ? (isTls ? ['tls'] : ['tls', 'raw_buffer']) : ['raw_buffer'];
        return found.map((transportProtocol) => connection({ ...detected, transportProtocol }));
      },
    ],
    [
      'application protocols',
      (detected) => {
        const own = detected.transportProtocol === 'tls' ? [...offered, []] : inspected;
        return own.map((applicationProtocols) => connection({ ...detected, applicationProtocols }));
      },
    ],
    [
      'directly connected source',
      (detected) => directSources.map((directSource) => connection(detected, { directSource })),
    ],
    [
      'source type',
      (detected) => ['127.0.0.1', SOMEBODY.ip].map((ip) => connection(detected, { source: { ip, port: 1 } })),
    ],
    ['source IP', (detected) => sources.map((source) => connection(detected, { source }))],
    [
      'source port',
      (detected) =>
        [...sourcePorts, free(sourcePorts)].map((port) => connection(detected, { source: { ...SOMEBODY, port } })),
    ],
  ]);
}

/** A name that nothing more specific is likely to name. */
const LABEL = 'zz9-any-other';
const OTHER_NAME = `${LABEL}.invalid`;

function likeName(name: string): string {
  return name.startsWith('*') ? `${LABEL}${name.slice(1).toLowerCase()}` : name.toLowerCase();
}

function free(ports: readonly number[]): number {
  let port = 1;
  while (ports.includes(port)) port += 1;
  return port;
}

/** By the ranges' texts: listeners and chains have the same again and again. */
const told = new Map<string, readonly string[]>();
/** Where there are more different sets of ranges, those before are forgotten. */
const MOST_REMEMBERED = 1000;

/** An address of each kind that ranges tell apart. */
function addressesTold(ranges: readonly CidrRange[]): readonly string[] {
  const key = ranges.map((range) => rangeExpression(range) ?? '').join(' ');
  const known = told.get(key);
  if (known !== undefined) return known;
  const found = addressesIn(ranges);
  if (told.size >= MOST_REMEMBERED) told.clear();
  told.set(key, found);
  return found;
}

function addressesIn(ranges: readonly CidrRange[]): readonly string[] {
  const language = regexLanguage(ANY_ADDRESS);
  if (language === null) return [];
  const space = new Space({ absent: false, values: language });
  const taken = ranges.flatMap((range) => {
    const own = regexLanguage(rangeExpression(range) ?? '');
    return own === null ? [] : [textsOf(own)];
  });
  const families = ['[0-9.]+', '[0-9a-f:]+'].flatMap((regex) => {
    const own = regexLanguage(regex);
    return own === null ? [] : [textsOf(own)];
  });
  space.add([...taken, ...families]);
  return Array.from({ length: space.size }, (_unused, atom) => space.shortestOf(atom));
}
