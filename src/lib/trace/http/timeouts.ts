/**
 * The time-outs that are in force for a request, and where each comes from.
 * https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter
 */
import { durationMs, messageOf, messageTypeOf } from '../../envoy/any';
import type { HttpConnectionManager } from '../../envoy/listener';
import type { RouteAction } from '../../envoy/route';
import { firstHeader, type HttpMessage, isGrpc, withHeader, withoutHeaders } from '../../http/message';
import type { RouteSetting, TimeOutFacts, TimeOutSource } from '../facts/routing';
import { isUnknown } from '../../match/ternary';

const DEFAULT_MS = 15_000;
const TIMEOUT_HEADER = 'x-envoy-upstream-rq-timeout-ms';
const EXPECTED_HEADER = 'x-envoy-expected-rq-timeout-ms';
const PER_TRY_HEADER = 'x-envoy-upstream-rq-per-try-timeout-ms';

/**
 * The time-out of the whole answer, that of each try, and how long the stream may last. A header of the request counts where
 * the connection manager left it, which it does of internal requests.
 */
export function timeoutSettings(
  manager: HttpConnectionManager,
  action: RouteAction,
  perTry: string | undefined,
  message: HttpMessage,
): readonly RouteSetting[] {
  const { whole, each } = timeouts(manager, action, perTry, message);
  return [
    { kind: 'timeout', isDefault: whole.ms === 0 && whole.from === null, ...whole },
    ...openSettings(manager, message),
    ...(each === null ? [] : [{ kind: 'try-timeout' as const, ...each }]),
    ...streamSettings(manager, action, message),
  ];
}

interface TimeOuts {
  readonly whole: TimeOutFacts;
  /** Null where a try has no time-out of its own, or one that is longer than the whole. */
  readonly each: TimeOutFacts | null;
}

function timeouts(
  manager: HttpConnectionManager,
  action: RouteAction,
  perTry: string | undefined,
  message: HttpMessage,
): TimeOuts {
  const whole = byHeader(headersOf(manager), message) ?? ofRoute(action, message);
  const each = byHeader([PER_TRY_HEADER], message) ?? { ms: durationMs(perTry) ?? 0, from: null };
  return { whole, each: each.ms > 0 && (whole.ms === 0 || each.ms < whole.ms) ? each : null };
}

/**
 * The request with what the router tells the upstream of its time-out: in a header of Envoy's, and in gRPC's own where the
 * route has `max_grpc_timeout`. The headers by which the request asked for another are taken away.
 */
export function withTimeouts(
  manager: HttpConnectionManager,
  action: RouteAction,
  perTry: string | undefined,
  message: HttpMessage,
): HttpMessage {
  const { whole, each } = timeouts(manager, action, perTry, message);
  const { ms } = each ?? whole;
  const sent = withStreamDuration(manager, action, withoutHeaders(message, [TIMEOUT_HEADER, PER_TRY_HEADER]));
  if (ms === 0) return sent;
  const told = routerOf(manager).suppress_envoy_headers === true ? sent : withHeader(sent, EXPECTED_HEADER, String(ms));
  const isCapped = action.max_grpc_timeout !== undefined && action.max_stream_duration === undefined;
  return isCapped && isGrpc(message) === true ? withHeader(told, 'grpc-timeout', grpcText(ms)) : told;
}

/** A gRPC upstream is told how long the stream may last where the route says so. */
function withStreamDuration(manager: HttpConnectionManager, action: RouteAction, message: HttpMessage): HttpMessage {
  const duration = action.max_stream_duration === undefined ? null : streamDuration(manager, action, message);
  return duration === null || duration.ms === 0 || isGrpc(message) !== true
    ? message
    : withHeader(message, 'grpc-timeout', grpcText(duration.ms));
}

const MOST_OF_GRPC = 99_999_999;

/** At most eight digits: milliseconds where they fit. */
function grpcText(ms: number): string {
  for (const [unit, size] of [
    ['m', 1],
    ['S', 1000],
    ['M', 60_000],
  ] as const) {
    if (Math.floor(ms / size) <= MOST_OF_GRPC) return `${Math.floor(ms / size)}${unit}`;
  }
  return `${Math.min(Math.floor(ms / 3_600_000), MOST_OF_GRPC)}H`;
}

