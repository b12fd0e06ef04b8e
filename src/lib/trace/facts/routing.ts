/** What the steps know that find a request's route: route configuration, virtual host, route. */

/** Why this route configuration is used, or why there is none. */
export type RouteConfigurationCause =
  | { readonly kind: 'inline-routes' }
  | { readonly kind: 'routes-by-name' }
  | { readonly kind: 'routes-by-scope'; readonly scope: string; readonly key: readonly string[] }
  | { readonly kind: 'routes-not-in-dump'; readonly name: string }
  | { readonly kind: 'no-route-configuration' }
  | { readonly kind: 'scope-open'; readonly input: string }
  | { readonly kind: 'scope-key-not-known'; readonly scope: string }
  /** Null where the request has no key. */
  | { readonly kind: 'no-scope'; readonly key: readonly string[] | null };

export interface ScopeMiss {
  readonly kind: 'other-scope-key';
  /** Null where it is not known. */
  readonly key: readonly string[] | null;
}

/** Why this virtual host serves, or why none does. */
export type VirtualHostCause =
  | { readonly kind: 'domain-is-authority'; readonly domain: string }
  | { readonly kind: 'domain-takes'; readonly domain: string; readonly authority: string }
  | {
      readonly kind: 'no-domain';
      readonly configuration: string;
      readonly authority: string;
      /** Domains that look like the authority, nearest first. */
      readonly nearest: readonly string[];
    }
  | { readonly kind: 'tls-required'; readonly virtualHost: string; readonly wanted: string }
  | { readonly kind: 'tls-required-open'; readonly input: string };

export type VirtualHostMiss =
  | {
      readonly kind: 'less-specific-domain';
      readonly domain: string;
      readonly authority: string;
      readonly than: string;
    }
  | { readonly kind: 'other-domain'; readonly domain: string; readonly authority: string };

/** Why this route is taken, why none is, or what its own answer is. */
export type RouteCause =
  /** Every condition of the route, in words of the configuration, the path's first. */
  | { readonly kind: 'conditions-hold'; readonly conditions: readonly string[] }
  | { readonly kind: 'no-route'; readonly virtualHost: string; readonly method: string; readonly path: string }
  | { readonly kind: 'no-forwarded-protocol' }
  | { readonly kind: 'route-matcher-open'; readonly input: string }
  | { readonly kind: 'which-route-open'; readonly input: string }
  | { readonly kind: 'route-open'; readonly route: string; readonly input: string }
  | { readonly kind: 'blocked-host'; readonly host: string | null }
  | { readonly kind: 'no-backend'; readonly of: string }
  | { readonly kind: 'direct-response'; readonly status: number }
  /** Where to: unknown names the input, null where no Location is sent. */
  | { readonly kind: 'redirect'; readonly location: string | null; readonly unknown: string | null }
  | { readonly kind: 'no-action'; readonly why: 'no-route' | 'not-known' }
  | { readonly kind: 'route-action-open'; readonly input: string }
  | { readonly kind: 'authority-open'; readonly input: string }
  | { readonly kind: 'redirect-predicates' };

/** The first condition of a route that did not hold. */
export interface RouteMiss {
  readonly kind: 'route-condition';
  /** A condition of `http/conditions/table.ts`. */
  readonly condition: string;
  /** What it wants and what came, in words of the table. */
  readonly says: string;
  /** The input that it hangs on; null where it does not hold. */
  readonly unknown: string | null;
}

/** Where a time-out comes from that is not the route's own setting. */
export type TimeOutSource =
  | { readonly kind: 'envoy-default' }
  | { readonly kind: 'manager' }
  /** A header of the request, or a field of the route's. */
  | { readonly kind: 'named'; readonly name: string };

/** Milliseconds, 0 for none. */
export interface TimeOutFacts {
  readonly ms: number;
  readonly from: TimeOutSource | null;
}

/** Settings of a route that act on the request; `isDefault` where it is what istiod writes unless somebody says otherwise. */
export type RouteSetting =
  | { readonly kind: 'chance'; readonly share: number }
  | ({ readonly kind: 'timeout'; readonly isDefault: boolean } & TimeOutFacts)
  | { readonly kind: 'timeout-open'; readonly header: string; readonly input: string }
  | ({ readonly kind: 'try-timeout' } & TimeOutFacts)
  | ({ readonly kind: 'stream-duration' } & TimeOutFacts)
  | { readonly kind: 'idle-timeout'; readonly duration: string }
  | ({ readonly kind: 'retries' } & RetryFacts)
  | { readonly kind: 'mirror'; readonly cluster: string; readonly header: string | null; readonly share: number | null }
  | ({ readonly kind: 'hash-policy'; readonly isTerminal: boolean } & HashSource)
  | { readonly kind: 'priority-high' }
  | { readonly kind: 'path-rewrite'; readonly from: string; readonly to: string }
  | { readonly kind: 'path-rewrite-policy'; readonly extension: string }
  | HostRewriteSetting
  | HeaderSetting;

/** What a level of the configuration does to headers of the request. */
export type HeaderSetting =
  | { readonly kind: 'removes-header'; readonly name: string }
  | { readonly kind: 'adds-header'; readonly name: string; readonly value: string };

/** What a setting sets: a key of the published JSON of differences. Two kinds that say of one thing what it is have one. */
export const ROUTE_SETTING_KEYS = {
  chance: 'chance',
  timeout: 'timeout',
  'timeout-open': 'timeout',
  'try-timeout': 'timeout of each try',
  'stream-duration': 'stream duration',
  'idle-timeout': 'idle timeout',
  retries: 'retries',
  mirror: 'mirror',
  'hash-policy': 'hash policy',
  'priority-high': 'priority',
  'path-rewrite': 'path rewrite',
  'path-rewrite-policy': 'path rewrite',
  'host-rewrite': 'host rewrite',
  'removes-header': 'removes header',
  'adds-header': 'adds header',
} as const satisfies Readonly<Record<RouteSetting['kind'], string>>;

export interface RetryFacts {
  readonly times: number;
  /** Conditions that Envoy knows; none means that nothing is tried again. */
  readonly conditions: readonly string[];
  readonly statusCodes: readonly number[];
  /** Words that are no conditions. */
  readonly passedOver: readonly string[];
  readonly isDefault: boolean;
}

export interface HashSource {
  readonly by: 'header' | 'cookie' | 'query parameter' | 'filter state' | 'source IP' | 'other';
  readonly name: string | null;
}

/** The authority that the request goes on with. */
export interface HostRewriteSetting {
  readonly kind: 'host-rewrite';
  readonly by: 'literal' | 'upstream' | 'header' | 'path';
  /** The header that it is taken from; null for other sources. */
  readonly header: string | null;
  /** Null where it is not known: the upstream host's name, or a header's value. */
  readonly authority: string | null;
}
