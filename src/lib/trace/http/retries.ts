/**
 * When a request is tried again: the route's policy, and what an internal request asks for.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on
 */
import type { RetryPolicy } from '../../envoy/route';
import { firstHeader, type HttpMessage, withoutHeaders } from '../../http/message';
import { type HeaderView, matchHeader } from '../../match/header-matcher';
import { ownField } from '../../own-field';
import { wholeNumber } from '../../http/whole-number';
import type { RetryFacts } from '../facts/routing';
import { isUnknown } from '../../match/ternary';

/** Conditions that `retry_on` may name; a word that is none is passed over without a word. */
const HTTP_CONDITIONS: ReadonlySet<string> = new Set([
  '5xx',
  'gateway-error',
  'connect-failure',
  'envoy-ratelimited',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'reset',
  'reset-before-request',
  'http3-post-connect-failure',
]);

/** Those of gRPC, by its status: a header of their own asks for them, while `retry_on` takes both. */
const GRPC_CONDITIONS: ReadonlySet<string> = new Set([
  'cancelled',
  'deadline-exceeded',
  'resource-exhausted',
  'unavailable',
  'internal',
]);

/** The headers that ask for conditions, each with those that it takes, and those that the other one does. */
const ASKS: Readonly<Record<string, { readonly own: ReadonlySet<string>; readonly others: ReadonlySet<string> }>> = {
  'x-envoy-retry-on': { own: HTTP_CONDITIONS, others: GRPC_CONDITIONS },
  'x-envoy-retry-grpc-on': { own: GRPC_CONDITIONS, others: HTTP_CONDITIONS },
};

/** Whether every word of a header that asks for conditions is one that it takes; null for other headers. */
export function isRetryList(header: string, text: string): boolean | null {
  const asks = ownField(ASKS, header);
  return asks === undefined ? null : wordsOf(text).every((word) => asks.own.has(word));
}

/**
 * The policy that is in force; null where there is none. Headers add conditions and status codes, and set the number; a policy
 * that is kept for requests with certain headers holds for no other.
 */
export function effectiveRetry(
  policy: RetryPolicy | undefined,
  message: HttpMessage,
  headers: HeaderView,
): RetryPolicy | null {
  const limits = policy?.retriable_request_headers ?? [];
  if (limits.length > 0 && !limits.some((one) => matchHeader(one, headers) === true)) return null;
  const asked = Object.entries(ASKS).flatMap(([name, { others }]) =>
    wordsOf(textIn(message, name)).filter((word) => !others.has(word)),
  );
  if (policy === undefined && asked.length === 0) return null;
  const codes = wordsOf(textIn(message, 'x-envoy-retriable-status-codes')).filter((one) => /^\d{3}$/.test(one));
  const times = timesOf(policy, [...wordsOf(policy?.retry_on), ...asked], message);
  return asked.length === 0 && codes.length === 0 && times === policy?.num_retries
    ? (policy ?? null)
    : merged(policy ?? {}, asked, codes.map(Number), times);
}

/** Headers of a request that the router reads for itself, and keeps from the upstream. */
const OF_ROUTER = [
  'x-envoy-retry-on',
  'x-envoy-retry-grpc-on',
  'x-envoy-max-retries',
  'x-envoy-retriable-status-codes',
  'x-envoy-retriable-header-names',
  'x-envoy-hedge-on-per-try-timeout',
  'x-envoy-upstream-alt-stat-name',
  'x-envoy-upstream-rq-timeout-alt-response',
  'x-envoy-upstream-stream-duration-ms',
];

/** The request without what it asked of the router alone. */
export function withoutRetryHeaders(message: HttpMessage): HttpMessage {
  return withoutHeaders(message, OF_ROUTER);
}

function merged(
  policy: RetryPolicy,
  asked: readonly string[],
  codes: readonly number[],
  times: number | undefined,
): RetryPolicy {
  return {
    ...policy,
    retry_on: [...new Set([...wordsOf(policy.retry_on), ...asked])].join(','),
    ...(times === undefined ? {} : { num_retries: times }),
    retriable_status_codes: [...(policy.retriable_status_codes ?? []), ...codes],
  };
}

/** The header's number counts where there is a condition at all. */
function timesOf(policy: RetryPolicy | undefined, words: readonly string[], message: HttpMessage): number | undefined {
  const count = wholeNumber(textIn(message, 'x-envoy-max-retries') ?? '');
  return count !== null && words.some(isCondition) ? Number(BigInt.asUintN(32, count)) : policy?.num_retries;
}

function textIn(message: HttpMessage, name: string): string | null {
  const value = firstHeader(message, name);
  return isUnknown(value) ? null : value;
}

function wordsOf(text: string | null | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function isCondition(word: string): boolean {
  return HTTP_CONDITIONS.has(word) || GRPC_CONDITIONS.has(word);
}

/** https://istio.io/latest/docs/concepts/traffic-management/#retries: what istiod writes in every route of a sidecar. */
const OF_ISTIOD: ReadonlySet<string> = new Set([
  'connect-failure,refused-stream,unavailable,cancelled',
  'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes',
  'reset-before-request',
]);

/** How often and on what a request is tried again; no condition at all says that it is not. */
export function retryFacts(retry: RetryPolicy): RetryFacts {
  const words = wordsOf(retry.retry_on);
  const conditions = words.filter(isCondition);
  const passedOver = words.filter((word) => !isCondition(word));
  const times = retry.num_retries ?? 1;
  const statusCodes = retry.retriable_status_codes ?? [];
  const isUsual = times === 2 && OF_ISTIOD.has(conditions.join(',')) && passedOver.length === 0;
  const isDefault = isUsual && statusCodes.every((code) => code === 503) && statusCodes.length <= 1;
  return { times, conditions, statusCodes, passedOver, isDefault };
}
