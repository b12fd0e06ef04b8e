/**
 * Whether a token is valid at a time. Its surprises: a clock may be a minute off unless the provider says otherwise, `exp` of 0 is none, and
 * `max_lifetime` bounds the time that is left, without that minute.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/jwt_authn/v3/config.proto (clock_skew_seconds, max_lifetime, require_expiration)
 * https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4
 */
import { type Unknown, unknown } from '../../../match/ternary';
import { durationMs } from '../../../envoy/any';
import type { TokenRefusal } from '../../facts/filters';
import type { Claims } from './claims';

export interface TokenTimes {
  readonly clock_skew_seconds?: number;
  readonly require_expiration?: boolean;
  readonly max_lifetime?: string;
}

/** What the times of a token are held against: the clock, or when a saved configuration was captured. */
export interface TokenClock {
  readonly at: Date;
  readonly isOfCapture: boolean;
}

/** The clock of running proxies, or the capture's time; null where neither is known. */
export function clockOf(now: Date | null, capturedAt: Date | null): TokenClock | null {
  const at = now ?? capturedAt;
  return at === null ? null : { at, isOfCapture: now === null };
}

/** How far a clock may be off where nothing is said, in seconds. */
const SKEW = 60;

const MISSING = unknown("the claim exp of the request's JWT (--claim exp=VALUE)");
const CLOCK = unknown("the time at which the request's JWT is checked, by which its exp and nbf are valid or not");

/**
 * Null where the token is valid.
 * @param clock null where it is not known, as for a plain file, which does not say when it was saved
 */
export function timeRefusal(
  name: string,
  provider: TokenTimes,
  claims: Claims,
  clock: TokenClock | null,
): TokenRefusal | Unknown | null {
  const [exp, nbf] = [seconds(claims['exp']), seconds(claims['nbf'])];
  if (exp === 'odd') return { kind: 'odd-time', claim: 'exp' };
  if (nbf === 'odd') return { kind: 'odd-time', claim: 'nbf' };
  if (provider.require_expiration === true || provider.max_lifetime !== undefined) {
    if (exp === undefined) return MISSING;
    if (exp === 0) return { kind: 'no-end', provider: name };
  }
  return outOfTime(name, provider, { exp: exp ?? 0, nbf: nbf ?? 0 }, clock);
}

interface Span {
  /** 0 where there is none. */
  readonly exp: number;
  readonly nbf: number;
}

function outOfTime(
  name: string,
  { clock_skew_seconds: skew = 0, max_lifetime: most = '' }: TokenTimes,
  { exp, nbf }: Span,
  clock: TokenClock | null,
): TokenRefusal | Unknown | null {
  if (exp === 0 && nbf === 0) return null;
  if (clock === null) return CLOCK;
  const at = clock.at.getTime() / 1000;
  const seen = clock.isOfCapture ? { capturedAt: clock.at.toISOString() } : {};
  const off = skew === 0 ? SKEW : skew;
  if (at + off < nbf) return { kind: 'not-yet-valid', nbf, ...seen };
  if (exp === 0) return null;
  if (at > exp + off) return { kind: 'expired', exp, ...seen };
  const left = (durationMs(most) ?? Infinity) / 1000;
  return exp - at > left ? { kind: 'lives-too-long', provider: name, most, ...seen } : null;
}

/** A time in seconds; claims of a command line are texts. */
function seconds(claim: unknown): number | 'odd' | undefined {
  if (claim === undefined) return undefined;
  const value = typeof claim === 'string' && /^-?\d{1,20}(?:\.\d{1,20})?$/.test(claim) ? Number(claim) : claim;
  return typeof value === 'number' && value >= 0 && value < 2 ** 63 ? Math.floor(value) : 'odd';
}
