/**
 * `envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/local_rate_limit_filter
 */
import { type HttpStatus, statusOf } from '../../../envoy/status-code';
import type { RuntimeFraction } from '../../../match/runtime';
import { enabledShare } from '../shared/enabled-share';
import { localReply } from '../../hop/local-reply';
import { configOf, ends, type FilterResult, type FilterRun, goesOn, notEvaluated } from './handler';

interface LocalRateLimit {
  readonly status?: HttpStatus;
  readonly token_bucket?: { readonly max_tokens?: number };
  readonly filter_enabled?: RuntimeFraction;
  readonly filter_enforced?: RuntimeFraction;
  readonly descriptors?: readonly object[];
}

const TOO_MANY = 429;

/** Neither enabled nor enforced by default. A bucket that never holds a token refuses everything; others hang on the rate. */
export function runLocalRateLimit(run: FilterRun): FilterResult {
  const limit = configOf<LocalRateLimit>(run);
  const isOff = (percent: LocalRateLimit['filter_enabled']): boolean => enabledShare(run.input.context, percent) <= 0;
  if (isOff(limit.filter_enabled)) return goesOn(run, { kind: 'not-enabled' });
  if (isOff(limit.filter_enforced)) return goesOn(run, { kind: 'counts-alone' });
  const descriptors = limit.descriptors ?? [];
  if (limit.token_bucket === undefined && descriptors.length === 0) return goesOn(run, { kind: 'no-token-bucket' });
  const told = statusOf(limit.status);
  const status = told < 400 ? TOO_MANY : told;
  const always = [limit.filter_enabled, limit.filter_enforced].every(
    (one) => enabledShare(run.input.context, one) >= 1,
  );
  const isEmpty = limit.token_bucket !== undefined && (limit.token_bucket.max_tokens ?? 0) === 0;
  if (isEmpty && always && descriptors.length === 0) {
    const cause = { kind: 'token-bucket-empty' } as const;
    return ends(run, localReply(run.message, ['denied', 'local-reply'], status, cause, { responseFlags: 'RL' }));
  }
  return notEvaluated(run, { kind: 'rate-not-known', status });
}
