/** Expectations that are not met, in words: what was expected, and what came. */
import type { Unmet } from './expectation';

/** Two lines for each, one below the other; one line for what must not be. */
export function unmetLines({ key, expected, actual }: Unmet): readonly string[] {
  if (/(?:^|\.)not(?:\[\d+\])?\.\w+$/.test(key)) return [`${key}: ${shownValue(expected)} must not be`];
  return [`${key}: expected ${shownValue(expected)}`, `${' '.repeat(key.length)}    actual ${shownValue(actual)}`];
}

/** A value on one line: a text as it is, shares as percentages, anything else as JSON. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return '(none)';
  if (typeof value === 'string') return value;
  return isShares(value) ? sharesText(value) : JSON.stringify(value);
}

function isShares(value: unknown): value is Readonly<Record<string, number>> {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap && Object.values(value).every((share) => typeof share === 'number' && share >= 0 && share <= 1);
}

function sharesText(shares: Readonly<Record<string, number>>): string {
  const parts = Object.entries(shares).map(([name, share]) => `${name} ${Number((share * 100).toFixed(1))}%`);
  return parts.length === 0 ? '(none)' : parts.join(', ');
}
