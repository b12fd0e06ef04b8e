/**
 * Envoy's criteria of a filter-chain match, in Envoy's order. Each keeps the candidates with the most specific entry that
 * takes the connection; Envoy does not go back to a less specific one.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto#config-listener-v3-filterchainmatch
 */
import type { CidrRange } from '../../envoy/address';
import type { FilterChain, FilterChainMatch } from '../../envoy/listener';
import { type ConnectionFacts, type Peer, transportOf } from '../../http/connection-facts';
import { isLocalSource } from '../../http/matcher-inputs';
import { inRange, mayBeInRange, parseIp, prefixLength, rangeKey, rangeText } from '../../match/cidr';
import { isUnknown, some, type Unknown } from '../../match/ternary';
import { answerOf, watcher } from '../../match/watch';
import { remembered, rememberedFor } from '../../remembered';

/** A chain with its place in the listener. */
export interface Candidate {
  readonly chain: FilterChain;
  readonly index: number;
}

export interface Criterion {
  readonly name: string;
  /** What the connection has, in words. */
  came(input: ConnectionFacts): string;
  /** What the chain wants, in words; null where it wants nothing. */
  wanted(match: FilterChainMatch): string | null;
  /** The values of which the chain wants one: names, ports, ranges (`rangeKey`); none where it wants nothing. */
  valuesOf(match: FilterChainMatch): readonly string[];
  /** The candidates left; unknown where they differ by something that is not known. The same list where all are. */
  keep(candidates: readonly Candidate[], input: ConnectionFacts): readonly Candidate[] | Unknown;
  /** The candidates that the connection meets, were each alone: those that are left and less specific ones, in any order. */
  meeting(candidates: readonly Candidate[], input: ConnectionFacts): readonly Candidate[] | Unknown;
}

export function matchOf({ chain }: Candidate): FilterChainMatch {
  return chain.filter_chain_match ?? {};
}

/** Candidates in the listener's order, by each value that they name, and those that name none. */
interface Named {
  readonly by: ReadonlyMap<string, readonly Candidate[]>;
  readonly unset: readonly Candidate[];
}

type ValuesOf = (match: FilterChainMatch) => readonly string[];

/** Candidates by what they name, worked out once for a list: thousands of connections may be asked for one. */
function namedBy(valuesOf: ValuesOf): (candidates: readonly Candidate[]) => Named {
  return rememberedFor((candidates) => {
    const by = new Map<string, Candidate[]>();
    const unset: Candidate[] = [];
    for (const candidate of candidates) {
      const values = valuesOf(matchOf(candidate));
      if (values.length === 0) unset.push(candidate);
      for (const value of values) {
        const own = by.get(value);
        if (own === undefined) by.set(value, [candidate]);
        else if (own.at(-1) !== candidate) own.push(candidate);
      }
    }
    return { by, unset: by.size === 0 ? candidates : unset };
  });
}

/** Candidates that name the first of these values which one of them names; where there is none, those that name no value. */
function firstNamed({ by, unset }: Named, values: readonly string[]): readonly Candidate[] {
  for (const value of values) {
    const taken = by.get(value);
    if (taken !== undefined) return taken;
  }
  return unset;
}

/**
 * Of an address that is not known: who does not ask for it, or for every address of its family, takes it as much as another
 * such; unknown where a range that may hold it would be more specific.
 */
function anyPrefix(
  candidates: readonly Candidate[],
  ip: Unknown,
  rangesOf: (match: FilterChainMatch) => readonly CidrRange[],
): readonly Candidate[] | Unknown {
  const ranges = candidates.flatMap((candidate) => rangesOf(matchOf(candidate)));
  if (ranges.some((range) => isUnknown(mayBeInRange(ip, range)))) return ip;
  return candidates.filter((candidate) => {
    const own = rangesOf(matchOf(candidate));
    return own.length === 0 || some(own, (range) => mayBeInRange(ip, range)) === true;
  });
}

function rangesText(ranges: readonly CidrRange[]): string | null {
  return ranges.length === 0 ? null : ranges.map(rangeText).join(', ');
}

/** Candidates that name any of these values, or none at all. */
function allNamed({ by, unset }: Named, values: readonly string[]): readonly Candidate[] {
  const named = values.flatMap((value) => by.get(value) ?? []);
  return named.length === 0 ? unset : [...new Set([...named, ...unset])];
}

type Conditions = Pick<Criterion, 'wanted' | 'valuesOf' | 'keep' | 'meeting'>;

