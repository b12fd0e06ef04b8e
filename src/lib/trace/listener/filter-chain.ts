/** Chooses the filter chain of a connection: by Envoy's criteria or by the listener's matcher tree. */
import { messageOf, type TypedExtension } from '../../envoy/any';
import type { FilterChain } from '../../envoy/listener';
import { type ConnectionFacts, transportOf } from '../../http/connection-facts';
import { matchedFor } from '../../http/matcher-inputs';
import type { StreamFacts } from '../../http/stream-facts';
import { isUnknown, type Unknown } from '../../match/ternary';
import { watching } from '../../match/watch';
import { type Ending, ending } from '../hop/ending';
import { rememberedFor } from '../../remembered';
import { type HopRecord, step } from '../hop/record';
import type { CriterionCount, FilterChainCause, FilterChainFacts } from '../facts/listener';
import type { DetailOf, MissOf } from '../facts/step';
import { configOrigin } from '../../envoy/product-origin';
import type { ListenerEntry } from './listener-index';
import { type Candidate, CRITERIA, type Criterion, matchOf } from './chain-criteria';

/** The chain that serves a connection. */
export interface ChosenChain {
  readonly chain: FilterChain;
  readonly pointer: string;
}

/** Chooses the chain, default chain included; fills in the hop's filter chain. */
export function chooseFilterChain(
  entry: ListenerEntry,
  input: StreamFacts,
  record: HopRecord,
  limit: number,
): ChosenChain | Ending {
  const { filter_chain_matcher: tree } = entry.resource;
  return tree === undefined
    ? byCriteria(entry, input.connection, record, limit)
    : byTree(entry, tree, input, { record, limit });
}

const NO_CHAINS: readonly FilterChain[] = [];
/** The same list for every connection of a listener: what its criteria work out of it is remembered with it. */
const candidatesOf = rememberedFor((chains: readonly FilterChain[]): readonly Candidate[] =>
  chains.map((chain, index) => ({ chain, index })),
);

/** A candidate that was dropped, and at which criterion. */
interface Dropped {
  readonly candidate: Candidate;
  readonly criterion: Criterion;
  readonly depth: number;
  /** Whether it would have taken the connection, had there been nothing more specific. */
  readonly lessSpecific: boolean;
}

function byCriteria(
  entry: ListenerEntry,
  input: ConnectionFacts,
  record: HopRecord,
  limit: number,
): ChosenChain | Ending {
  let left = candidatesOf(entry.resource.filter_chains ?? NO_CHAINS);
  const total = left.length;
  const dropped: Dropped[] = [];
  const counts: CriterionCount[] = [];
  for (const [depth, criterion] of CRITERIA.entries()) {
    const kept = criterion.keep(left, input);
    if (isUnknown(kept)) return undecided(entry, kept, record, { left, dropped, counts, limit, input });
    if (kept.length < left.length) {
      const lost = new Set(kept);
      for (const candidate of left)
        if (!lost.has(candidate)) dropped.push(droppedBy(candidate, criterion, depth, input));
      const [before, after] = [left.length, kept.length];
      counts.push({ kind: 'chains-kept', criterion: criterion.name, came: criterion.came(input), before, after });
    }
    left = kept;
  }
  const [chosen] = left;
  const rejected = nearestDropped(dropped, input, limit);
  const facts = factsOf(entry, dropped, input);
  if (chosen !== undefined) {
    return taken(entry, chosen, record, whyChosen(chosen, counts.length, total), {
      rejected,
      rejectedCount: dropped.length,
      details: counts,
      ...facts,
    });
  }
  return orDefault(entry, input, record, { rejected, rejectedCount: dropped.length, details: counts, ...facts });
}

/** The criterion at which the last chains were dropped, and what came. */
function factsOf(entry: ListenerEntry, dropped: readonly Dropped[], { detected }: ConnectionFacts): FilterChainFacts {
  const deepest = dropped.reduce((most, { depth }) => Math.max(most, depth), 0);
  const last = dropped.filter(({ depth, lessSpecific }) => depth === deepest && !lessSpecific);
  const wanted = last.flatMap(({ candidate, criterion }) => criterion.wanted(matchOf(candidate)) ?? []);
  const [first] = last;
  return {
    ...(first === undefined ? {} : { criterion: { name: first.criterion.name, wanted } }),
    detected: {
      transport: transportOf(detected),
      serverName: detected.serverName,
      alpn: detected.applicationProtocols,
    },
    targets: portsOf(entry),
    serverNames: (entry.resource.filter_chains ?? []).flatMap((chain) => chain.filter_chain_match?.server_names ?? []),
  };
}

/** Ports that chains ask for, but for the listener's own, which istiod blocks. */
function portsOf({ resource }: ListenerEntry): readonly number[] {
  const ports = (resource.filter_chains ?? []).flatMap((chain) => chain.filter_chain_match?.destination_port ?? []);
  return [...new Set(ports)].filter((port) => port !== resource.address?.socket_address?.port_value);
}

/** How far the choice came. */
interface Progress {
  readonly left: readonly Candidate[];
  readonly dropped: readonly Dropped[];
  readonly counts: readonly CriterionCount[];
  readonly limit: number;
  readonly input: ConnectionFacts;
}

/** The chains that are left differ by something that is not known. */
function undecided(entry: ListenerEntry, { unknown: lacking }: Unknown, record: HopRecord, progress: Progress): Ending {
  const { left, dropped, counts, limit, input } = progress;
  const cause = { kind: 'chains-left', count: left.length, input: lacking } as const;
  const more = { rejected: nearestDropped(dropped, input, limit), rejectedCount: dropped.length, details: counts };
  const config = entry.resource.filter_chains === undefined ? entry.pointer : `${entry.pointer}/filter_chains`;
  record.add(step('filter-chain', 'unknown', null, cause, { ...more, config }));
  return ending('unknown', 'unknown-input', cause);
}