function named(name: string): TimeOutSource {
  return { kind: 'named', name };
}

/** Where the router is told so, what a proxy before this one expects comes first. */
function headersOf(manager: HttpConnectionManager): readonly string[] {
  return routerOf(manager).respect_expected_rq_timeout === true ? [EXPECTED_HEADER, TIMEOUT_HEADER] : [TIMEOUT_HEADER];
}

interface Router {
  readonly respect_expected_rq_timeout?: boolean;
  readonly suppress_envoy_headers?: boolean;
}

function routerOf({ http_filters: filters = [] }: HttpConnectionManager): Router {
  const router = filters.find(({ typed_config: config }) => messageTypeOf(config).endsWith('.router.v3.Router'));
  return messageOf<Router>(router?.typed_config);
}

function byHeader(names: readonly string[], message: HttpMessage): TimeOutFacts | null {
  for (const name of names) {
    const value = firstHeader(message, name);
    if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return { ms: Number(value), from: named(name) };
  }
  return null;
}

/** Headers that may be there or not change what is told. */
function openSettings(manager: HttpConnectionManager, message: HttpMessage): readonly RouteSetting[] {
  return [...headersOf(manager), PER_TRY_HEADER].flatMap((header): readonly RouteSetting[] => {
    const value = firstHeader(message, header);
    return isUnknown(value) ? [{ kind: 'timeout-open', header, input: value.unknown }] : [];
  });
}

/** A route with a stream duration has no other time-out of its own. */
function ofRoute(action: RouteAction, message: HttpMessage): TimeOutFacts {
  if (action.max_stream_duration !== undefined) return { ms: 0, from: null };
  const most = durationMs(action.max_grpc_timeout);
  if (most !== null && isGrpc(message) === true) return ofGrpc(most, durationMs(action.grpc_timeout_offset), message);
  if (action.timeout === undefined) return { ms: DEFAULT_MS, from: { kind: 'envoy-default' } };
  return { ms: durationMs(action.timeout) ?? 0, from: null };
}

/** 0 is no time-out in both places; the cap holds for a request without one, too. */
function ofGrpc(most: number, offset: number | null, message: HttpMessage): TimeOutFacts {
  const told = grpcTimeout(message) ?? 0;
  const left = offset !== null && offset < told ? told - offset : told;
  if (most !== 0 && (left === 0 || left > most)) return { ms: most, from: named('max_grpc_timeout') };
  return { ms: left, from: left === 0 ? null : named('grpc-timeout') };
}

const UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000_001 };

/** In milliseconds, parts of one rounded up; null where the header is absent or no time-out. */
function grpcTimeout(message: HttpMessage): number | null {
  const value = firstHeader(message, 'grpc-timeout');
  const parts = typeof value === 'string' ? /^(\d{1,8})([HMSmun])$/.exec(value) : null;
  return parts === null ? null : Math.ceil(Number(parts[1]) * (UNITS[parts[2] ?? ''] ?? 0));
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (RouteAction.MaxStreamDuration) */
function streamSettings(
  manager: HttpConnectionManager,
  action: RouteAction,
  message: HttpMessage,
): readonly RouteSetting[] {
  const duration = streamDuration(manager, action, message);
  return duration === null ? [] : [{ kind: 'stream-duration', ...duration }];
}

/** Null where the stream may last as long as it likes. */
function streamDuration(
  { common_http_protocol_options: options }: HttpConnectionManager,
  { max_stream_duration: own }: RouteAction,
  message: HttpMessage,
): TimeOutFacts | null {
  const told = grpcTimeout(message);
  const most = durationMs(own?.grpc_timeout_header_max);
  if (told !== null && most !== null) {
    const capped = most !== 0 && told > most ? most : told;
    const offset = durationMs(own?.grpc_timeout_header_offset) ?? 0;
    const ms = capped === 0 ? 0 : Math.max(0, capped - offset);
    return { ms, from: named('grpc-timeout') };
  }
  const ofOwn = durationMs(own?.max_stream_duration);
  const ms = ofOwn ?? durationMs(options?.max_stream_duration) ?? 0;
  return ms === 0 ? null : { ms, from: ofOwn === null ? { kind: 'manager' } : null };
}
