/** The addresses that filter chains are told apart by: of their own matches, and of matcher trees. */
import type { CidrRange } from '../envoy/address';
import { messageOf, messageTypeOf } from '../envoy/any';
import type { Listener } from '../envoy/listener';
import { rangeWords } from '../algebra/addresses';
import { inRange, parseIp, prefixLength } from '../match/cidr';
import type { Matcher, OnMatch } from '../match/matcher-tree';

export interface ChainAddresses {
  /** Null for all of them. */
  readonly port: number | null;
  /** None for all addresses. */
  readonly ranges: readonly CidrRange[];
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener.proto (filter_chains, filter_chain_matcher) */
export function chainAddresses({ filter_chains: chains = [], filter_chain_matcher: tree }: Listener): ChainAddresses[] {
  const own = chains.map(({ filter_chain_match: match = {} }) => ({
    port: match.destination_port ?? null,
    ranges: match.prefix_ranges ?? [],
  }));
  return [...own, ...(tree === undefined ? [] : inTree(tree, { port: null, ranges: [] }, 0))];
}

const DEEPEST = 64;

/** Below a range of addresses a tree asks for ports, or the other way round. */
function inTree(matcher: Matcher, at: ChainAddresses, depth: number): ChainAddresses[] {
  if (depth > DEEPEST) return [];
  const below = (onMatch: OnMatch | undefined, place: ChainAddresses): ChainAddresses[] => [
    ...(place === at ? [] : [place]),
    ...(onMatch?.matcher === undefined ? [] : inTree(onMatch.matcher, place, depth + 1)),
  ];
  const { matcher_tree: tree, matcher_list: list } = matcher;
  const asked = messageTypeOf(tree?.input?.typed_config).split('.').at(-1);
  const exact = Object.entries(tree?.exact_match_map?.map ?? {});
  const byRange = messageOf<RangeMatcher>(tree?.custom_match?.typed_config).range_matchers ?? [];
  return [
    ...exact.flatMap(([key, onMatch]) => below(onMatch, narrowed(at, asked, key))),
    ...byRange.flatMap(({ ranges = [], on_match: onMatch }) =>
      below(onMatch, asked === 'DestinationIPInput' ? { ...at, ranges } : at),
    ),
    ...(list?.matchers ?? []).flatMap(({ on_match: onMatch }) => below(onMatch, at)),
    ...below(matcher.on_no_match, at),
  ];
}

interface RangeMatcher {
  readonly range_matchers?: readonly { readonly ranges?: readonly CidrRange[]; readonly on_match?: OnMatch }[];
}

function narrowed(at: ChainAddresses, asked: string | undefined, key: string): ChainAddresses {
  if (asked === 'DestinationPortInput') return { ...at, port: Number(key) };
  return asked === 'DestinationIPInput' ? { ...at, ranges: [{ address_prefix: key, prefix_len: 128 }] } : at;
}

export interface RangeMember {
  readonly ip: string;
  /** The range in words. */
  readonly words: string;
}

/**
 * Of each range an address that no narrower one of them holds, and that a client can dial: to the kernel 0.0.0.0 is the host
 * itself. A range that narrower ones fill has none; neither has one of every address, which is no range.
 */
export function membersOf(ranges: readonly CidrRange[]): readonly RangeMember[] {
  const distinct = new Map(ranges.map((range) => [rangeWords(range), range]));
  return [...distinct].flatMap(([words, range]) => {
    const length = prefixLength(range);
    const first = parseIp(range.address_prefix ?? '');
    if (first === null || length === 0) return [];
    const narrower = [...distinct.values()].filter((other) => prefixLength(other) > length);
    const ip = memberBeside(first.bytes, length, narrower);
    return ip === null ? [] : [{ ip, words }];
  });
}

/** An address of the usual one's family that none of the ranges holds, the usual one where it will do; null where they hold all. */
export function addressBeside(usual: string, ranges: readonly CidrRange[]): string | null {
  if (!ranges.some((range) => inRange(usual, range))) return usual;
  const bytes = parseIp(usual)?.bytes ?? [];
  return memberBeside(
    bytes.map(() => 0),
    0,
    ranges,
  );
}

/** The first address with these bits that is in none of the ranges. */
function memberBeside(prefix: readonly number[], length: number, others: readonly CidrRange[]): string | null {
  const size = prefix.length * 8;
  const end = lastOf(numberOf(prefix), length, size);
  let next = end - ((1n << BigInt(size - length)) - 1n);
  if (next === 0n) next = 1n << BigInt(size - 8);
  while (next <= end) {
    const ip = textOf(next, size);
    const around = others.find((other) => inRange(ip, other));
    if (around === undefined) return ip;
    next = lastOf(next, prefixLength(around), size) + 1n;
  }
  return null;
}

/** The last number that shares the first bits. */
function lastOf(number: bigint, length: number, size: number): bigint {
  return number | ((1n << BigInt(size - length)) - 1n);
}

function numberOf(bytes: readonly number[]): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function textOf(number: bigint, size: number): string {
  const hex = number.toString(16).padStart(size / 4, '0');
  if (size === 32) return (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join('.');
  return (hex.match(/..../g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
