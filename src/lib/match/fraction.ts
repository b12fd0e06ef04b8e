/**
 * `envoy.type.v3.FractionalPercent`.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/v3/percent.proto
 */
import type { FractionalPercent } from '../envoy/route';

const WHOLE = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 } as const;

/** The share of a fraction, 0 to 1: what is above the whole is the whole, and nothing at all is 0. */
export function fractionOf(percent: FractionalPercent | undefined): number {
  return Math.min(1, (percent?.numerator ?? 0) / WHOLE[percent?.denominator ?? 'HUNDRED']);
}

/** A share in words, to four places: `0.5 %` as `0.5%`. */
export function percentText(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`;
}
