/**
 * Whole numbers in headers by which Envoy is told something: time-outs, retries, draws of a weighted cluster, faults.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#http-headers-consumed-from-downstream-clients
 */

/**
 * The number as Envoy reads it, of 64 bits without a sign. White space around it and one `+` before it are taken, which the
 * documentation does not say; null for everything else.
 */
export function wholeNumber(text: string): bigint | null {
  const digits = /^\s*\+?(\d{1,40})\s*$/.exec(text)?.[1];
  if (digits === undefined) return null;
  const number = BigInt(digits);
  return number === BigInt.asUintN(64, number) ? number : null;
}
