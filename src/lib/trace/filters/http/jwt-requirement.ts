/**
 * What a request's token satisfies. `--claim` stands for a valid token with these claims; a token in the request without
 * claims given may be valid or not.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/jwt_authn/v3/config.proto#extensions-filters-http-jwt-authn-v3-jwtrequirement
 */
import { watcher } from '../../../match/watch';
import { cookieValue } from '../../../http/cookies';
import { parseQuery } from '../../../match/query-parameter';
import { isUnknown, some, type Ternary } from '../../../match/ternary';
import { headerValues, type HttpMessage } from '../../../http/message';
import type { StreamState } from '../../../http/stream-state';
import { ownField } from '../../../own-field';
import type { TokenRefusal } from '../../facts/filters';
import type { Claims } from './claims';

export interface JwtProvider {
  readonly issuer?: string;
  readonly audiences?: readonly string[];
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

export const JWT_NAMESPACE = 'envoy.filters.http.jwt_authn';
const VALIDITY = 'whether the JWT of the request is valid (--claim NAME=VALUE, --no-token)';
export const CLAIMS_INPUT = "the claims of the request's JWT (--claim NAME=VALUE)";

export class Tokens {
  readonly providers: Readonly<Record<string, JwtProvider>>;
  /** Null where none were given. */
  readonly claims: Claims | null;
  readonly #message: HttpMessage;
  readonly #tried = new Set<string>();

  constructor(providers: Readonly<Record<string, JwtProvider>>, message: HttpMessage, claims: Claims | null) {
    this.providers = providers;
    this.claims = claims;
    this.#message = message;
  }

  judge(requirement: JwtRequirement): TokenVerdict {
    const { requires_any: any, requires_all: all, provider_and_audiences: both } = requirement;
    if (any !== undefined) return this.#judgeAny(any.requirements ?? []);
    if (all !== undefined) return this.#judgeAll(all.requirements ?? []);
    if (
      requirement.allow_missing_or_failed !== undefined ||
      requirement.extract_only_without_validation !== undefined
    ) {
      return { kind: 'accepted', provider: null };
    }
    if (requirement.allow_missing !== undefined) return this.#judgeMissing();
    return this.#judgeProvider(requirement.provider_name ?? both?.provider_name ?? '', both?.audiences);
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

  #judgeAny(requirements: readonly JwtRequirement[]): TokenVerdict {
    const verdicts: TokenVerdict[] = [];
    // What lets requests through without a token is asked last, and nothing once a token is accepted.
    for (const one of requirements) {
      const verdict = this.judge(one);
      if (verdict.kind === 'accepted' && verdict.provider !== null) return verdict;
      verdicts.push(verdict);
    }
    const accepted = verdicts.find((one) => one.kind === 'accepted');
    if (accepted !== undefined) return accepted;
    const open = verdicts.find((one) => one.kind === 'unknown');
    return open ?? verdicts.at(-1) ?? { kind: 'accepted', provider: null };
  }

  #judgeAll(requirements: readonly JwtRequirement[]): TokenVerdict {
    const verdicts = requirements.map((one) => this.judge(one));
    const failed = verdicts.find((one) => one.kind === 'refused') ?? verdicts.find((one) => one.kind === 'unknown');
    const withProvider = verdicts.find((one) => one.kind === 'accepted' && one.provider !== null);
    return failed ?? withProvider ?? { kind: 'accepted', provider: null };
  }

  /** No token at all is fine; a bad one is not. */
  #judgeMissing(): TokenVerdict {
    const anywhere = this.carried();
    if (isUnknown(anywhere)) return { kind: 'unknown', input: anywhere.unknown };
    if (!anywhere) return { kind: 'accepted', provider: null };
    return this.claims === null
      ? { kind: 'unknown', input: VALIDITY }
      : { kind: 'refused', status: 401, why: { kind: 'of-no-provider' } };
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
    return this.#hasAudience(audiences ?? provider.audiences ?? [])
      ? { kind: 'accepted', provider: name }
      : { kind: 'refused', status: 403, why: { kind: 'other-audience', provider: name } };
  }

  #hasAudience(wanted: readonly string[]): boolean {
    const audience = this.claims?.['aud'];
    if (wanted.length > 0) watcher()?.token({ kind: 'one-of', claim: 'aud', texts: wanted });
    if (wanted.length === 0 || audience === undefined) return true;
    const audiences: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
    return audiences.some((one) => typeof one === 'string' && wanted.includes(one));
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
      asked.header({ name, string_match: { prefix } }, this.#message);
    }
    for (const name of params) asked.query({ name, present_match: true });
    if (cookies.length > 0) asked.reads('cookie', this.#message);
  }

  /** With claims given the token is there by definition; otherwise it is looked for where the provider looks. */
  #hasToken(provider: JwtProvider): Ternary {
    watcher()?.token({ kind: 'token' });
    if (this.claims !== null) return Object.keys(this.claims).length > 0;
    const { from_headers: headers, from_params: params, from_cookies: cookies } = provider;
    const isDefault = headers === undefined && params === undefined && cookies === undefined;
    const places = isDefault ? [{ name: 'authorization', value_prefix: 'Bearer ' }] : (headers ?? []);
    this.#tellPlaces(places, isDefault ? ['access_token'] : (params ?? []), cookies ?? []);
    const inHeader = some(places, (one) =>
      some(headerValues(this.#message, one.name ?? ''), (value) =>
        isUnknown(value) ? value : value.startsWith(one.value_prefix ?? ''),
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