interface Why extends FilterChainFacts {
  readonly rejected: readonly MissOf<'filter-chain'>[];
  readonly rejectedCount: number;
  readonly details: readonly DetailOf<'filter-chain'>[];
}

function droppedBy(candidate: Candidate, criterion: Criterion, depth: number, input: ConnectionFacts): Dropped {
  // It was dropped whatever this says: nothing that is decided asks it.
  const alone = watching(null, () => criterion.keep([candidate], input));
  return { candidate, criterion, depth, lessSpecific: isUnknown(alone) || alone.length > 0 };
}

/** Those that came furthest first; of the same stage in the listener's order. */
function nearestDropped(
  dropped: readonly Dropped[],
  input: ConnectionFacts,
  limit: number,
): readonly MissOf<'filter-chain'>[] {
  return [...dropped]
    .sort((a, b) => b.depth - a.depth || a.candidate.index - b.candidate.index)
    .slice(0, limit)
    .map(({ candidate, criterion, lessSpecific }) => ({
      name: chainName(candidate),
      cause: {
        kind: 'chain-criterion',
        criterion: criterion.name,
        wanted: criterion.wanted(matchOf(candidate)),
        came: criterion.came(input),
        lessSpecific,
      },
    }));
}

function whyChosen(chosen: Candidate, stages: number, total: number): FilterChainCause {
  if (total === 1 && stages === 0) return { kind: 'only-chain' };
  const criteria = CRITERIA.flatMap((criterion) => {
    const wanted = criterion.wanted(matchOf(chosen));
    return wanted === null ? [] : [{ name: criterion.name, wanted }];
  });
  return criteria.length === 0 ? { kind: 'most-general-chain' } : { kind: 'chain-criteria', criteria };
}

function taken(
  entry: ListenerEntry,
  { chain, index }: Candidate,
  record: HopRecord,
  cause: FilterChainCause,
  why: Why,
): ChosenChain {
  const pointer = `${entry.pointer}/filter_chains/${index}`;
  const more = { ...why, config: pointer, origin: configOrigin(chain.metadata) };
  record.add(step('filter-chain', 'matched', chain.name ?? `#${index}`, cause, more));
  record.fill({ filterChain: { name: chain.name ?? null, index, default: false } });
  return { chain, pointer };
}

function orDefault(entry: ListenerEntry, input: ConnectionFacts, record: HopRecord, why: Why): ChosenChain | Ending {
  const chain = entry.resource.default_filter_chain;
  if (chain !== undefined) {
    const pointer = `${entry.pointer}/default_filter_chain`;
    const cause = { kind: 'default-chain' } as const;
    record.add(step('filter-chain', 'matched', chain.name ?? 'default', cause, { ...why, config: pointer }));
    record.fill({ filterChain: { name: chain.name ?? null, index: null, default: true } });
    return { chain, pointer };
  }
  const { local, detected } = input;
  const cause = { kind: 'no-chain', listener: entry.name, local, detected } as const;
  const config = entry.resource.filter_chains === undefined ? entry.pointer : `${entry.pointer}/filter_chains`;
  record.add(step('filter-chain', 'missed', null, cause, { ...why, config }));
  return ending('failed', 'no-filter-chain', cause, { responseFlags: 'NR' });
}

function chainName({ chain, index }: Candidate): string {
  return chain.name ?? `#${index}`;
}

function byTree(
  entry: ListenerEntry,
  tree: Readonly<Record<string, unknown>>,
  input: StreamFacts,
  { record, limit }: { readonly record: HopRecord; readonly limit: number },
): ChosenChain | Ending {
  const found = matchedFor(tree, input);
  const why: Why = { rejected: [], rejectedCount: 0, details: found.path.map(pathStep) };
  if (found.unknown !== null) {
    const cause = { kind: 'chain-matcher-open', input: found.unknown } as const;
    record.add(
      step('filter-chain', 'unknown', null, cause, { ...why, config: `${entry.pointer}/filter_chain_matcher` }),
    );
    return ending('unknown', 'unknown-input', cause);
  }
  if (found.action === null) return orDefault(entry, input.connection, record, why);
  const name = chainNameOf(found.action);
  const chains = entry.resource.filter_chains ?? [];
  const index = chains.findIndex((chain) => chain.name === name);
  const chain = chains[index];
  if (chain === undefined) {
    const cause = { kind: 'chain-matcher-names-none', name } as const;
    record.add(
      step('filter-chain', 'missed', name, cause, { ...why, config: `${entry.pointer}/filter_chain_matcher` }),
    );
    return ending('failed', 'no-filter-chain', cause, { responseFlags: 'NR' });
  }
  const rejected = chains.flatMap((other, position): readonly MissOf<'filter-chain'>[] =>
    position === index ? [] : [{ name: other.name ?? `#${position}`, cause: { kind: 'matcher-names-another' } }],
  );
  return taken(
    entry,
    { chain, index },
    record,
    { kind: 'chain-matcher', path: found.path },
    {
      ...why,
      rejected: rejected.slice(0, limit),
      rejectedCount: rejected.length,
    },
  );
}

function pathStep(path: string): DetailOf<'filter-chain'> {
  return { kind: 'chain-matcher-step', path };
}

function chainNameOf(action: TypedExtension): string {
  const { value } = messageOf<{ value?: string }>(action.typed_config);
  return value ?? action.name ?? '';
}
