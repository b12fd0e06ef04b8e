/**
 * Who watches what the matchers ask of a request. A walk is one synchronous call; while it runs under `watching`, each place
 * where configuration asks something of the request tells the watcher what it asks. `src/lib/reach` learns from that which
 * requests end alike. Nothing that is decided depends on it.
 */
import type {
  HeaderMatcher,
  QueryParameterMatcher,
  RouteConfiguration,
  RouteMatch,
  StringMatcher,
} from '../envoy/route';

/** What is asked of a path without its query. */
export type PathTest =
  | { readonly kind: 'route'; readonly match: RouteMatch }
  | { readonly kind: 'text'; readonly matcher: StringMatcher }
  | { readonly kind: 'template'; readonly template: string };

/** How a route changes what goes on. */
export interface Rewrite {
  /** The path: its first characters replaced by a text, all of it replaced, or changed in a way that has no inverse here. */
  readonly path:
    | { readonly kind: 'kept' }
    | { readonly kind: 'prefix'; readonly length: number; readonly by: string }
    | { readonly kind: 'whole' }
    | { readonly kind: 'other' };
  /** The authority: kept, replaced by a text of the configuration, or made of something else. */
  readonly authority: 'kept' | 'literal' | 'other';
}

export interface Watcher {
  /** A walk begins with the request as its caller sends it; null where there is none. */
  begins(sent: object | null): void;
  /** @param message the message whose header it is */
  header(matcher: HeaderMatcher, message: object | null): void;
  /** A header is read in a way that no matcher describes. */
  reads(header: string, message: object | null): void;
  path(test: PathTest, path: string): void;
  query(matcher: QueryParameterMatcher): void;
  /** Something else of the request decides, in words. */
  other(what: string): void;
  /** A virtual host is looked for by this authority. */
  authority(configuration: RouteConfiguration, authority: string): void;
  rewrites(rewrite: Rewrite): void;
}

let current: Watcher | null = null;

/** Runs a walk under a watcher, or under none; the walk must be synchronous. */
export function watching<T>(watcher: Watcher | null, walk: () => T): T {
  const before = current;
  current = watcher;
  try {
    return walk();
  } finally {
    current = before;
  }
}

/** Tells the watcher, where there is one, of a header that is asked about. */
export function tellHeader(matcher: HeaderMatcher, message: object | null | undefined): void {
  current?.header(matcher, message ?? null);
}

/** The watcher of the walk that runs; null where nobody watches. */
export function watcher(): Watcher | null {
  return current;
}