/** Conditions on an address: the longest prefix that holds it wins, and no range at all is the prefix of length 0. */
function rangeConditions(
  ipOf: (input: ConnectionFacts) => string | Unknown,
  rangesOf: (match: FilterChainMatch) => readonly CidrRange[],
): Conditions {
  const valuesOf: ValuesOf = (match) => {
    const ranges = rangesOf(match);
    return ranges.length === 0 ? EVERY_ADDRESS : ranges.map(rangeKey);
  };
  const prefixesOf = namedBy(valuesOf);
  const lengthsOf = rememberedFor((candidates: readonly Candidate[]): readonly number[] =>
    [...new Set(candidates.flatMap((candidate) => rangesOf(matchOf(candidate)).map(prefixLength)))].sort(
      (a, b) => b - a,
    ),
  );
  /** The prefixes of an address that some candidate asks for, from the longest. */
  const prefixes = (ip: string, candidates: readonly Candidate[]): readonly string[] => {
    const lengths = parseIp(ip) === null ? [] : lengthsOf(candidates);
    return [...lengths.map((bits) => rangeKey({ address_prefix: ip, prefix_len: bits })), WITHOUT_RANGE];
  };
  return {
    wanted: (match) => rangesText(rangesOf(match)),
    valuesOf: (match) => rangesOf(match).map(rangeKey),
    keep: (candidates, input) => {
      const ip = ipOf(input);
      if (isUnknown(ip)) return anyPrefix(candidates, ip, rangesOf);
      const [first] = candidates;
      if (first !== undefined && candidates.length === 1) {
        const own = rangesOf(matchOf(first));
        return own.length === 0 || own.filter((range) => inRange(ip, range)).length > 0 ? candidates : [];
      }
      tellAddress(ip, candidates, rangesOf);
      if (lengthsOf(candidates).length === 0) return candidates;
      return firstNamed(prefixesOf(candidates), prefixes(ip, candidates));
    },
    meeting: (candidates, input) => {
      const ip = ipOf(input);
      return isUnknown(ip) ? ip : allNamed(prefixesOf(candidates), prefixes(ip, candidates));
    },
  };
}

const WITHOUT_RANGE = 'no range';
/** What a chain without ranges ties with. */
const EVERY_ADDRESS = [
  WITHOUT_RANGE,
  ...['0.0.0.0', '::'].map((address) => rangeKey({ address_prefix: address, prefix_len: 0 })),
];

/** Tells who watches which ranges there are to choose from. */
function tellAddress(
  ip: string,
  candidates: readonly Candidate[],
  rangesOf: (match: FilterChainMatch) => readonly CidrRange[],
): void {
  const asked = watcher();
  if (asked === null) return;
  for (const candidate of candidates) for (const range of rangesOf(matchOf(candidate))) asked.address(ip, range);
}

/** Conditions on values of which one is enough: a chain that names the connection's value wins over those that name none. */
function valueConditions(
  valuesOf: ValuesOf,
  asked: (input: ConnectionFacts, candidates: readonly Candidate[]) => readonly string[] | Unknown,
): Conditions {
  const named = namedBy(valuesOf);
  return {
    wanted: (match) => listText(valuesOf(match)),
    valuesOf,
    keep: (candidates, input) => {
      const [first] = candidates;
      if (first !== undefined && candidates.length === 1) {
        const own = valuesOf(matchOf(first));
        if (own.length === 0) return candidates;
        const values = asked(input, candidates);
        return isUnknown(values) ? values : own.some((value) => values.includes(value)) ? candidates : [];
      }
      const all = named(candidates);
      // What no candidate that is left asks for does not decide: nor is it looked at, known or not.
      if (all.by.size === 0) return candidates;
      const values = asked(input, candidates);
      return isUnknown(values) ? values : firstNamed(all, values);
    },
    meeting: (candidates, input) => {
      const values = asked(input, candidates);
      return isUnknown(values) ? values : allNamed(named(candidates), values);
    },
  };
}

const destinationPort: Criterion = {
  name: 'destination port',
  came: (input) => String(input.local.port),
  ...valueConditions(
    ({ destination_port: port }) => (port === undefined ? [] : [String(port)]),
    ({ local }) => [String(local.port)],
  ),
};

const destinationIp: Criterion = {
  name: 'destination IP',
  came: (input) => input.local.ip,
  ...rangeConditions(
    ({ local }) => local.ip,
    (match) => match.prefix_ranges ?? [],
  ),
};

