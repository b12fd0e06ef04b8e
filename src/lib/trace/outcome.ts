/** How a walk ends for the caller, and how a failure at one proxy looks from the one before it. */
import type { RetryPolicy } from '../envoy/route';
import { isUnknown, type Ternary } from '../match/ternary';
import type { Outcome, Reason, Verdict } from './model';

const NOTHING: Outcome = {
  verdict: 'delivered',
  reason: null,
  status: null,
  responseFlags: null,
  location: null,
  policy: null,
};

export const DELIVERED: Outcome = NOTHING;

/** An outcome with the fields that apply. */
export function outcome(verdict: Verdict, reason: Reason | null, more: Partial<Outcome> = {}): Outcome {
  return { ...NOTHING, verdict, reason, ...more };
}

/** The caller's side of a call from one proxy to the next, as far as it changes what its own caller gets. */
export interface CallerSide {
  readonly isHttp: boolean;
  /** Unknown where the content type is. */
  readonly isGrpc: Ternary;
  /** Whether TLS is spoken to the next proxy. */
  readonly isTls: boolean;
  readonly retry: RetryPolicy | null;
  /** What it makes of its own answers and of those that it passes on; absent where it changes none. */
  readonly answers?:
    { readonly local: (end: Outcome) => Outcome; readonly passed: (end: Outcome) => Outcome } | undefined;
}

/** Reasons for which a TLS connection never comes to be; every other end comes after the handshake. */
const BEFORE_HANDSHAKE: ReadonlySet<Reason> = new Set<Reason>(['no-filter-chain', 'tls-error']);

/**
 * What the caller of a proxy gets when the proxy's upstream, another proxy, ended the request so. A reply goes through as
 * it is and the caller's proxy logs no flag; a connection closed before a reply is 503: UF where the connection could not
 * be made (TLS refused), UC where it was closed. A TCP proxy hands on the bytes of the reply, and logs no flag of it. A retry policy that covers the failure adds URX once it is used up.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage (RESPONSE_FLAGS)
 */
export function seenByCaller(end: Outcome, side: CallerSide): Outcome {
  if (end.verdict === 'delivered' || end.verdict === 'unknown') return end;
  if (!side.isHttp) return { ...end, responseFlags: null };
  if (end.status !== null) {
    const passed = { ...end, responseFlags: retriesReply(side.retry, end.status) ? 'URX' : null };
    return side.answers?.passed(passed) ?? passed;
  }
  return closedOnCaller(end, side);
}

/** The connection to the next proxy ended before an answer came: the caller's proxy makes one. */
function closedOnCaller(end: Outcome, side: CallerSide): Outcome {
  const isRefused = end.reason === 'no-listener' || end.reason === 'no-next-hop';
  const neverConnected = isRefused || (side.isTls && end.reason !== null && BEFORE_HANDSHAKE.has(end.reason));
  const flag = neverConnected ? 'UF' : 'UC';
  const flags = retriesConnection(side.retry, flag) ? `URX,${flag}` : flag;
  const own = {
    ...end,
    status: isUnknown(side.isGrpc) ? null : side.isGrpc ? 200 : 503,
    responseFlags: flags,
    location: null,
  };
  return side.answers?.local(own) ?? own;
}

function conditionsOf(retry: RetryPolicy | null): readonly string[] {
  if (retry === null || retry.num_retries === 0) return [];
  return (retry.retry_on ?? '').split(',').map((condition) => condition.trim());
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on */
function retriesConnection(retry: RetryPolicy | null, flag: 'UF' | 'UC'): boolean {
  const on = conditionsOf(retry);
  if (on.includes('5xx') || on.includes('gateway-error') || on.includes('reset')) return true;
  if (on.includes('reset-before-request') && flag === 'UF') return true;
  return flag === 'UF' && on.includes('connect-failure');
}

function retriesReply(retry: RetryPolicy | null, status: number | null): boolean {
  const on = conditionsOf(retry);
  if (status === null) return false;
  if (on.includes('5xx') && status >= 500) return true;
  if (on.includes('gateway-error') && (status === 502 || status === 503 || status === 504)) return true;
  if (on.includes('retriable-4xx') && status === 409) return true;
  return on.includes('retriable-status-codes') && (retry?.retriable_status_codes ?? []).includes(status);
}
