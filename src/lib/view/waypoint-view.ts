/** `pc listener --waypoint`: filter chains in their order, with the way through the matcher tree that leads to each. */
import { messageOf, type TypedExtension } from '../envoy/any';
import type { ResourceEntry } from '../envoy/config-dump';
import type { FilterChain, Listener } from '../envoy/listener';
import type { Matcher } from '../match/matcher-tree';
import { layout } from './layout';
import { destinationOf, matchCell } from './listener-text';
import { keyOf, type PresentListener, listenerSpec, sortedByPort } from './listener-view';
import { dumpView } from './resource-view';

/** A chain of a listener and a way to it. */
interface Row {
  readonly label: string;
  readonly chain: FilterChain;
  readonly match: string;
}

/** Listeners in the order of the listener view, but that internal ones are by name; whatever the filters. */
export const waypointView = dumpView<ResourceEntry<Listener>, PresentListener, SortKey>(
  {
    ...listenerSpec,
    // Its cells are read from more fields than a mask could name.
    reading: null,
    filters: {},
    notes: () => [],
    sorted: {
      names: false,
      json: false,
      key: (entry) => ({ entry, place: keyOf(entry) }),
      order: internalByName,
    },
    short: layout<PresentListener, Row>(
      1,
      [
        { heading: 'LISTENER', cell: ({ label }) => label },
        { heading: 'CHAIN', cell: ({ chain }) => chain.name ?? '' },
        { heading: 'MATCH', cell: ({ match }) => match },
        { heading: 'DESTINATION', cell: ({ chain }) => destinationOf(chain) },
      ],
      ({ resource }) => rowsOf(resource),
    ),
  },
  { section: 'Listeners', isSectionNeeded: true, isEntryNeeded: true },
);

interface SortKey {
  readonly entry: PresentListener;
  readonly place: ReturnType<typeof keyOf>;
}

function internalByName<T extends { readonly key: SortKey }>(lines: readonly T[]): readonly T[] {
  const byPort = sortedByPort(lines.map((line) => ({ line, key: line.key.place }))).map(({ line }) => line);
  return [...byPort].sort(({ key: { entry: a } }, { key: { entry: b } }) =>
    isInternal(a.resource) && isInternal(b.resource) ? ((a.resource.name ?? '') < (b.resource.name ?? '') ? -1 : 1) : 0,
  );
}

function isInternal(listener: Listener): boolean {
  return listener.internal_listener !== undefined;
}

function rowsOf(listener: Listener): readonly Row[] {
  const { default_filter_chain: standard, filter_chains: own = [], name = '' } = listener;
  const chains = standard === undefined ? own : [...own, standard];
  const paths = listener.filter_chain_matcher === undefined ? null : pathsOf(listener.filter_chain_matcher);
  const isOwnName = isInternal(listener) && chains.length === 1 && chains[0]?.name === name;
  const label = isOwnName ? 'internal' : `envoy://${name}`;
  return chains.flatMap((chain) => matchesOf(chain, paths).map((match) => ({ label, chain, match })));
}

function matchesOf(chain: FilterChain, paths: ReadonlyMap<string, readonly string[]> | null): readonly string[] {
  return paths === null ? [matchCell(chain.filter_chain_match ?? {})] : (paths.get(chain.name ?? '') ?? ['NONE']);
}

/** The ways that lead to each chain. */
function pathsOf(matcher: Matcher): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>();
  walk(matcher, [], (chain, path) => {
    paths.set(chain, [...(paths.get(chain) ?? []), path.join(' -> ')]);
  });
  return paths;
}

type OnMatch = NonNullable<Matcher['on_no_match']>;
type Found = (chain: string, path: readonly string[]) => void;

function walk(matcher: Matcher, path: readonly string[], found: Found): void {
  const tree = matcher.matcher_tree;
  const input = tree?.input?.name ?? '';
  for (const [key, onMatch] of Object.entries(tree?.exact_match_map?.map ?? {})) {
    follow(onMatch, [...path, `${input}=${key}`], found);
  }
  for (const [key, onMatch] of Object.entries(tree?.prefix_match_map?.map ?? {})) {
    follow(onMatch, [...path, `${input}^${key}`], found);
  }
  for (const { ranges, onMatch } of rangesOf(tree?.custom_match))
    follow(onMatch, [...path, `${input}=${ranges}`], found);
  follow(matcher.on_no_match, [...path, path.length === 0 ? 'UNMATCHED' : 'ANY'], found);
}

function follow(onMatch: OnMatch | undefined, path: readonly string[], found: Found): void {
  if (onMatch?.matcher !== undefined) walk(onMatch.matcher, path, found);
  else if (onMatch?.action !== undefined) found(chainName(onMatch.action), path);
}

function chainName(action: TypedExtension): string {
  return messageOf<{ value?: string }>(action.typed_config).value ?? action.name ?? '';
}

interface IpMatcher {
  readonly range_matchers?: readonly {
    readonly ranges?: readonly { readonly address_prefix?: string; readonly prefix_len?: number }[];
    readonly on_match?: OnMatch;
  }[];
}

function rangesOf(
  custom: TypedExtension | undefined,
): readonly { readonly ranges: string; readonly onMatch: OnMatch | undefined }[] {
  return (messageOf<IpMatcher>(custom?.typed_config).range_matchers ?? []).map((one) => ({
    ranges: (one.ranges ?? [])
      .map(({ address_prefix: prefix = '', prefix_len: length = 0 }) =>
        length === (prefix.includes(':') ? 128 : 32) ? prefix : `${prefix}/${length}`,
      )
      .join(','),
    onMatch: one.on_match,
  }));
}
