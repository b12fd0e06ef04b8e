/**
 * What a request's token satisfies. `--claim` stands for a valid token with these claims; a token in the request without
 * claims given may be valid or not.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/jwt_authn/v3/config.proto#extensions-filters-http-jwt-authn-v3-jwtrequirement
 */
import type { MetadataMatcher } from '../../../envoy/rbac';
import type { StringMatcher } from '../../../envoy/route';
import { matchMetadata } from '../../../match/metadata-matcher';
import { watcher } from '../../../match/watch';
import { cookieValue } from '../../../http/cookies';
import { parseQuery } from '../../../match/query-parameter';
import { isUnknown, some, type Ternary, unknown } from '../../../match/ternary';
import { headerValues, type HttpMessage } from '../../../http/message';
import type { StreamState } from '../../../http/stream-state';
import { ownField } from '../../../own-field';
import { rememberedFor } from '../../../remembered';
import type { TokenRefusal } from '../../facts/filters';
import type { Claims } from './claims';
import { timeRefusal, type TokenClock, type TokenTimes } from './token-time';

export interface JwtProvider extends TokenTimes {
  readonly issuer?: string;
  readonly audiences?: readonly string[];
  readonly subjects?: StringMatcher;
  readonly from_headers?: readonly { readonly name?: string; readonly value_prefix?: string }[];
  readonly from_params?: readonly string[];
  readonly from_cookies?: readonly string[];
  readonly forward?: boolean;
  readonly payload_in_metadata?: string;
  readonly normalize_payload_in_metadata?: { readonly space_delimited_claims?: readonly string[] };
  readonly clear_route_cache?: boolean;
  readonly forward_payload_header?: string;
  readonly claim_to_headers?: readonly { readonly header_name?: string; readonly claim_name?: string }[];
}

export interface JwtRequirement {
  readonly provider_name?: string;
  readonly provider_and_audiences?: { readonly provider_name?: string; readonly audiences?: readonly string[] };
  readonly requires_any?: { readonly requirements?: readonly JwtRequirement[] };
  readonly requires_all?: { readonly requirements?: readonly JwtRequirement[] };
  readonly allow_missing_or_failed?: object;
  readonly allow_missing?: object;
  readonly extract_only_without_validation?: object;
}

export type TokenVerdict =
  /** `provider`: whose token it is; null where none is needed. */
  | { readonly kind: 'accepted'; readonly provider: string | null }
  | { readonly kind: 'refused'; readonly status: number; readonly why: TokenRefusal }
  | { readonly kind: 'unknown'; readonly input: string };

const NOT_NEEDED = { kind: 'accepted', provider: null } as const;

type Refusal = Extract<TokenVerdict, { kind: 'refused' }>;

/** The refusal that several of one request come to. */
function weightiest(verdicts: readonly TokenVerdict[]): Refusal | null {
  const refusals = verdicts.filter((one): one is Refusal => one.kind === 'refused');
  const others = refusals.filter(({ why }) => why.kind !== 'no-token');
  const weighty = others.filter(({ why }) => why.kind !== 'other-issuer' && why.kind !== 'of-no-provider');
  return weighty.at(-1) ?? others.at(-1) ?? refusals.at(-1) ?? null;
}

export const JWT_NAMESPACE = 'envoy.filters.http.jwt_authn';
const VALIDITY = 'whether the JWT of the request is valid (--claim NAME=VALUE, --no-token)';
export const CLAIMS_INPUT = "the claims of the request's JWT (--claim NAME=VALUE)";

/** The subjects of a provider as a matcher of the claim `sub`; null where it takes any. */
const subjectMatcher = rememberedFor(({ subjects }: JwtProvider): MetadataMatcher | null =>
  subjects === undefined
    ? null
    : { filter: JWT_NAMESPACE, path: [{ key: JWT_NAMESPACE }, { key: 'sub' }], value: { string_match: subjects } },
);

