/** What a trace is expected to say, and where it says otherwise. */
import type { ClusterChance, Hop, Trace } from '../trace/model';

/** Expectations of one hop. Text compares with text; null expects that there is none. */
export interface HopExpectation {
  readonly proxy?: string | null;
  readonly direction?: string | null;
  readonly listener?: string | null;
  /** The chain's name; a number is its place in the listener. */
  readonly filterChain?: string | number | null;
  readonly routeConfiguration?: string | null;
  readonly virtualHost?: string | null;
  /** The route's name; a number is its place in the virtual host. */
  readonly route?: string | number | null;
  /** The one cluster that the request goes to. */
  readonly cluster?: string | null;
  /** Every cluster that it can go to, with its share. */
  readonly clusters?: Readonly<Record<string, number>>;
  /** Every pod that it can reach in this hop's clusters: `name` or `name.namespace`. */
  readonly pods?: OneOrMore<string>;
  /** Expectations that must not hold, each by itself. */
  readonly not?: OneOrMore<Omit<HopExpectation, 'not'>>;
}

type OneOrMore<T> = T | readonly T[];

/** Expectations of a trace; those of a hop speak of the first hop. */
export interface TraceExpectation extends Omit<HopExpectation, 'not'> {
  readonly verdict?: string | null;
  readonly reason?: string | null;
  readonly status?: number | string | null;
  readonly responseFlags?: string | null;
  readonly location?: string | null;
  readonly policy?: string | null;
  readonly hops?: readonly HopExpectation[];
  readonly not?: OneOrMore<Omit<TraceExpectation, 'not' | 'hops'>>;
}

/** An expectation that is not met. */
export interface Unmet {
  readonly key: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Shares are met within half a percent: weights are whole numbers, shares are fractions. */
const SHARE_TOLERANCE = 0.005;

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
  ...Object.keys(HOP_VALUES),
  'cluster',
  'clusters',
  'pods',
  'hops',
  'not',
];

/** Where a trace is otherwise than expected, in the order of the expectation's keys; empty where all is met. */
export function unmetExpectations(trace: Trace, expected: TraceExpectation): readonly Unmet[] {
  const own = TRACE_KEYS.flatMap((key) => unmetValue(key, expected[key], trace[key]));
  const hops = (expected.hops ?? []).flatMap((hop, index) => [
    ...unmetInHop(trace.hops[index], hop, `hops[${index}].`),
    ...forbidden(hop.not, `hops[${index}].`, (one) => unmetInHop(trace.hops[index], one, '')),
  ]);
  const not = forbidden(expected.not, '', (one) => unmetExpectations(trace, one));
  return [...own, ...unmetInHop(trace.hops[0], expected, ''), ...hops, ...not];
}

/** Expectations that are met and should not be. */
function forbidden<T extends object>(
  not: OneOrMore<T> | undefined,
  prefix: string,
  unmet: (expected: T) => readonly Unmet[],
): readonly Unmet[] {
  const list = not === undefined ? [] : Array.isArray(not) ? (not as readonly T[]) : [not as T];
  return list.flatMap((one) =>
    Object.entries(one).flatMap(([key, value]) =>
      unmet({ [key]: value as unknown } as T).length === 0
        ? [{ key: `${prefix}not.${key}`, expected: value as unknown, actual: value as unknown }]
        : [],
    ),
  );
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
    wanted.every(([name, share]) =>
      clusters.some((cluster) => cluster.name === name && Math.abs(cluster.share - share) <= SHARE_TOLERANCE),
    );
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
