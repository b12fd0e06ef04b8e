/** The other ways that a request can go where Envoy draws lots, each with its chance. */
import { type Alternative, alternatives, Decisions } from './decisions';
import type { Drawn } from './facts/draws';
import type { Journey } from './journey/journey';
import type { BranchFacts, HopFacts } from './model';
import { reachedIn } from './hop/reached';
import { NeedsProxy } from './known-mesh';
import { keyOfNeed, NeedsObjects, type ObjectsNeeded } from '../mesh/asked-objects';
import { type ProxyId, proxyName } from '../proxy-id';

/** Walks beyond this are left out; what they would add is very unlikely. */
const MOST_WALKS = 256;

/**
 * Each way lists all clusters of its routes, and looks at all options of its draws. No further way is walked once there are so many, so
 * that a route with thousands of weighted clusters takes no thousands times as many, be they clusters of as many names or of one.
 */
const MOST_LISTED = 100_000;

/** Whether another option of a draw is walked. */
export type OtherWays = (option: Drawn) => boolean;

const ANY_OTHER: OtherWays = () => true;

/** Who asks for one proxy alone sees the endpoints of a cluster in its hop. */
export const BUT_ENDPOINTS: OtherWays = ({ kind }) => kind !== 'endpoint';

interface Walked {
  readonly journey: Journey;
  readonly decisions: Decisions;
}

/** Every way of a request. */
export interface Ways {
  /** The chance of the main way. */
  readonly share: number;
  /** The others, the likeliest first. */
  readonly branches: readonly BranchFacts[];
  /** The chance of ways that were not walked; absent where all were. */
  readonly unwalked?: number;
}

/** Shares are sums of products of fractions: less than this is nothing. */
const NOTHING = 1e-9;

/**
 * Walks every way that differs from the main one, the likeliest first and as many as are bearable, and puts those together that go through the same
 * listeners, routes and clusters to the same end: shares sum to 1. Throws NeedsProxy with every proxy that is still to be
 * fetched, and before that NeedsObjects with every object.
 * @param others which of them are walked; what is left out has no share
 */
export function waysOf(
  main: Journey,
  decisions: Decisions,
  walk: (decisions: Decisions) => Journey,
  others: OtherWays = ANY_OTHER,
): Ways {
  const groups = new Map<string, Walked[]>();
  const own = { journey: main, decisions };
  for (const walked of [own, ...walkAll(own, walk, others)]) {
    const key = keyOf(walked);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [walked]);
    else group.push(walked);
  }
  const ownKey = keyOf(own);
  const share = shareOf(groups.get(ownKey) ?? []);
  groups.delete(ownKey);
  const branches = [...groups.values()].map(toBranch).sort((a, b) => b.share - a.share);
  const unwalked = branches.reduce((left, branch) => left - branch.share, 1 - share);
  return { share, branches, ...(unwalked > NOTHING ? { unwalked } : {}) };
}

function shareOf(group: readonly Walked[]): number {
  return group.reduce((sum, one) => sum + one.decisions.share, 0);
}

function opened(forced: number, { draws }: Decisions, others: OtherWays): readonly Alternative[] {
  return alternatives(forced, draws).filter(({ option }) => others(option.of));
}

function walkAll(main: Walked, walk: (decisions: Decisions) => Journey, others: OtherWays): readonly Walked[] {
  let open = likeliest(opened(0, main.decisions, others), MOST_WALKS);
  let listed = listedIn(main);
  const found: Walked[] = [];
  const needed = new Map<string, ProxyId>();
  const objects = new Map<string, ObjectsNeeded>();
  for (let left = MOST_WALKS; left > 0 && listed < MOST_LISTED; left -= 1) {
    const [next, ...rest] = open;
    if (next === undefined) break;
    open = rest;
    const forced = next.forced();
    const own = new Decisions(forced);
    try {
      const journey = walk(own);
      const walked = { journey, decisions: own };
      found.push(walked);
      listed += listedIn(walked);
    } catch (error) {
      if (error instanceof NeedsProxy) for (const id of error.ids) needed.set(proxyName(id), id);
      else if (error instanceof NeedsObjects) for (const one of error.needed) objects.set(keyOfNeed(one), one);
      else throw error;
      continue;
    }
    open = likeliest([...open, ...opened(forced.length, own, others)], left - 1);
  }
  if (objects.size > 0) throw new NeedsObjects([...objects.values()]);
  if (needed.size > 0) throw new NeedsProxy([...needed.values()]);
  return found;
}

/** As many as can be walked yet; of equals the first. */
function likeliest(open: readonly Alternative[], most: number): readonly Alternative[] {
  return [...open].sort((a, b) => b.share - a.share).slice(0, most);
}

function listedIn({ journey, decisions }: Walked): number {
  const clusters = journey.hops.reduce((sum, hop) => sum + hop.clusters.length, 0);
  return Math.max(
    clusters,
    decisions.draws.reduce((sum, { options }) => sum + options.length, 0),
  );
}

/** Endpoints are as good as each other unless they lead elsewhere. */
function keyOf({ journey, decisions }: Walked): string {
  return JSON.stringify([
    drawnIn(decisions).filter(({ kind }) => kind !== 'endpoint'),
    journey.outcome,
    journey.hops.map(signature),
    arrival(journey),
  ]);
}

function drawnIn({ draws }: Decisions): readonly Drawn[] {
  return draws.flatMap(({ options, taken }) => options[taken]?.of ?? []);
}

/** Who gets it behind the last proxy: pods of one workload are one, two workloads without a proxy are two. */
function arrival({ hops }: Journey): unknown {
  const place = reachedIn(hops.at(-1)?.steps ?? []);
  if (place === null || !('pod' in place)) return place;
  return { ...place, pod: place.pod?.replace(POD_SUFFIX, '') };
}

/** What Kubernetes appends to a workload's name to name its pods: they are configured alike. */
const POD_SUFFIX = /-(?:[0-9a-f]{8,10}-[0-9a-z]{5}|\d{1,5})(?=\.)/;

function signature(hop: HopFacts): unknown {
  const workload = hop.proxy?.replace(POD_SUFFIX, '');
  const { direction, listener, filterChain, routeConfiguration, virtualHost, route, clusters } = hop;
  const names = clusters.map(({ name }) => name);
  return [
    workload,
    direction,
    listener?.name,
    filterChain?.name,
    routeConfiguration?.name,
    virtualHost?.name,
    route?.index,
    names,
  ];
}

function toBranch(group: readonly Walked[]): BranchFacts {
  const likeliest = group.reduce((best, one) => (one.decisions.share > best.decisions.share ? one : best));
  const { journey, decisions } = likeliest;
  return {
    ...journey.outcome,
    share: shareOf(group),
    drawn: drawnIn(decisions),
    hops: journey.hops,
  };
}
