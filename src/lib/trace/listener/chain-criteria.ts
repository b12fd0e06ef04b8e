/**
 * Envoy's criteria of a filter-chain match, in Envoy's order. Each keeps the candidates with the most specific entry that
 * takes the connection; there is no way back to a less specific one.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto#config-listener-v3-filterchainmatch
 */
import type { CidrRange } from '../../envoy/address';
import type { FilterChain, FilterChainMatch } from '../../envoy/listener';
import { inRange, isLoopback, parseIp, prefixLength, rangeText, sameIp } from '../../match/cidr';
import type { Detected } from '../connection';
import type { IpPort } from '../model';

/** What filter chains match. */
export interface ChainInput {
  readonly local: IpPort;
  readonly source: { readonly ip: string; readonly port: number | null };
  readonly detected: Detected;
}

/** A chain with its place in the listener. */
export interface Candidate {
  readonly chain: FilterChain;
  readonly index: number;
}

export interface Criterion {
  readonly name: string;
  /** What the connection has, in words. */
  came(input: ChainInput): string;
  /** What the chain wants, in words; null where it wants nothing. */
  wanted(match: FilterChainMatch): string | null;
  /** The candidates left. */
  keep(candidates: readonly Candidate[], input: ChainInput): readonly Candidate[];
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
    for (const name of namesFor(detected.serverName)) {
      const taken = candidates.filter((candidate) =>
        (matchOf(candidate).server_names ?? []).some((own) => own.toLowerCase() === name),
      );
      if (taken.length > 0) return taken;
    }
    return candidates.filter((candidate) => isEmpty(matchOf(candidate).server_names));
  },
};

/** The name itself, then its `*.` suffixes from the longest. */
function namesFor(name: string): readonly string[] {
  if (name === '') return [];
  const labels = name.split('.');
  return [name, ...labels.slice(1).map((_label, index) => `*.${labels.slice(index + 1).join('.')}`)];
}

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

/** What no filter set is raw_buffer in the end. */
export function transportOf(detected: Detected): string {
  return detected.transportProtocol === '' ? 'raw_buffer' : detected.transportProtocol;
}

const applicationProtocols: Criterion = {
  name: 'application protocols',
  came: (input) => listText(input.detected.applicationProtocols) ?? '(none)',
  wanted: (match) => listText(match.application_protocols),
  keep: (candidates, { detected }) => {
    for (const protocol of detected.applicationProtocols) {
      const taken = candidates.filter((candidate) =>
        (matchOf(candidate).application_protocols ?? []).includes(protocol),
      );
      if (taken.length > 0) return taken;
    }
    return candidates.filter((candidate) => isEmpty(matchOf(candidate).application_protocols));
  },
};

const directSource: Criterion = {
  name: 'directly connected source',
  came: (input) => input.source.ip,
  wanted: (match) => rangesText(match.direct_source_prefix_ranges ?? []),
  keep: (candidates, input) =>
    longestPrefix(candidates, input.source.ip, (match) => match.direct_source_prefix_ranges ?? []),
};

const sourceType: Criterion = {
  name: 'source type',
  came: (input) => sourceTypeOf(input),
  wanted: (match) => (match.source_type === undefined || match.source_type === 'ANY' ? null : match.source_type),
  keep: (candidates, input) =>
    exactOrUnset(
      candidates,
      (match) => match.source_type === sourceTypeOf(input),
      (match) => (match.source_type ?? 'ANY') === 'ANY',
    ),
};

/** What a source is to the listener: itself, or somebody else. */
export function sourceTypeOf({ source, local }: ChainInput): 'SAME_IP_OR_LOOPBACK' | 'EXTERNAL' {
  return isLoopback(source.ip) || (source.ip !== '' && sameIp(source.ip, local.ip))
    ? 'SAME_IP_OR_LOOPBACK'
    : 'EXTERNAL';
}

const sourceIp: Criterion = {
  name: 'source IP',
  came: (input) => (parseIp(input.source.ip) === null ? '(unknown)' : input.source.ip),
  wanted: (match) => rangesText(match.source_prefix_ranges ?? []),
  keep: (candidates, input) => longestPrefix(candidates, input.source.ip, (match) => match.source_prefix_ranges ?? []),
};

const sourcePort: Criterion = {
  name: 'source port',
  came: (input) => (input.source.port === null ? '(any free port)' : String(input.source.port)),
  wanted: (match) => listText((match.source_ports ?? []).map(String)),
  keep: (candidates, input) =>
    exactOrUnset(
      candidates,
      (match) => input.source.port !== null && (match.source_ports ?? []).includes(input.source.port),
      (match) => isEmpty(match.source_ports),
    ),
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
