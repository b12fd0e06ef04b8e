/**
 * Envoy's criteria of a filter-chain match, in Envoy's order. Each keeps the candidates with the most specific entry that
 * takes the connection; Envoy does not go back to a less specific one.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto#config-listener-v3-filterchainmatch
 */
import type { CidrRange } from '../../envoy/address';
import type { FilterChain, FilterChainMatch } from '../../envoy/listener';
import { type ConnectionFacts, type Peer, transportOf } from '../../http/connection-facts';
import { isLocalSource } from '../../http/matcher-inputs';
import { inRange, mayBeInRange, prefixLength, rangeText } from '../../match/cidr';
import { isUnknown, some, type Unknown } from '../../match/ternary';
import { answerOf, watcher } from '../../match/watch';
import { remembered } from '../../remembered';

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
  /** The candidates left; unknown where they differ by something that is not known. */
  keep(candidates: readonly Candidate[], input: ConnectionFacts): readonly Candidate[] | Unknown;
}

export function matchOf({ chain }: Candidate): FilterChainMatch {
  return chain.filter_chain_match ?? {};
}

/** Candidates that name the value where there are any, else those that name none. */
function exactOrUnset(
  candidates: readonly Candidate[],
  holds: (match: FilterChainMatch) => boolean,
  isUnset: (match: FilterChainMatch) => boolean,
): readonly Candidate[] {
  const exact = candidates.filter((candidate) => holds(matchOf(candidate)));
  return exact.length > 0 ? exact : candidates.filter((candidate) => isUnset(matchOf(candidate)));
}

function longestPrefix(
  candidates: readonly Candidate[],
  ip: string,
  rangesOf: (match: FilterChainMatch) => readonly CidrRange[],
): readonly Candidate[] {
  const scored = candidates.map((candidate) => ({ candidate, length: prefixTaken(rangesOf(matchOf(candidate)), ip) }));
  const longest = Math.max(-1, ...scored.map(({ length }) => length));
  return longest < 0 ? [] : scored.filter(({ length }) => length === longest).map(({ candidate }) => candidate);
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

/** The longest prefix that holds the address; no range at all is the prefix of length 0; -1 where none holds it. */
function prefixTaken(ranges: readonly CidrRange[], ip: string): number {
  if (ranges.length === 0) return 0;
  return Math.max(-1, ...ranges.filter((range) => inRange(ip, range)).map(prefixLength));
}

function rangesText(ranges: readonly CidrRange[]): string | null {
  return ranges.length === 0 ? null : ranges.map(rangeText).join(', ');
}

const destinationPort: Criterion = {
  name: 'destination port',
  came: (input) => String(input.local.port),
  wanted: (match) => (match.destination_port === undefined ? null : String(match.destination_port)),
  keep: (candidates, input) =>
    exactOrUnset(
      candidates,
      (match) => match.destination_port === input.local.port,
      (match) => match.destination_port === undefined,
    ),
};

const destinationIp: Criterion = {
  name: 'destination IP',
  came: (input) => input.local.ip,
  wanted: (match) => rangesText(match.prefix_ranges ?? []),
  keep: (candidates, input) => longestPrefix(candidates, input.local.ip, (match) => match.prefix_ranges ?? []),
};

const serverName: Criterion = {
  name: 'server name',
  came: (input) => (input.detected.serverName === '' ? '(none)' : input.detected.serverName),
  wanted: (match) => listText(match.server_names),
  keep: (candidates, { detected }) => {
    tellServerName(detected.serverName, candidates);
    for (const name of namesFor(detected.serverName)) {
      const taken = candidates.filter((candidate) =>
        (matchOf(candidate).server_names ?? []).some((own) => own.toLowerCase() === name),
      );
      if (taken.length > 0) return taken;
    }
    return candidates.filter((candidate) => isEmpty(matchOf(candidate).server_names));
  },
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
  wanted: (match) => (match.transport_protocol ?? '') || null,
  keep: (candidates, { detected }) =>
    exactOrUnset(
      candidates,
      (match) => match.transport_protocol === transportOf(detected),
      (match) => (match.transport_protocol ?? '') === '',
    ),
};

const applicationProtocols: Criterion = {
  name: 'application protocols',
  came: (input) => listText(input.detected.applicationProtocols) ?? '(none)',
  wanted: (match) => listText(match.application_protocols),
  keep: (candidates, { detected }) => {
    const protocol = answerOf(detected.applicationProtocols, (offered) => protocolTaken(candidates, offered));
    return candidates.filter((candidate) => {
      const own = matchOf(candidate).application_protocols;
      return protocol === null ? isEmpty(own) : own?.includes(protocol) === true;
    });
  },
};

/** The first protocol that a candidate names; null where none does. */
function protocolTaken(candidates: readonly Candidate[], offered: readonly string[]): string | null {
  const named = new Set(candidates.flatMap((candidate) => matchOf(candidate).application_protocols ?? []));
  return offered.find((protocol) => named.has(protocol)) ?? null;
}

/** What is not known decides only where a candidate that is left asks for it. */
function unlessAsked<T>(
  candidates: readonly Candidate[],
  value: T | Unknown,
  { wanted, keep }: { readonly wanted: Criterion['wanted']; readonly keep: (value: T) => readonly Candidate[] },
): readonly Candidate[] | Unknown {
  if (!isUnknown(value)) return keep(value);
  return candidates.some((candidate) => wanted(matchOf(candidate)) !== null) ? value : candidates;
}

function sourceRanges(
  name: string,
  peerOf: (input: ConnectionFacts) => Peer,
  rangesOf: (match: FilterChainMatch) => readonly CidrRange[],
): Criterion {
  const wanted: Criterion['wanted'] = (match) => rangesText(rangesOf(match));
  return {
    name,
    came: (input) => factText(peerOf(input).ip),
    wanted,
    keep: (candidates, input) => {
      const { ip } = peerOf(input);
      return isUnknown(ip) ? anyPrefix(candidates, ip, rangesOf) : longestPrefix(candidates, ip, rangesOf);
    },
  };
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

const wantedType: Criterion['wanted'] = (match) =>
  match.source_type === undefined || match.source_type === 'ANY' ? null : match.source_type;

const sourceType: Criterion = {
  name: 'source type',
  came: (input) => factText(sourceTypeOf(input)),
  wanted: wantedType,
  keep: (candidates, input) =>
    unlessAsked(candidates, sourceTypeOf(input), {
      wanted: wantedType,
      keep: (type) =>
        exactOrUnset(
          candidates,
          (match) => match.source_type === type,
          (match) => wantedType(match) === null,
        ),
    }),
};

const wantedPorts: Criterion['wanted'] = (match) => listText((match.source_ports ?? []).map(String));

const sourcePort: Criterion = {
  name: 'source port',
  came: (input) => factText(input.source.port),
  wanted: wantedPorts,
  keep: (candidates, input) =>
    unlessAsked(candidates, input.source.port, {
      wanted: wantedPorts,
      keep: (port) =>
        exactOrUnset(
          candidates,
          (match) => (match.source_ports ?? []).includes(port),
          (match) => isEmpty(match.source_ports),
        ),
    }),
};

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
