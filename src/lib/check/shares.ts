/** Shares as expectations compare them. */

/** Shares are met within half a percent: weights are whole numbers, shares are fractions. */
const TOLERANCE = 0.005;

export function isNear(actual: number, expected: number): boolean {
  return Math.abs(actual - expected) <= TOLERANCE;
}