/** An audience without the scheme and the last slash that an address may have. */
function audienceName(text: string): string {
  return text.replace(/^https?:\/\//, '').replace(/\/$/, '');
}

const SUBJECT_INPUT = "the claim sub of the request's JWT (--claim sub=VALUE)";

export class Tokens {
  readonly providers: Readonly<Record<string, JwtProvider>>;
  /** Null where none were given. */
  readonly claims: Claims | null;
  readonly #message: HttpMessage;
  readonly #tried = new Set<string>();

  readonly #clock: TokenClock | null;

  /** @param clock by which the token is checked; null where that is not known */
  constructor(
    providers: Readonly<Record<string, JwtProvider>>,
    message: HttpMessage,
    claims: Claims | null,
    clock: TokenClock | null,
  ) {
    this.#clock = clock;
    this.providers = providers;
    this.claims = claims;
    this.#message = message;
  }

  judge(requirement: JwtRequirement): TokenVerdict {
    const { requires_any: any, requires_all: all, provider_and_audiences: both } = requirement;
    const name = requirement.provider_name ?? both?.provider_name;
    if (name !== undefined) return this.#judgeProvider(name, both?.audiences);
    if (any !== undefined) return this.#judgeAny(any.requirements ?? []);
    if (all !== undefined) return this.#judgeAll(all.requirements ?? []);
    if (requirement.allow_missing !== undefined) return this.#judgeOptional();
    if (
      requirement.allow_missing_or_failed !== undefined ||
      requirement.extract_only_without_validation !== undefined
    ) {
      const verdict = this.#judgeOptional();
      return verdict.kind === 'accepted' ? verdict : NOT_NEEDED;
    }
    // A requirement that requires nothing refuses nobody.
    return NOT_NEEDED;
  }

  /**
   * Headers that a client may not bring itself: those into which providers that were tried write, whether or not they do.
   * https://github.com/envoyproxy/envoy (jwt_authn/verifier.cc, extractor.cc: sanitizeHeaders)
   */
  get sanitized(): readonly string[] {
    return [...this.#tried].flatMap((name) => {
      const { forward_payload_header: payload = '', claim_to_headers: copied = [] } =
        ownField(this.providers, name) ?? {};
      const names = [payload, ...copied.map(({ header_name: header = '' }) => header)];
      return names.filter((header) => header !== '').map((header) => header.toLowerCase());
    });
  }

  /** Whether the request carries a token for any of the providers. */
  carried(): Ternary {
    return some(Object.values(this.providers), (provider) => this.#hasToken(provider));
  }

  /** What RBAC may ask for is unknown where no claims were given; where not even a token is known to be there, so is that. */
  writeUnknown(state: StreamState): void {
    const carried = this.carried();
    state.setUnknownMetadata(JWT_NAMESPACE, isUnknown(carried) ? carried.unknown : CLAIMS_INPUT);
  }

  /**
   * The first that accepts the token decides. Where none does, a token that lacks ends as `allow_missing` says, any other as
   * `allow_missing_or_failed` says; both are no requirements of their own here. Of refusals the last one counts, but for those that
   * found no token, and before them those of another issuer.
   */
  #judgeAny(requirements: readonly JwtRequirement[]): TokenVerdict {
    const verdicts: TokenVerdict[] = [];
    const own = requirements.filter(
      (one) => one.allow_missing === undefined && one.allow_missing_or_failed === undefined,
    );
    if (own.length === 0) {
      return this.judge(requirements.find((one) => one.allow_missing_or_failed !== undefined) ?? requirements[0] ?? {});
    }
    for (const one of own) {
      const verdict = this.judge(one);
      if (verdict.kind === 'accepted') return verdict;
      verdicts.push(verdict);
    }
    if (requirements.some((one) => one.allow_missing_or_failed !== undefined)) return NOT_NEEDED;
    const open = verdicts.find((one) => one.kind === 'unknown');
    if (open !== undefined) return open;
    const refusal = weightiest(verdicts);
    if (refusal === null) return NOT_NEEDED;
    const mayMiss = requirements.some((one) => one.allow_missing !== undefined);
    return mayMiss && refusal.why.kind === 'no-token' ? NOT_NEEDED : refusal;
  }

  #judgeAll(requirements: readonly JwtRequirement[]): TokenVerdict {
    const verdicts = requirements.map((one) => this.judge(one));
    const failed = verdicts.find((one) => one.kind === 'refused') ?? verdicts.find((one) => one.kind === 'unknown');
    const withProvider = verdicts.find((one) => one.kind === 'accepted' && one.provider !== null);
    return failed ?? withProvider ?? NOT_NEEDED;
  }

  /** No token at all is fine, and a valid one of any provider is accepted; a bad one is not. */
  #judgeOptional(): TokenVerdict {
    for (const name of Object.keys(this.providers)) this.#tried.add(name);
    const anywhere = this.carried();
    if (isUnknown(anywhere)) return { kind: 'unknown', input: anywhere.unknown };
    if (!anywhere) return NOT_NEEDED;
    if (this.claims === null) return { kind: 'unknown', input: VALIDITY };
    const [name, provider] = this.#byIssuer(this.claims['iss']) ?? [null, null];
    if (name === null) return { kind: 'refused', status: 401, why: { kind: 'of-no-provider' } };
    return this.#judgeToken(name, provider, provider.audiences);
  }

  /** The provider of a token: the first of its issuer, else the first that takes any. */
  #byIssuer(issuer: unknown): readonly [string, JwtProvider] | undefined {
    const providers = Object.entries(this.providers);
    const texts = providers.flatMap(([, { issuer: wanted = '' }]) => (wanted === '' ? [] : [wanted]));
    watcher()?.token({ kind: 'one-of', claim: 'iss', texts });
    // Given without an issuer, a token is a valid one of whoever asks.
    if (issuer === undefined) return providers[0];
    return (
      providers.find(([, { issuer: wanted }]) => wanted === issuer) ??
      providers.find(([, { issuer: wanted = '' }]) => wanted === '')
    );
  }

  #judgeProvider(name: string, audiences: readonly string[] | undefined): TokenVerdict {
    this.#tried.add(name);
    const provider = Object.hasOwn(this.providers, name) ? (this.providers[name] ?? {}) : {};
    const hasToken = this.#hasToken(provider);
    if (isUnknown(hasToken)) return { kind: 'unknown', input: hasToken.unknown };
    if (!hasToken) return { kind: 'refused', status: 401, why: { kind: 'no-token', provider: name } };
    const { claims } = this;
    if (claims === null) return { kind: 'unknown', input: `${VALIDITY}, for ${name}` };
    const wanted = provider.issuer ?? '';
    if (wanted !== '') watcher()?.token({ kind: 'one-of', claim: 'iss', texts: [wanted] });
    const issuer = claims['iss'];
    if (wanted !== '' && typeof issuer === 'string' && issuer !== wanted) {
      return { kind: 'refused', status: 401, why: { kind: 'other-issuer', provider: name, issuer: wanted } };
    }
    return this.#judgeToken(name, provider, audiences ?? provider.audiences);
  }

  /** Envoy looks at the time before the audience, and at that before the subject. */
  #judgeToken(name: string, provider: JwtProvider, wanted: readonly string[] = []): TokenVerdict {
    const late = timeRefusal(name, provider, this.claims ?? {}, this.#clock);
    if (isUnknown(late)) return { kind: 'unknown', input: late.unknown };
    if (late !== null) return { kind: 'refused', status: 401, why: late };
    if (!this.#hasAudience(wanted))
      return { kind: 'refused', status: 403, why: { kind: 'other-audience', provider: name } };
    const fits = this.#hasSubject(provider);
    if (isUnknown(fits)) return { kind: 'unknown', input: fits.unknown };
    return fits
      ? { kind: 'accepted', provider: name }
      : { kind: 'refused', status: 401, why: { kind: 'other-subject', provider: name } };
  }

  #hasSubject(provider: JwtProvider): Ternary {
    const matcher = subjectMatcher(provider);
    if (matcher === null) return true;
    const subject = this.claims?.['sub'];
    const fits = matchMetadata(matcher, { fields: { [JWT_NAMESPACE]: { sub: subject } }, unknown: null });
    return subject === undefined ? unknown(SUBJECT_INPUT) : fits;
  }

  #hasAudience(wanted: readonly string[]): boolean {
    const audience = this.claims?.['aud'];
    if (wanted.length > 0) watcher()?.token({ kind: 'one-of', claim: 'aud', texts: wanted });
    if (wanted.length === 0 || audience === undefined) return true;
    const audiences: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
    const names = new Set(wanted.map(audienceName));
    return audiences.some((one) => typeof one === 'string' && names.has(audienceName(one)));
  }

  /** Tells who watches where a token is looked for. */
  #tellPlaces(
    headers: readonly { readonly name?: string; readonly value_prefix?: string }[],
    params: readonly string[],
    cookies: readonly string[],
  ): void {
    const asked = watcher();
    if (asked === null) return;
    for (const { name = '', value_prefix: prefix = '' } of headers) {
      asked.header(
        { name, ...(prefix === '' ? { present_match: true } : { string_match: { contains: prefix } }) },
        this.#message,
      );
    }
    for (const name of params) asked.query({ name, present_match: true });
    if (cookies.length > 0) asked.reads('cookie', this.#message);
  }

  /**
   * With claims given the token is there by definition; otherwise it is looked for where the provider looks. The prefix of a header's
   * value may stand anywhere in it.
   */
  #hasToken(provider: JwtProvider): Ternary {
    watcher()?.token({ kind: 'token' });
    if (this.claims !== null) return Object.keys(this.claims).length > 0;
    const { from_headers: headers, from_params: params, from_cookies: cookies } = provider;
    const isDefault = headers === undefined && params === undefined && cookies === undefined;
    const places = isDefault ? [{ name: 'authorization', value_prefix: 'Bearer ' }] : (headers ?? []);
    this.#tellPlaces(places, isDefault ? ['access_token'] : (params ?? []), cookies ?? []);
    const inHeader = some(places, (one) =>
      some(headerValues(this.#message, one.name ?? ''), (value) =>
        isUnknown(value) ? value : value.includes(one.value_prefix ?? ''),
      ),
    );
    const query = parseQuery(this.#message.path);
    const inQuery = (isDefault ? ['access_token'] : (params ?? [])).some((name) => query.has(name));
    const inCookie = some(cookies ?? [], (name): Ternary => {
      const value = cookieValue(headerValues(this.#message, 'cookie'), name);
      return isUnknown(value) ? value : value !== null;
    });
    return some([inHeader, inQuery, inCookie], (one) => one);
  }
}
