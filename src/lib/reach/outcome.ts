/** How a class of requests ends: a trace without what tells its requests apart. */
import type { Branch, Hop, Outcome, Trace } from '../trace/model';

export interface ClassOutcome {
  readonly verdict: Outcome['verdict'];
  readonly reason: Outcome['reason'];
  readonly status: number | null;
  readonly responseFlags: string | null;
  /** The first proxy's clusters, each with its chance from 0 to 1. */
  readonly clusters: readonly { readonly name: string; readonly share: number }[];
  /** `POD.NAMESPACE` of every pod where it can end, or its address. */
  readonly destinations: readonly string[];
  /** Of a denial: the policy that matched. */
  readonly policy: string | null;
  /** The proxies that it goes through, with the route that each takes. */
  readonly hops: readonly {
    readonly proxy: string | null;
    readonly direction: Hop['direction'];
    readonly route: string | null;
  }[];
  /** Other ends, where lots are drawn and the end differs: an injected fault, a part of the destinations. */
  readonly otherwise: readonly {
    readonly share: number;
    readonly verdict: Outcome['verdict'];
    readonly status: number | null;
  }[];
}

/** How a trace ends, as far as requests of one class have it in common. */
export function outcomeOf(trace: Trace): ClassOutcome {
  const { verdict, reason, status, responseFlags, policy, hops, branches } = trace;
  return {
    verdict,
    reason,
    status,
    responseFlags,
    clusters: (hops[0]?.clusters ?? []).map(({ name, share }) => ({ name, share: rounded(share) })),
    destinations: [...new Set([trace, ...branches].filter(isDelivered).flatMap(({ hops: own }) => ends(own)))].sort(),
    policy,
    hops: hops.map(({ proxy, direction, route }) => ({ proxy, direction, route: routeText(route) })),
    otherwise: otherwise(trace, branches),
  };
}

function isDelivered({ verdict }: Outcome): boolean {
  return verdict === 'delivered';
}

/** Where the last proxy that chooses an endpoint sends it. */
function ends(hops: readonly Hop[]): readonly string[] {
  const chooses = hops.findLast(({ clusters }) =>
    clusters.some(({ endpoints }) => endpoints.some(({ pod }) => pod !== null)),
  );
  if (chooses === undefined) return [];
  // Of several clusters those of the way that was walked: the proxies behind say which.
  const later = new Set(hops.slice(hops.indexOf(chooses) + 1).map(({ proxy }) => proxy));
  const all = chooses.clusters.map(({ endpoints }) => endpoints.flatMap(({ pod }) => pod ?? []));
  const own = all.filter((pods) => later.size === 0 || pods.some((pod) => later.has(pod)));
  return (own.length > 0 ? own : all).flat();
}

function routeText(route: Hop['route']): string | null {
  return route === null ? null : (route.name ?? `#${route.index}`);
}

function otherwise(main: Outcome, branches: readonly Branch[]): ClassOutcome['otherwise'] {
  const shares = new Map<string, ClassOutcome['otherwise'][number]>();
  for (const { verdict, status, share } of branches) {
    if (verdict === main.verdict && status === main.status) continue;
    const key = `${verdict} ${status ?? ''}`;
    shares.set(key, { verdict, status, share: rounded((shares.get(key)?.share ?? 0) + share) });
  }
  return [...shares.values()];
}

function rounded(share: number): number {
  return Number(share.toFixed(6));
}

/** The same for the same outcome. */
export function outcomeKey(outcome: ClassOutcome): string {
  return JSON.stringify(outcome);
}
