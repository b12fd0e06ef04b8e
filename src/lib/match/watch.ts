/**
 * Who watches what the matchers ask of a request. A walk is one synchronous call; while it runs under `watching`, each place
 * where configuration asks something of the request or of its client tells the watcher what it asks. `src/lib/reach` learns from that which
 * requests end alike. Nothing that is decided depends on it.
 */
import type { CidrRange } from '../envoy/address';
import type { MetadataMatcher } from '../envoy/rbac';
import type {
  HeaderMatcher,
  QueryParameterMatcher,
  Route,
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
  /** The path, with its query, that goes on. */
  readonly sentOn: string;
}

/** Matchers that ask for one exact value each of the same header or parameter, one after the other: the first that takes it counts. */
interface Among<M> {
  /** Of a header in lower case. */
  readonly name: string;
  readonly matchers: readonly M[];
  /** Of each value the place of the first matcher that takes it. */
  readonly places: ReadonlyMap<string, number>;
}

export type HeaderAmong = Among<HeaderMatcher>;
export type QueryAmong = Among<QueryParameterMatcher>;

/** What a caller is, beside its message. */
export interface WatchedClient {
  /** Null where nobody says. */
  readonly sourceIp: string | null;
  /** Its side of a TLS handshake; null for plain text. */
  readonly tls: { readonly sni: string | null; readonly alpn: readonly string[] } | null;
  /** The URI SAN of its certificate; null where it presents none, or nobody says. */
  readonly principal: string | null;
  /** The claims of its token, none where it has no token; null where nobody says. */
  readonly claims: Readonly<Record<string, string>> | null;
}

/** What is asked of a client's token. */
export type TokenTest =
  /** Whether there is one. */
  | { readonly kind: 'token' }
  /** Whether a claim is there. */
  | { readonly kind: 'present'; readonly claim: string }
  /** Whether a claim is one of these texts. */
  | { readonly kind: 'one-of'; readonly claim: string; readonly texts: readonly string[] }
  /** What it says, as metadata; `value` is what stands there, undefined where nothing does. */
  | { readonly kind: 'metadata'; readonly matcher: MetadataMatcher; readonly value: unknown };

/** A header whose value is another one; its name in lower case. */
export interface ChangedValue {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** How one of a virtual host's routes was chosen. */
export interface RouteChoice {
  /** In the order in which they are asked; empty where a matcher tree lists them. */
  readonly routes: readonly Route[];
  /** The number of the one that takes the request; null where none does, or where that is not known. */
  readonly taken: number | null;
  /** What `taken` is for the same request with other values of headers; null where one of them was not there as it is said. */
  readonly again: (changes: readonly ChangedValue[]) => number | null;
}

export interface Watcher {
  /** A walk begins with the request as its caller sends it; null where there is none. */
  begins(sent: object | null, client: WatchedClient): void;
  /** Whether an address is in a range; it may be the client's, or any other. */
  address(ip: string, range: CidrRange): void;
  /** Whether a port is one from `start` to below `end`; it may be the one that was dialled, or any other. */
  port(port: number, start: number, end: number): void;
  /** Whether a text is taken; it may be the client's principal, or any other. */
  text(matcher: StringMatcher, value: string): void;
  /** Which of these names, exact or `*.` with a suffix, takes a server name first: the most specific does. */
  serverName(name: string, names: readonly string[], asker: object): void;
  /** What follows from the protocols that a client offers: the same answer, the same end. */
  alpn(offered: readonly string[], answer: (offered: readonly string[]) => string | null): void;
  token(test: TokenTest): void;
  /** A claim is written into a header, in place of what the client sent there. */
  copiesClaim(claim: string, header: string): void;
  /** @param message the message whose header it is */
  header(matcher: HeaderMatcher, message: object | null): void;
  /** Which of these matchers takes a header; `taken` is its place, null where none does. */
  headerAmong(asked: HeaderAmong, taken: number | null, message: object): void;
  /** A header is read in a way that no matcher describes. */
  reads(header: string, message: object | null): void;
  /** The values of a header are looked at, for whatever purpose; a matcher's question is told beside that. */
  looksAt(header: string): void;
  path(test: PathTest, path: string): void;
  query(matcher: QueryParameterMatcher): void;
  /** Which of these matchers takes a parameter of the query; `taken` is its place, null where none does. */
  queryAmong(asked: QueryAmong, taken: number | null): void;
  /** Something else of the request decides, in words. */
  other(what: string): void;
  /** A virtual host is looked for by this authority. */
  authority(configuration: RouteConfiguration, authority: string): void;
  rewrites(rewrite: Rewrite): void;
  /** Present where who watches takes the choice of a route as one question: what each route asks for it is not told then. */
  readonly chooses?: (choice: RouteChoice) => void;
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

/** What follows from the protocols that a client offers; the watcher, where there is one, is told of the question. */
export function answerOf<A extends string | boolean | null>(
  offered: readonly string[],
  answer: (offered: readonly string[]) => A,
): A {
  current?.alpn(offered, (other) => {
    const told = answer(other);
    return typeof told === 'boolean' ? String(told) : told;
  });
  return answer(offered);
}

/** The watcher of the walk that runs; null where nobody watches. */
export function watcher(): Watcher | null {
  return current;
}
