/** Learns from one walk what was asked of the client: of its TLS, principal, address and token. */
import { claimAmong, claimCondition, claimIsList, claimPresent, textMatchers, TOKEN } from '../algebra/claims';
import type { ReachCondition } from '../algebra/cell';
import {
  addressCondition,
  alpnCondition,
  type ClientDimension,
  principalCondition,
  serverNameCondition,
} from '../algebra/client';
import type { CidrRange } from '../envoy/address';
import type { MetadataMatcher } from '../envoy/rbac';
import type { StringMatcher } from '../envoy/route';
import { isUnknown } from '../match/ternary';
import type { TokenTest, WatchedClient } from '../match/watch';

/** What requests are divided by, beside their message. */
export type FreeDimension = ClientDimension | 'token';

/** Who keeps what was asked. */
export interface Notes {
  /** @param asker the piece of configuration that asks, and what else tells the condition from others of its */
  add(asker: object, detail: string, make: () => ReachCondition | null, what: string): void;
  keep(condition: ReachCondition): void;
  unsplit(what: string): void;
}

const NOBODY: WatchedClient = { sourceIp: null, tls: null, principal: null, claims: null };
const JWT = 'envoy.filters.http.jwt_authn';
const ISTIO_CLAIMS = 'request.auth.claims';

export class ClientRecorder {
  readonly #free: ReadonlySet<FreeDimension>;
  readonly #notes: Notes;
  #client: WatchedClient = NOBODY;
  #copies = new Map<string, string>();

  constructor(free: ReadonlySet<FreeDimension>, notes: Notes) {
    this.#free = free;
    this.#notes = notes;
  }

  begins(client: WatchedClient): void {
    this.#client = client;
    this.#copies = new Map();
  }

  /** An address that is not the client's is the configuration's, or a proxy's on the way. */
  address(ip: string, range: CidrRange): void {
    if (ip !== this.#client.sourceIp || !this.#free.has('source-ip')) return;
    this.#notes.add(range, 'source-ip', () => addressCondition(range), 'a range of addresses');
  }

  text(matcher: StringMatcher, value: string): void {
    const { principal, sourceIp, tls } = this.#client;
    if (value === principal && this.#free.has('principal')) {
      this.#notes.add(matcher, 'principal', () => principalCondition(matcher), "a matcher of the client's principal");
    }
    if (value === sourceIp && this.#free.has('source-ip')) this.#notes.unsplit("the text of the client's address");
    if (value !== '' && value === tls?.sni && matcher.exact !== undefined && this.#free.has('sni')) {
      const { exact } = matcher;
      this.#notes.add(
        matcher,
        'sni',
        () => serverNameCondition(value, [exact.toLowerCase()], matcher),
        'a server name',
      );
    } else if (value !== '' && value === tls?.sni && this.#free.has('sni'))
      this.#notes.unsplit('a matcher of the server name');
  }

  /** @param authority the host of the request as it was sent, of which a proxy on the way may have made a server name */
  serverName(name: string, names: readonly string[], asker: object, authority: string): void {
    const { tls } = this.#client;
    if (tls === null || name !== (tls.sni ?? '')) {
      if (name !== '' && name === authority) this.#notes.unsplit('the server name that a proxy makes of the host');
      return;
    }
    if (!this.#free.has('sni')) return;
    const make = (): ReachCondition => serverNameCondition(name, names, asker);
    this.#notes.add(asker, `sni ${name} ${names.join()}`, make, 'the server name');
  }

  alpn(offered: readonly string[], answer: (offered: readonly string[]) => string | null): void {
    const { tls } = this.#client;
    if (tls === null || !this.#free.has('alpn') || offered.join() !== tls.alpn.join()) return;
    this.#notes.keep(alpnCondition(offered, answer));
  }

  token(test: TokenTest): void {
    const { claims } = this.#client;
    if (claims === null || !this.#free.has('token')) return;
    this.#notes.keep(TOKEN);
    if (Object.keys(claims).length === 0) return;
    switch (test.kind) {
      case 'token':
        return;
      case 'present':
        this.#notes.keep(claimPresent(test.claim));
        return;
      case 'one-of':
        this.#notes.keep(claimAmong(test.claim, test.texts));
        return;
      case 'metadata':
        this.#metadata(test.matcher, test.value);
    }
  }

  /** A list is not written there: the client's own header stays. */
  copiesClaim(claim: string, header: string): void {
    this.#copies.set(header, claim);
    const { claims } = this.#client;
    if (claims === null || !this.#free.has('token') || Object.keys(claims).length === 0) return;
    this.#notes.keep(claimIsList(claim));
  }

  /** Whether a claim was written into a header. */
  copies(header: string): boolean {
    return this.#copies.has(header);
  }

  /** The claim that stands in a header in place of what the client sent there; null where none does. */
  claimIn(header: string, values: readonly unknown[]): string | null {
    const claim = this.#copies.get(header);
    if (claim === undefined || values.length !== 1 || !this.#free.has('token')) return null;
    return this.#client.claims?.[claim] === values[0] ? claim : null;
  }

  /** Whether a proxy wrote what the client is into a header. */
  isTold(values: readonly unknown[]): boolean {
    const { principal, sourceIp, tls } = this.#client;
    const told = [
      ...(this.#free.has('principal') ? [principal] : []),
      ...(this.#free.has('source-ip') ? [sourceIp] : []),
      ...(this.#free.has('sni') ? [tls?.sni] : []),
    ].flatMap((text) => text ?? []);
    return values.some(
      (value) => typeof value === 'string' && told.some((text) => text !== '' && value.includes(text)),
    );
  }

  #metadata(matcher: MetadataMatcher, value: unknown): void {
    const name = claimOf(matcher);
    if (name === null) {
      this.#notes.unsplit(`what a token says as ${matcher.path?.[0]?.key ?? ''}`);
      return;
    }
    this.#notes.keep(claimPresent(name));
    if (value === undefined || isUnknown(value)) return;
    const isGivenAsList = this.#client.claims?.[name]?.startsWith('[') === true;
    if (isGivenAsList) this.#notes.keep(claimIsList(name));
    const isWords = Array.isArray(value) && !isGivenAsList;
    for (const one of textMatchers(matcher.value ?? {}, isWords ? 'words' : 'text')) {
      const make = (): ReachCondition | null => claimCondition(name, one.matcher, one.shape);
      this.#notes.add(one.matcher, `claim ${name} ${one.shape}`, make, `the claim ${name}`);
    }
  }
}

/** The claim that a matcher of metadata asks for; null where it asks for something else that is made of a token. */
function claimOf({ path = [], filter }: MetadataMatcher): string | null {
  const [first, ...rest] = path;
  const name = rest.map(({ key = '' }) => key).join('.');
  return name !== '' && (filter === JWT || first?.key === ISTIO_CLAIMS) ? name : null;
}
