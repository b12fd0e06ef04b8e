/** What becomes of a request, as far as its caller or its server would notice, so that two walks can be compared. */
import { rememberedFor } from '../remembered';
import { ROUTE_SETTING_KEYS } from '../trace/facts/routing';
import { type Branch, type EndpointChance, FACTS, type Hop, type Outcome, type Step, type Trace } from '../trace/model';
import { workloadOf } from './pair-proxies';

/** One way that a request can take. */
export interface OutcomeWay {
  readonly share: number;
  readonly verdict: string;
  readonly reason: string | null;
  readonly status: number | null;
  readonly responseFlags: string | null;
  readonly location: string | null;
  readonly policy: string | null;
  readonly hops: readonly HopOutcome[];
}

interface HopOutcome {
  readonly proxy: string | null;
  readonly direction: string;
  /** Each cluster's share. */
  readonly clusters: Readonly<Record<string, number>>;
  /** Who answers there: workloads, or addresses that are no known pod's. */
  readonly destinations: readonly string[];
  /** What the route sets: timeouts, retries, rewrites; and the delay that a fault injects. What comes several times, mirrors or headers, is a list. */
  readonly settings: Readonly<Record<string, string | readonly string[]>>;
}

/** Every way of a trace, the walked one first. */
export function waysOf(trace: Trace): readonly OutcomeWay[] {
  const rest = trace.branches.reduce((sum, { share }) => sum + share, 0);
  const ways: OutcomeWay[] = [];
  const refused = new Map<string, number>();
  for (const { share, walked } of [
    { share: 1 - rest, walked: trace },
    ...trace.branches.map((branch: Branch) => ({ share: branch.share, walked: branch })),
  ]) {
    const way = wayOf(walked, rounded(share));
    // A filter refuses it whatever lot would be drawn behind it.
    const key = isRefused(walked.hops.at(-1)) ? JSON.stringify({ ...way, share: null }) : null;
    const before = key === null ? undefined : refused.get(key);
    const known = before === undefined ? undefined : ways[before];
    if (before !== undefined && known !== undefined) ways[before] = { ...known, share: rounded(known.share + share) };
    else {
      if (key !== null) refused.set(key, ways.length);
      ways.push(way);
    }
  }
  return ways;
}

/** Whether a filter of the proxy answers in place of sending on: the route and its clusters come to nothing. */
function isRefused(hop: Hop | undefined): boolean {
  const last = hop?.steps.at(-1);
  return last?.stage === 'http-filter' && last.outcome === 'ended';
}

function wayOf(outcome: Outcome & { readonly hops: readonly Hop[] }, share: number): OutcomeWay {
  const { verdict, reason, status, responseFlags, location, policy, hops } = outcome;
  return { share, verdict, reason, status, responseFlags, location, policy, hops: hops.map(hopOf) };
}

function hopOf(hop: Hop): HopOutcome {
  const { proxy, direction, clusters, steps } = hop;
  if (isRefused(hop)) {
    const settings = byKey(steps.flatMap(delaysOf));
    return { proxy: proxy === null ? null : nameOf(proxy), direction, clusters: {}, destinations: [], settings };
  }
  const [first, ...others] = clusters.map(({ endpoints }) => namesOf(endpoints));
  return {
    proxy: proxy === null ? null : nameOf(proxy),
    direction,
    clusters: Object.fromEntries(clusters.map(({ name, share }) => [name, rounded(share)])),
    destinations: others.length === 0 ? (first ?? []) : [...new Set([first ?? [], ...others].flat())].sort(),
    settings: byKey(steps.flatMap((step) => [...settingsOf(step), ...delaysOf(step)])),
  };
}

/**
 * Who these are, each once and in order: there can be 100,000, and as many ways to them as are walked. Who is sent nothing, for its
 * health or its priority, is not among them.
 */
const namesOf = rememberedFor((endpoints: readonly EndpointChance[]): readonly string[] => {
  const names = endpoints
    .filter(({ share }) => share > 0)
    .map(({ pod, address, port }) => (pod === null ? `${address}:${port}` : nameOf(pod)));
  return [...new Set(names)].sort();
});

type Keyed = readonly [key: string, text: string];

/** What a route sets, and how: the texts of a told step end with those of its facts' settings. */
function settingsOf({ details, [FACTS]: facts }: Step): readonly Keyed[] {
  if (facts?.stage !== 'route') return [];
  const told = details.slice(details.length - facts.details.length);
  return facts.details.map(({ kind }, index) => [ROUTE_SETTING_KEYS[kind], told[index]?.[1] ?? '']);
}

/** How long faults hold a request back. */
function delaysOf({ details, [FACTS]: facts }: Step): readonly Keyed[] {
  if (facts?.stage !== 'http-filter') return [];
  const told = details.slice(details.length - facts.details.length);
  return facts.details.flatMap(({ kind }, index) => (kind === 'delay' ? [['delay', told[index]?.[1] ?? '']] : []));
}

function byKey(settings: readonly Keyed[]): HopOutcome['settings'] {
  const keys = new Set(settings.map(([key]) => key));
  return Object.fromEntries(
    [...keys].map((key) => {
      const [text = '', ...more] = settings.filter(([own]) => own === key).map(([, own]) => own);
      return [key, more.length === 0 ? text : [text, ...more]];
    }),
  );
}

/** A pod's workload: its name outlives a rollout. */
function nameOf(pod: string): string {
  const dot = pod.lastIndexOf('.');
  return dot < 0 ? pod : workloadOf({ name: pod.slice(0, dot), namespace: pod.slice(dot + 1) });
}

/** Shares to a hundredth of a percent. */
function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
