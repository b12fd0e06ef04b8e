/**
 * Learns from one walk what was asked of the request, as conditions on the request as its caller sent it. A value that the
 * configuration set asks nothing of the caller; one that was rewritten is followed back where that has an inverse; what is
 * left is named as not split.
 */
import type { CidrRange } from '../envoy/address';
import type { HeaderMatcher, QueryParameterMatcher, RouteConfiguration, StringMatcher } from '../envoy/route';
import type { HttpMessage } from '../http/message';
import { pathOnly } from '../http/message';
import { isPresenceMatcher } from '../match/header-matcher';
import {
  type HeaderAmong,
  type PathTest,
  type QueryAmong,
  type Rewrite,
  type TokenTest,
  type WatchedClient,
  type Watcher,
  watching,
} from '../match/watch';
import { withoutPort } from '../http/authority';
import { Expressions } from './expressions';
import { ClientRecorder, type FreeDimension } from './client-recorder';
import { SentHeaders, valuesIn } from './sent-headers';
import { AS_SENT, pathCondition, type PathNow, rewrittenPath } from './path-now';
import type { ReachCondition } from '../algebra/cell';
import { amongCondition, headerCondition, isSpokenOf, queryCondition } from '../algebra/conditions';
import { LanguageTooLarge } from '../algebra/language';
import { labelsBefore } from '../algebra/texts';
import { isSteering } from '../algebra/universe';
import { type AuthorityPort, virtualHostCondition } from '../algebra/virtual-hosts';

/** Conditions by the piece of configuration that asks them: thousands of walks come to the same. */
const made = new WeakMap<object, Map<string, ReachCondition | null>>();

/**
 * Names that are spoken of: tokens, but for those with an underscore, which some connection managers refuse.
 * https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 (token)
 */
