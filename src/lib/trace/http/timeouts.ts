/**
 * The time-outs that are in force for a request, and where each comes from.
 * https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter
 */
import { durationMs } from '../../envoy/any';
import type { HttpConnectionManager } from '../../envoy/listener';
import type { HedgePolicy, RetryPolicy, RouteAction, VirtualHost } from '../../envoy/route';
import { firstHeader, type HttpMessage, isGrpc, withHeader, withoutHeaders } from '../../http/message';
import { wholeNumber } from '../../http/whole-number';
import type { RouteSetting, TimeOutFacts, TimeOutSource } from '../facts/routing';
import { isUnknown } from '../../match/ternary';
import { isSilent, routerOf } from './router';

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
  tries: Tries,
  message: HttpMessage,
): readonly RouteSetting[] {
  const { whole, each } = timeouts(manager, action, tries, message);
  return [
    { kind: 'timeout', isDefault: whole.ms === 0 && whole.from === null, ...whole },
    ...openSettings(manager, message),
    ...(each === null ? [] : [{ kind: 'try-timeout' as const, ...each }]),
    ...streamSettings(manager, action, message),
  ];
}

/** How a route's virtual host and the route itself have requests tried. */
export interface Tries {
  readonly retry: RetryPolicy | undefined;
  readonly hedge: HedgePolicy | undefined;
}

/** A route's own policies count before those of its virtual host. */
export function triesOf(action: RouteAction, virtualHost: VirtualHost | null): Tries {
  return {
    retry: action.retry_policy ?? virtualHost?.retry_policy,
    hedge: action.hedge_policy ?? virtualHost?.hedge_policy,
  };
}

interface TimeOuts {
  readonly whole: TimeOutFacts;
  /** Null where a try has no time-out of its own, or one that is longer than the whole. */
  readonly each: TimeOutFacts | null;
}

function timeouts(
  manager: HttpConnectionManager,
  action: RouteAction,
  { retry }: Tries,
  message: HttpMessage,
): TimeOuts {
  const whole = byHeader(headerOf(manager, message), message) ?? ofRoute(action, message);
  const each = byHeader(PER_TRY_HEADER, message) ?? { ms: durationMs(retry?.per_try_timeout) ?? 0, from: null };
  return { whole, each: each.ms > 0 && (whole.ms === 0 || each.ms < whole.ms) ? each : null };
}

/**
 * The request with what the router tells the upstream of its time-out: in a header of Envoy's, and in gRPC's own where the
 * route has `max_grpc_timeout`. The headers by which the request asked for another are taken away. An upstream has the whole
 * time where a try that takes too long goes on beside the next (`hedge_on_per_try_timeout`).
 */
export function withTimeouts(
  manager: HttpConnectionManager,
  action: RouteAction,
  tries: Tries,
  message: HttpMessage,
): HttpMessage {
  const { whole, each } = timeouts(manager, action, tries, message);
  const { ms } = isHedged(tries, message) ? whole : (each ?? whole);
  const taken = [headerOf(manager, message), PER_TRY_HEADER].filter((name) => name !== EXPECTED_HEADER);
  const sent = withStreamDuration(manager, action, withoutHeaders(message, taken));
  if (ms === 0) return sent;
  const told = isSilent(manager) ? sent : withHeader(sent, EXPECTED_HEADER, String(ms));
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

/** Where the router is told so, what a proxy before this one expects counts, and with it nothing else is looked at. */
function headerOf(manager: HttpConnectionManager, message: HttpMessage): string {
  const expects =
    routerOf(manager).respect_expected_rq_timeout === true && firstHeader(message, EXPECTED_HEADER) !== null;
  return expects ? EXPECTED_HEADER : TIMEOUT_HEADER;
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-hedge-on-per-try-timeout */
function isHedged({ hedge }: Tries, message: HttpMessage): boolean {
  const told = firstHeader(message, 'x-envoy-hedge-on-per-try-timeout');
  return told === 'true' || (told !== 'false' && hedge?.hedge_on_per_try_timeout === true);
}

function byHeader(name: string, message: HttpMessage): TimeOutFacts | null {
  const value = firstHeader(message, name);
  const number = typeof value === 'string' ? wholeNumber(value) : null;
  return number === null ? null : { ms: Number(number), from: named(name) };
}

/** Headers that may be there or not change what is told. */
function openSettings(manager: HttpConnectionManager, message: HttpMessage): readonly RouteSetting[] {
  return [headerOf(manager, message), PER_TRY_HEADER].flatMap((header): readonly RouteSetting[] => {
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

/** Whether grpc-timeout, as the route reads it, leaves a stream no time at all: a duration of 0 there is none to spend. */
export function endsAtOnce(manager: HttpConnectionManager, action: RouteAction, message: HttpMessage): boolean {
  return streamDuration(manager, action, message)?.ms === 0;
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
