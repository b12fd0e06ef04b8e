/** The addresses that filter chains are told apart by: of their own matches, and of matcher trees. */
import type { CidrRange } from '../envoy/address';
import { messageOf, messageTypeOf } from '../envoy/any';
import type { Listener } from '../envoy/listener';
import { rangeWords } from '../algebra/addresses';
import { type AddressBlock, addressBits, addressText, blockAround, blockOf } from '../match/address-block';
import { familyOf, inRange, type Ip, prefixLength } from '../match/cidr';
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
    const block = blockOf(range);
    if (block === null || length === 0) return [];
    const narrower = [...distinct.values()].filter((other) => prefixLength(other) > length);
    const ip = memberBeside(block, familyOf(range.address_prefix ?? ''), narrower);
    return ip === null ? [] : [{ ip, words }];
  });
}

/** An address of the usual one's family that none of the ranges holds, the usual one where it will do; null where they hold all. */
export function addressBeside(usual: string, ranges: readonly CidrRange[]): string | null {
  if (!ranges.some((range) => inRange(usual, range))) return usual;
  const family = familyOf(usual);
  return memberBeside(blockAround(0n, 0, family), family, ranges);
}

/** The first address of the block that is in none of the ranges. */
function memberBeside(
  { first, last }: AddressBlock,
  family: Ip['family'],
  others: readonly CidrRange[],
): string | null {
  let next = first === 0n ? 1n << BigInt(addressBits(family) - 8) : first;
  while (next <= last) {
    const ip = addressText(next, family);
    const around = others.find((other) => inRange(ip, other));
    if (around === undefined) return ip;
    next = blockAround(next, prefixLength(around), family).last + 1n;
  }
  return null;
}
