/**
 * The time that a request has left, as a header tells the application: a first try is told all of it, and a later one what the earlier
 * ones left. Envoy takes off the milliseconds since it had the whole request, leaves one at least, and a time-out of each try
 * that is shorter stands as it is. https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter
 * (x-envoy-expected-rq-timeout-ms)
 */
import type { Echo } from '../rig/call';

type Headers = Echo['headers'];

const EXPECTED = 'x-envoy-expected-rq-timeout-ms';
const GRPC = 'grpc-timeout';

/** @returns what was seen, with the whole time in place of what is left of it where a later try may have been told that */
export function withWholeTime(seen: Headers, told: Headers, attempts: number | null): Headers {
  if ((attempts ?? 1) <= 1) return seen;
  const whole = new Map(told.filter(([name]) => name === EXPECTED || name === GRPC));
  return seen.map(([name, value]) => {
    const all = whole.get(name);
    return all !== undefined && isPartOf(milliseconds(value), milliseconds(all)) ? [name, all] : [name, value];
  });
}

function isPartOf(left: number | null, whole: number | null): boolean {
  return left !== null && whole !== null && left >= 1 && left <= whole;
}

/** Envoy writes both headers in milliseconds. */
function milliseconds(value: string): number | null {
  const digits = /^(\d+)m?$/.exec(value)?.[1];
  return digits === undefined ? null : Number(digits);
}