const serverName: Criterion = {
  name: 'server name',
  came: (input) => (input.detected.serverName === '' ? '(none)' : input.detected.serverName),
  ...valueConditions(
    ({ server_names: names = [] }) => names.map((name) => name.toLowerCase()),
    ({ detected }, candidates) => {
      tellServerName(detected.serverName, candidates);
      return namesFor(detected.serverName);
    },
  ),
  wanted: (match) => listText(match.server_names),
};

/** Tells who watches which names there are to choose from. */
function tellServerName(name: string, candidates: readonly Candidate[]): void {
  const asked = watcher();
  const [first] = candidates;
  if (asked === null || first === undefined) return;
  const names = candidates.flatMap((candidate) => matchOf(candidate).server_names ?? []);
  if (names.length > 0) asked.serverName(name, names, first.chain);
}

/** The name itself, then its `*.` suffixes from the longest. */
const namesFor = remembered((name: string): readonly string[] => {
  if (name === '') return [];
  const labels = name.split('.');
  return [name, ...labels.slice(1).map((_label, index) => `*.${labels.slice(index + 1).join('.')}`)];
});

const transportProtocol: Criterion = {
  name: 'transport protocol',
  came: (input) => transportOf(input.detected),
  ...valueConditions(
    ({ transport_protocol: protocol = '' }) => (protocol === '' ? [] : [protocol]),
    ({ detected }) => [transportOf(detected)],
  ),
};

const protocolsOf: ValuesOf = ({ application_protocols: protocols }) => protocols ?? [];
const namingProtocols = namedBy(protocolsOf);

const applicationProtocols: Criterion = {
  name: 'application protocols',
  came: (input) => listText(input.detected.applicationProtocols) ?? '(none)',
  ...valueConditions(protocolsOf, ({ detected }, candidates) => {
    const { by } = namingProtocols(candidates);
    const first = (offered: readonly string[]): string | null => offered.find((protocol) => by.has(protocol)) ?? null;
    answerOf(detected.applicationProtocols, first);
    return detected.applicationProtocols;
  }),
};

function sourceRanges(
  name: string,
  peerOf: (input: ConnectionFacts) => Peer,
  rangesOf: (match: FilterChainMatch) => readonly CidrRange[],
): Criterion {
  const ipOf = (input: ConnectionFacts): string | Unknown => peerOf(input).ip;
  return { name, came: (input) => factText(ipOf(input)), ...rangeConditions(ipOf, rangesOf) };
}

function factText(value: string | number | Unknown): string {
  return isUnknown(value) ? '(not known)' : String(value);
}

const directSource = sourceRanges(
  'directly connected source',
  ({ directSource: peer }) => peer,
  (match) => match.direct_source_prefix_ranges ?? [],
);

const sourceIp = sourceRanges(
  'source IP',
  ({ source }) => source,
  (match) => match.source_prefix_ranges ?? [],
);

/** Itself, or somebody else. */
function sourceTypeOf({ source, local }: ConnectionFacts): 'SAME_IP_OR_LOOPBACK' | 'EXTERNAL' | Unknown {
  const isLocal = isLocalSource(source, local);
  return isUnknown(isLocal) ? isLocal : isLocal ? 'SAME_IP_OR_LOOPBACK' : 'EXTERNAL';
}

const sourceType: Criterion = {
  name: 'source type',
  came: (input) => factText(sourceTypeOf(input)),
  ...valueConditions(({ source_type: type = 'ANY' }) => (type === 'ANY' ? [] : [type]), known(sourceTypeOf)),
};

const sourcePort: Criterion = {
  name: 'source port',
  came: (input) => factText(input.source.port),
  ...valueConditions(
    ({ source_ports: ports = [] }) => ports.map(String),
    known(({ source }) => source.port),
  ),
};

function known(
  valueOf: (input: ConnectionFacts) => string | number | Unknown,
): (input: ConnectionFacts) => readonly string[] | Unknown {
  return (input) => {
    const value = valueOf(input);
    return isUnknown(value) ? value : [String(value)];
  };
}

export const CRITERIA: readonly Criterion[] = [
  destinationPort,
  destinationIp,
  serverName,
  transportProtocol,
  applicationProtocols,
  directSource,
  sourceType,
  sourceIp,
  sourcePort,
];

function isEmpty(list: readonly unknown[] | undefined): boolean {
  return (list ?? []).length === 0;
}

function listText(list: readonly string[] | undefined): string | null {
  return isEmpty(list) ? null : (list ?? []).join(', ');
}
