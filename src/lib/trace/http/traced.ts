/**
 * Whether a request is traced because somebody asks for it, which `traceable_filter` takes alone. Its surprise: one that is traced by chance
 * or for its client is none of these, and a request id whose 15th character is `a` asks, too.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/observability/tracing#when-to-trace
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-request-id
 */
import type { HttpConnectionManager } from '../../envoy/listener';
import type { FractionalPercent, Route } from '../../envoy/route';
import { firstHeader, type HttpMessage } from '../../http/message';
import { fractionOf } from '../../match/fraction';
import { isUnknown, type Ternary, unknown } from '../../match/ternary';

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

/** @param message as it was admitted; null where it was not */
export function isTraceForced(
  { tracing, request_id_extension: other }: HttpConnectionManager,
  route: Route | null,
  message: HttpMessage | null,
): Ternary {
  if (tracing === undefined || message === null) return false;
  const { client, overall } = sharesOf(tracing, route?.tracing);
  if (overall <= 0) return false;
  const forced = isAskedFor(message, client, other !== undefined);
  if (forced === false || overall >= 1) return forced;
  return unknown('whether the request is among those that are traced (overall_sampling)');
}

/** Those of the route count in place of the manager's. */
function sharesOf(own: Sampling, ofRoute: RouteSampling | undefined): { client: number; overall: number } {
  const share = (percent: { readonly value?: number } | undefined): number =>
    percent === undefined ? 1 : (percent.value ?? 0) / 100;
  if (ofRoute === undefined) return { client: share(own.client_sampling), overall: share(own.overall_sampling) };
  const fraction = (percent: FractionalPercent | undefined): number =>
    percent === undefined ? 1 : fractionOf(percent);
  return { client: fraction(ofRoute.client_sampling), overall: fraction(ofRoute.overall_sampling) };
}

/** The request's id comes first, then what its client traces, then the header that forces it. */
function isAskedFor(message: HttpMessage, client: number, isOtherId: boolean): Ternary {
  const id = firstHeader(message, 'x-request-id');
  if (isUnknown(id)) return id;
  const reason = id?.length === 36 ? id.charAt(REASON_AT) : '';
  if ('9ab'.includes(reason) && reason !== '') {
    return isOtherId ? unknown('what the request id says of tracing (request_id_extension)') : reason === 'a';
  }
  const traced = firstHeader(message, 'x-client-trace-id');
  const forced = firstHeader(message, 'x-envoy-force-trace');
  if (isUnknown(forced)) return forced;
  if (isUnknown(traced)) return traced;
  if (forced === null || traced === null || client <= 0) return forced !== null;
  return client >= 1 ? false : unknown('whether the request is among those that its client traces (client_sampling)');
}
