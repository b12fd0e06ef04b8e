/**
 * Whether a request is traced because somebody asks for it, which `traceable_filter` takes alone. Its surprise: one that is traced by chance
 * or for its client is none of these, and a request id whose 15th character is `a` asks, too.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/observability/tracing#when-to-trace
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-request-id
 */
import { messageOf } from '../../envoy/any';
import type { HttpConnectionManager, RequestIdExtension } from '../../envoy/listener';
import type { FractionalPercent, Route } from '../../envoy/route';
import { firstHeader, type HttpMessage } from '../../http/message';
import { isMadeRequestId } from './request-id';
import { fractionOf } from '../../match/fraction';
import type { Runtime } from '../../match/runtime';
import { isUnknown, type Ternary, type Unknown, unknown } from '../../match/ternary';

interface Sampling {
  readonly client_sampling?: { readonly value?: number };
  readonly overall_sampling?: { readonly value?: number };
}

interface RouteSampling {
  readonly client_sampling?: FractionalPercent;
  readonly overall_sampling?: FractionalPercent;
}

/** Where a request id says of its request whether it is traced, and why. */
const REASON_AT = 14;

/** How much of a request id is the number that shares are held against. */
const NUMBER = 8;

/** @param message as it was admitted; null where it was not */
export function isTraceForced(
  { tracing, request_id_extension: extension }: HttpConnectionManager,
  route: Route | null,
  message: HttpMessage | null,
  runtime: Runtime,
): Ternary {
  if (tracing === undefined || message === null) return false;
  const hasId = hasNumberedId(message, extension);
  if (hasId === false) return false;
  const shares = sharesOf(tracing, route?.tracing);
  const overall = shareOf(runtime, 'tracing.global_enabled', shares.overall);
  if (isUnknown(overall)) return overall;
  if (overall <= 0) return false;
  const forced = isAskedFor(message, () => shareOf(runtime, 'tracing.client_enabled', shares.client));
  if (forced === false) return false;
  if (isUnknown(hasId)) return hasId;
  if (overall >= 1) return forced;
  return unknown('whether the request is among those that are traced (overall_sampling)');
}

/**
 * Whether there is a request id whose beginning is a number: without one, nothing that the request has makes it traced. An extension
 * may take no notice of request ids.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/request_id/uuid/v3/uuid.proto
 */
function hasNumberedId(message: HttpMessage, extension: RequestIdExtension | undefined): Ternary {
  const { typed_config: config } = extension ?? {};
  if (config !== undefined && config['@type']?.endsWith('.UuidRequestIdConfig') !== true)
    return unknown('what the request id says of tracing (request_id_extension)');
  if (messageOf<{ use_request_id_for_trace_sampling?: boolean }>(config).use_request_id_for_trace_sampling === false)
    return false;
  const id = firstHeader(message, 'x-request-id');
  if (isMadeRequestId(id)) return true;
  if (isUnknown(id)) return id;
  return id !== null && id.length >= NUMBER && /^\s*[+-]?(?:0x)?[0-9a-f]+$/i.test(id.slice(0, NUMBER));
}

/** What the runtime has in the place of a share, between 0 and 1. */
function shareOf(runtime: Runtime, key: string, own: FractionalPercent): number | Unknown {
  const fraction = runtime.fraction({ default_value: own, runtime_key: key });
  return isUnknown(fraction) ? fraction : fractionOf(fraction ?? own);
}

const ALL: FractionalPercent = { numerator: 100, denominator: 'HUNDRED' };

/** Those of the route count in place of the manager's. */
function sharesOf(own: Sampling, ofRoute: RouteSampling | undefined): Record<'client' | 'overall', FractionalPercent> {
  const percent = (given: { readonly value?: number } | undefined): FractionalPercent =>
    given === undefined ? ALL : { numerator: (given.value ?? 0) * 10_000, denominator: 'MILLION' };
  return ofRoute === undefined
    ? { client: percent(own.client_sampling), overall: percent(own.overall_sampling) }
    : { client: ofRoute.client_sampling ?? ALL, overall: ofRoute.overall_sampling ?? ALL };
}

/** The request's id comes first, then what its client traces, then the header that forces it. */
function isAskedFor(message: HttpMessage, clients: () => number | Unknown): Ternary {
  const id = firstHeader(message, 'x-request-id');
  if (isUnknown(id) && !isMadeRequestId(id)) return id;
  const reason = typeof id === 'string' && id.length === 36 ? id.charAt(REASON_AT) : '';
  if ('9ab'.includes(reason) && reason !== '') return reason === 'a';
  const traced = firstHeader(message, 'x-client-trace-id');
  const forced = firstHeader(message, 'x-envoy-force-trace');
  if (isUnknown(forced)) return forced;
  if (isUnknown(traced)) return traced;
  if (forced === null || traced === null) return forced !== null;
  const client = clients();
  if (isUnknown(client)) return client;
  if (client <= 0) return true;
  return client >= 1 ? false : unknown('whether the request is among those that its client traces (client_sampling)');
}
