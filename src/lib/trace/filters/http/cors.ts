/**
 * `envoy.extensions.filters.http.cors.v3.Cors` and each route's `CorsPolicy`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/cors_filter
 */
import { messageOf } from '../../../envoy/any';
import type { RuntimeFraction } from '../../../match/runtime';
import type { StringMatcher } from '../../../envoy/route';
import { matchString } from '../../../match/string-matcher';
import { every, isUnknown, some, type Ternary } from '../../../match/ternary';
import type { HttpFilterCause } from '../../facts/filters';
import { type EndingBy, ending } from '../../hop/ending';
import { firstHeader, type HttpMessage } from '../../../http/message';
import { enabledShare } from '../shared/enabled-share';
import { ends, type FilterResult, type FilterRun, goesOn, noted, open } from './handler';

interface CorsPolicy {
  readonly allow_origin_string_match?: readonly StringMatcher[];
  readonly allow_methods?: string;
  readonly filter_enabled?: RuntimeFraction;
  readonly shadow_enabled?: RuntimeFraction;
  readonly forward_not_matching_preflights?: boolean;
}

/** A pre-flight request is answered here; every other one goes on, and its answer gets headers. */
export function runCors(run: FilterRun): FilterResult {
  const policies = policiesOf(run);
  const [first] = policies;
  if (first === undefined) return goesOn(run, { kind: 'no-cors-policy' });
  if (first.filter_enabled !== undefined && enabledShare(run.input.context, first.filter_enabled) <= 0) {
    return goesOn(run, { kind: 'cors-not-enabled' });
  }
  const origin = firstHeader(run.message, 'origin') ?? '';
  const preflight = isPreflight(run.message);
  if (origin === '') return goesOn(run, { kind: 'no-origin' });
  if (isUnknown(preflight)) return open(run, preflight.unknown, answered('', true).outcome);
  if (isUnknown(origin)) return noted(run, { kind: 'cors-headers-open', input: origin.unknown });
  return preflight ? answerPreflight(run, policies, origin) : addHeaders(run, isAllowed(policies, origin), origin);
}

function addHeaders(run: FilterRun, allowed: Ternary, origin: string): FilterResult {
  return noted(run, { kind: 'cors-headers', origin, isAllowed: allowed !== false });
}

function answerPreflight(run: FilterRun, policies: readonly CorsPolicy[], origin: string): FilterResult {
  const allowed = isAllowed(policies, origin);
  if (isUnknown(allowed)) return open(run, allowed.unknown, answered(origin, true).outcome);
  const forwards = policies.find((one) => one.forward_not_matching_preflights !== undefined);
  if (!allowed && (forwards?.forward_not_matching_preflights ?? true)) {
    return goesOn(run, { kind: 'preflight-goes-on', origin });
  }
  return ends(run, answered(origin, allowed));
}

function answered(origin: string, isAllowed: boolean): EndingBy<HttpFilterCause> {
  return ending('direct-response', null, { kind: 'preflight-answered', origin, isAllowed }, { status: 200 });
}

/** The most specific level first; the deprecated field of the route and the virtual host where no level has one. */
function policiesOf({ perRoute, input }: FilterRun): readonly CorsPolicy[] {
  const action = input.route?.route as { readonly cors?: CorsPolicy } | undefined;
  if (action === undefined) return [];
  if (perRoute.configs.length > 0) return perRoute.configs.map(({ config }) => messageOf<CorsPolicy>(config));
  const old = [action.cors, input.virtualHost?.cors as CorsPolicy | undefined];
  return old.filter((one) => one !== undefined);
}

/** The origins of the most specific level that lists any. */
function isAllowed(policies: readonly CorsPolicy[], origin: string): Ternary {
  const matchers = policies.map((one) => one.allow_origin_string_match ?? []).find((list) => list.length > 0) ?? [];
  return some(matchers, (matcher) => some(['*', origin], (text) => matchString(matcher, text)));
}

/** https://fetch.spec.whatwg.org/#cors-preflight-request, as Envoy tells one. */
export function isPreflight(message: HttpMessage): Ternary {
  if (message.method !== 'OPTIONS') return false;
  return every(['origin', 'access-control-request-method'], (name): Ternary => {
    const value = firstHeader(message, name) ?? '';
    return isUnknown(value) ? value : value !== '';
  });
}