const SENDABLE = /^[!#$%&'*+.^`|~0-9A-Za-z-]+$/;

/** Which requests are asked about, as far as a walk needs it. */
export interface AskedRequests {
  /** The port behind the host of every authority, with its colon; empty where there is none. */
  readonly suffix: string;
  /** What clients differ in; all else about them is given. */
  readonly free: ReadonlySet<FreeDimension>;
  /** Headers by which clients steer Envoy that a matcher names: what Envoy reads of them counts, too. Walks add to it. */
  readonly named: Set<string>;
  /** The port that stands for all that no listener names; null where it is one that is asked about itself. */
  readonly standIn: number | null;
  /** Ports of those that configuration asks for by themselves. Walks add to it. */
  readonly ports: Set<number>;
  /** Dimensions of which every request that is asked about has the same value, so that no condition on them tells requests apart. */
  readonly given: Set<string>;
}

export class Recorder implements Watcher {
  readonly #conditions = new Map<string, ReachCondition>();
  readonly #unsplit = new Set<string>();
  readonly #expressions = new Expressions();
  readonly #suffix: string;
  readonly #client: ClientRecorder;
  readonly #named: Set<string>;
  readonly #standIn: number | null;
  readonly #ports: Set<number>;
  readonly #given: ReadonlySet<string>;
  #sent: HttpMessage | null = null;
  /** Undefined where none was asked for yet. */
  #routes: RouteConfiguration | null | undefined = undefined;
  #path: PathNow = AS_SENT;
  /** The path as it is followed, once it was asked for: thousands of conditions ask it. */
  #followedPath: string | null = null;
  #headers: SentHeaders;
  /** Matchers that were asked as one of many. */
  #askedAmong = new Set<object>();
  #authority: 'sent' | 'constant' | 'unclear' = 'sent';

  constructor({ suffix, free, named, standIn, ports, given }: AskedRequests) {
    this.#suffix = suffix;
    this.#named = named;
    this.#standIn = standIn;
    this.#ports = ports;
    this.#given = given;
    this.#client = new ClientRecorder(free, {
      add: (...asked) => {
        this.#add(...asked);
      },
      keep: (condition) => {
        this.#keep(condition);
      },
      unsplit: (what) => {
        this.#unsplit.add(what);
      },
    });
    this.#headers = this.#headersOf(null);
  }

  /** The one route configuration that the authority was looked for in, as it was sent; null where it was not so. */
  get routesAsSent(): RouteConfiguration | null {
    return this.#routes ?? null;
  }

  /** As a walk begins with a message, of which nothing but its authority is asked. */
  beginsWith(sent: object): void {
    this.#startsWith(sent as HttpMessage);
  }

  #headersOf(sent: HttpMessage | null): SentHeaders {
    return new SentHeaders({
      sent,
      isTold: (values) => this.#client.isTold(values),
      unsplit: (what) => {
        this.#unsplit.add(what);
      },
    });
  }

  #startsWith(sent: HttpMessage | null): void {
    this.#sent = sent;
    this.#headers = this.#headersOf(sent);
    this.#askedAmong = new Set();
    this.#followedPath = null;
  }

  /** What was asked, in order. */
  get conditions(): readonly ReachCondition[] {
    return [...this.#conditions.values()];
  }

  /** What else decided, in words. */
  get unsplit(): readonly string[] {
    return [...this.#unsplit, ...this.#expressions.passedOver];
  }

  begins(sent: object | null, client: WatchedClient): void {
    this.#client.begins(client);
    this.#startsWith(sent as HttpMessage | null);
    this.#path = AS_SENT;
    this.#authority = 'sent';
  }

  header(matcher: HeaderMatcher, message: object | null): void {
    if (message === null || this.#askedAmong.has(matcher)) return;
    const name = (matcher.name ?? '').toLowerCase();
    if (name === ':authority' || name === 'host' || name === ':path') {
      if (!isPresenceMatcher(matcher)) this.#pseudoText(name, matcher, message as HttpMessage);
      return;
    }
    // What is no header name nobody can send: it is missing from every request, and there is nothing to divide.
    if (name !== ':method' && !SENDABLE.test(name)) return;
    if (steers(name)) {
      this.#named.add(name);
      this.#readsPresence(name);
    }
    if (name === ':scheme' || this.#isOfClaim(matcher, name, message as HttpMessage)) return;
    if (!this.#headers.isSent(name, message as HttpMessage)) return;
    const dimension = dimensionOf(name);
    if (this.#given.has(dimension)) return;
    this.#add(matcher, dimension, () => headerCondition(matcher, dimension), `a matcher of the header ${name}`);
  }

  #pseudoText(name: string, matcher: HeaderMatcher, message: HttpMessage): void {
    if (name === ':path') this.#unsplit.add('matchers of the header :path, which holds the query too');
    else this.#authorityText(matcher, message);
  }

  headerAmong(asked: HeaderAmong, taken: number | null, message: object): void {
    const { name, matchers } = asked;
    const isPlain = SENDABLE.test(name) && !steers(name) && !this.#client.copies(name);
    if (!isPlain) {
      for (const matcher of matchers.slice(0, taken ?? matchers.length)) this.header(matcher, message);
      return;
    }
    const own = taken === null ? undefined : matchers[taken];
    if (own !== undefined) this.#askedAmong.add(own);
    if (!this.#headers.isSent(name, message as HttpMessage)) return;
    const dimension = `header:${name}`;
    if (this.#given.has(dimension)) return;
    const make = (): ReachCondition => amongCondition(asked, taken, dimension);
    this.#add(asked, String(taken), make, `a matcher of the header ${name}`);
  }

  reads(header: string, message: object | null): void {
    const name = header.toLowerCase();
    if (isSteering(name) || name === 'host' || message === null || !SENDABLE.test(name)) return;
    if (!this.#headers.isSent(name, message as HttpMessage)) return;
    this.#readsPresence(name);
  }

  looksAt(header: string): void {
    if (this.#named.has(header)) this.#readsPresence(header);
  }

  /** Of a header that is there its value may decide. */
  #readsPresence(name: string): void {
    const asked = { name, present_match: true };
    this.#add(asked, '', () => headerCondition(asked, `header:${name}`), `the header ${name}`);
    if (this.#sent?.headers.some(([own]) => own === name) === true)
      this.#unsplit.add(`the value of the header ${name}`);
  }

  address(ip: string, range: CidrRange): void {
    this.#client.address(ip, range);
  }

  port(port: number, start: number, end: number): void {
    if (port !== this.#standIn) return;
    if (end - start === 1) this.#ports.add(start);
    else if (end > start) this.#unsplit.add(`whether the port is one of ${start} to ${end - 1}`);
  }

  text(matcher: StringMatcher, value: string): void {
    this.#client.text(matcher, value);
  }

  serverName(name: string, names: readonly string[], asker: object): void {
    const { authority } = this.#sent ?? { authority: '' };
    this.#client.serverName(name, names, asker, withoutPort(authority ?? ''));
  }

  alpn(offered: readonly string[], answer: (offered: readonly string[]) => string | null): void {
    this.#client.alpn(offered, answer);
  }

  token(test: TokenTest): void {
    this.#client.token(test);
  }

  copiesClaim(claim: string, header: string): void {
    this.#client.copiesClaim(claim, header);
  }

  path(test: PathTest, path: string): void {
    const now = this.#path;
    if (now === 'constant') return;
    if (now === 'unclear' || path !== (this.#followedPath ??= this.#followed(now))) {
      this.#unsplit.add('the path after it was rewritten');
      return;
    }
    if (this.#given.has('path')) return;
    const { by, skips } = now;
    const asker = test.kind === 'route' ? test.match : test.kind === 'text' ? test.matcher : test;
    const detail = now === AS_SENT ? '' : `${by} ${skips}`;
    this.#add(asker, detail, () => pathCondition(test, now), 'a condition on the path');
  }

  queryAmong(asked: QueryAmong, taken: number | null): void {
    const { name, matchers } = asked;
    if (!isSpokenOf(name)) {
      for (const matcher of matchers.slice(0, taken ?? matchers.length)) this.query(matcher);
      return;
    }
    const own = taken === null ? undefined : matchers[taken];
    if (own !== undefined) this.#askedAmong.add(own);
    const make = (): ReachCondition => amongCondition(asked, taken, `query:${name}`);
    this.#add(asked, String(taken), make, `a matcher of the query parameter ${name}`);
  }

  query(matcher: QueryParameterMatcher): void {
    if (this.#askedAmong.has(matcher)) return;
    this.#add(matcher, '', () => queryCondition(matcher), `a matcher of the query parameter ${matcher.name ?? ''}`);
  }

  other(what: string): void {
    this.#unsplit.add(what);
  }

  authority(configuration: RouteConfiguration, authority: string): void {
    // Of the request that opens a tunnel the authority is an address, which one virtual host for all takes as any other.
    if (authority !== this.#sent?.authority && takesAll(configuration)) {
      this.#routes = null;
      return;
    }
    const port = this.#portOf(authority);
    const isAsSent = port !== null && authority === this.#sent?.authority;
    const isFirst = this.#routes === undefined || this.#routes === configuration;
    this.#routes = isAsSent && isFirst ? configuration : null;
    if (port === null) return;
    this.#add(
      configuration,
      `${port} ${authority}`,
      () => virtualHostCondition(configuration, authority, port),
      'the virtual host',
    );
  }

  rewrites({ path, authority }: Rewrite): void {
    this.#path = rewrittenPath(this.#path, path);
    this.#followedPath = null;
    if (authority !== 'kept') this.#authority = authority === 'literal' ? 'constant' : 'unclear';
  }

  #authorityText(matcher: HeaderMatcher, message: HttpMessage): void {
    const port = this.#portOf(message.authority ?? '');
    if (port === null) return;
    const make = (): ReachCondition | null => {
      const found = headerCondition(matcher, 'host');
      if (found === null || port === '') return found;
      const { of, label, isNot } = found.texts;
      return { ...found, key: `${found.key} ${port}`, texts: { of: labelsBefore(of, port), label, isNot } };
    };
    this.#add(matcher, port, make, 'a matcher of the authority');
  }

  /** The port behind the host in the authority as it is now; null where it is not the caller's. */
  #portOf(authority: string): AuthorityPort | null {
    if (this.#authority === 'constant') return null;
    const sent = this.#sent?.authority ?? '';
    const host = sent.slice(0, sent.length - this.#suffix.length);
    if (this.#authority === 'sent' && authority === sent) return this.#suffix;
    if (this.#authority === 'sent' && authority === host) return '';
    this.#unsplit.add('the authority after it was changed');
    return null;
  }

  #followed({ by, skips }: Exclude<PathNow, string>): string {
    return by + pathOnly(this.#sent?.path ?? '').slice(skips);
  }

  /** Whether a claim stands in the header, so that the claim is what is asked about. */
  #isOfClaim(matcher: HeaderMatcher, name: string, message: HttpMessage): boolean {
    if (!this.#client.copies(name)) return false;
    const claim = this.#client.claimIn(name, valuesIn(message, name));
    if (claim === null) return false;
    const make = (): ReachCondition | null => headerCondition(matcher, `claim:${claim}`);
    this.#add(matcher, `claim ${claim}`, make, `the claim ${claim} in the header ${name}`);
    return true;
  }

  /** @param asker the piece of configuration that asks, and what else tells the condition from others of its */
  #add(asker: object, detail: string, make: () => ReachCondition | null, what: string): void {
    if (this.#expressions.passesOver(asker, what)) return;
    const known = made.get(asker) ?? new Map<string, ReachCondition | null>();
    made.set(asker, known);
    const condition = known.get(detail) ?? (known.has(detail) ? null : conditionBy(make));
    known.set(detail, condition);
    if (condition === null) this.#unsplit.add(what);
    else this.#keep(condition);
  }

  #keep(condition: ReachCondition): void {
    if (!this.#conditions.has(condition.key)) this.#conditions.set(condition.key, condition);
  }
}

function takesAll({ virtual_hosts: hosts = [] }: RouteConfiguration): boolean {
  return hosts.length === 1 && hosts[0]?.domains?.includes('*') === true;
}

function dimensionOf(header: string): string {
  return header === ':method' ? 'method' : `header:${header}`;
}

/** Whether clients steer Envoy by a header. Content types but for gRPC's, which are not spoken of, do not. */
function steers(name: string): boolean {
  return isSteering(name) && !name.startsWith(':') && name !== 'content-type';
}

/** Matchers are asked what they take: that is no question of the request. Null also for what is too large. */
function conditionBy(make: () => ReachCondition | null): ReachCondition | null {
  try {
    return watching(null, make);
  } catch (error) {
    if (!(error instanceof LanguageTooLarge)) throw error;
    return null;
  }
}
