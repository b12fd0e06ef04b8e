/** What a trace is expected to say, and where it says otherwise. */
import type { Branch, ClusterChance, Hop, Trace } from '../trace/model';
import { unmetBranches, unmetShare } from './branch-expectation';
import type { HopExpectation, OneOrMore, TraceExpectation, Unmet, WayExpectation } from './expectation-types';
import { isNear } from './shares';

export type { HopExpectation, TraceExpectation, Unmet } from './expectation-types';

const TRACE_KEYS = ['verdict', 'reason', 'status', 'responseFlags', 'location', 'policy'] as const;

/** What a hop says to a key; where a number is expected of a chain or route, it is the place in its list. */
const HOP_VALUES: Readonly<Record<string, (hop: Hop, expected: unknown) => unknown>> = {
  proxy: (hop) => hop.proxy,
  direction: (hop) => hop.direction,
  listener: (hop) => hop.listener?.name ?? null,
  filterChain: ({ filterChain }, expected) => numberOrName(filterChain, expected),
  routeConfiguration: (hop) => hop.routeConfiguration?.name ?? null,
  virtualHost: (hop) => hop.virtualHost?.name ?? null,
  route: ({ route }, expected) => numberOrName(route, expected),
};

function numberOrName(one: Hop['route'] | Hop['filterChain'], expected: unknown): unknown {
  return (typeof expected === 'number' ? one?.index : one?.name) ?? null;
}

/** Every key that an expectation can have, for messages about unknown ones. */
export const EXPECTATION_KEYS: readonly string[] = [
  ...TRACE_KEYS,
  'share',
  'branches',
  ...Object.keys(HOP_VALUES),
  'cluster',
  'clusters',
  'pods',
  'hops',
  'not',
];

/** Where a trace is otherwise than expected, in the order of the expectation's keys; empty where all is met. */
export function unmetExpectations(trace: Trace, expected: TraceExpectation): readonly Unmet[] {
  const ways = [
    ...unmetShare(trace, expected.share, expected.verdict),
    ...unmetBranches(trace, expected.branches, (branch, one) => unmetInWay(branch, one).length === 0),
  ];
  const not = forbidden(expected.not, '', (one) => unmetExpectations(trace, one));
  return [...unmetInWay(trace, expected), ...ways, ...not];
}

/** Whether an expectation asks what the other ways are: all of them are walked for it. */
export function asksForBranches({ share, branches, not }: TraceExpectation): boolean {
  return share !== undefined || branches !== undefined || listOf(not).some(asksForBranches);
}

/** What a way says otherwise, its chance left aside. */
function unmetInWay(way: Trace | Branch, expected: WayExpectation & Pick<TraceExpectation, 'hops'>): readonly Unmet[] {
  const own = TRACE_KEYS.flatMap((key) => unmetValue(key, expected[key], way[key]));
  const hops = (expected.hops ?? []).flatMap((hop, index) => [
    ...unmetInHop(way.hops[index], hop, `hops[${index}].`),
    ...forbidden(hop.not, `hops[${index}].`, (one) => unmetInHop(way.hops[index], one, '')),
  ]);
  return [...own, ...unmetInHop(way.hops[0], expected, ''), ...hops];
}

/** Expectations that are met and should not be. */
function forbidden<T extends object>(
  not: OneOrMore<T> | undefined,
  prefix: string,
  unmet: (expected: T) => readonly Unmet[],
): readonly Unmet[] {
  return listOf(not).flatMap((one) =>
    Object.entries(one).flatMap(([key, value]) =>
      unmet({ [key]: value as unknown } as T).length === 0
        ? [{ key: `${prefix}not.${key}`, expected: value as unknown, actual: value as unknown }]
        : [],
    ),
  );
}

function listOf<T extends object>(one: OneOrMore<T> | undefined): readonly T[] {
  return one === undefined ? [] : Array.isArray(one) ? (one as readonly T[]) : [one as T];
}

function unmetInHop(hop: Hop | undefined, expected: Omit<HopExpectation, 'not'>, prefix: string): readonly Unmet[] {
  const values = Object.entries(HOP_VALUES).flatMap(([key, valueOf]) => {
    const wanted = (expected as Readonly<Record<string, unknown>>)[key];
    return unmetValue(`${prefix}${key}`, wanted, hop === undefined ? null : valueOf(hop, wanted));
  });
  const clusters = hop?.clusters ?? [];
  return [
    ...values,
    ...unmetCluster(`${prefix}cluster`, expected.cluster, clusters),
    ...unmetShares(`${prefix}clusters`, expected.clusters, clusters),
    ...unmetPods(`${prefix}pods`, expected.pods, clusters),
  ];
}

function unmetValue(key: string, expected: unknown, actual: unknown): readonly Unmet[] {
  if (expected === undefined || textOfScalar(expected) === textOfScalar(actual)) return [];
  return [{ key, expected, actual }];
}

/** Numbers and their texts are the same expectation: flags give text, files give numbers. */
function textOfScalar(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function unmetCluster(
  key: string,
  expected: string | number | null | undefined,
  clusters: readonly ClusterChance[],
): readonly Unmet[] {
  if (expected === undefined) return [];
  const names = clusters.map((cluster) => cluster.name);
  const met =
    expected === null ? names.length === 0 : names.length === 1 && textOfScalar(names[0]) === textOfScalar(expected);
  return met ? [] : [{ key, expected, actual: names.length <= 1 ? (names[0] ?? null) : names }];
}

function unmetShares(
  key: string,
  expected: Readonly<Record<string, number>> | undefined,
  clusters: readonly ClusterChance[],
): readonly Unmet[] {
  if (expected === undefined) return [];
  const wanted = Object.entries(expected).filter(([, share]) => share > 0);
  const met =
    wanted.length === clusters.length &&
    wanted.every(([name, share]) => clusters.some((cluster) => cluster.name === name && isNear(cluster.share, share)));
  return met ? [] : [{ key, expected, actual: Object.fromEntries(clusters.map(({ name, share }) => [name, share])) }];
}

function unmetPods(
  key: string,
  expected: OneOrMore<string> | undefined,
  clusters: readonly ClusterChance[],
): readonly Unmet[] {
  if (expected === undefined) return [];
  const wanted = typeof expected === 'string' ? [expected] : expected;
  const reached = clusters.flatMap((cluster) => cluster.endpoints.filter((endpoint) => endpoint.share > 0));
  const actual = [...new Set(reached.map((endpoint) => endpoint.pod ?? `${endpoint.address}:${endpoint.port}`))].sort();
  const met =
    actual.every((pod) => wanted.some((name) => isNamed(pod, name))) &&
    wanted.every((name) => actual.some((pod) => isNamed(pod, name)));
  return met ? [] : [{ key, expected, actual }];
}

function isNamed(pod: string, name: string): boolean {
  const dot = pod.lastIndexOf('.');
  return (
    pod === name || (dot > 0 && (pod.slice(0, dot) === name || `${pod.slice(dot + 1)}/${pod.slice(0, dot)}` === name))
  );
}
