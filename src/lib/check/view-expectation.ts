/** What a view's JSON is expected to hold, and where it holds something else. */
import { isDeepStrictEqual } from 'node:util';
import { withDigits } from '../exact-number';
import { findJsonPath } from '../render/structured';
import type { ViewExpectation } from './check-file';
import type { Unmet } from './expectation';

/** Where a view's JSON is otherwise than expected. Throws UsageError for a JSONPath that is none. */
export async function unmetInView(json: object, expected: ViewExpectation): Promise<readonly Unmet[]> {
  const unmet: Unmet[] = [];
  const count = Array.isArray(json) ? json.length : Object.keys(json).length;
  if (expected.count !== undefined && expected.count !== count) {
    unmet.push({ key: 'count', expected: expected.count, actual: count });
  }
  for (const [expression, wanted] of Object.entries(expected.jsonpath ?? {})) {
    const found = (await findJsonPath(expression, json)).map(withDigits);
    if (isMet(found, wanted)) continue;
    unmet.push({
      key: `jsonpath ${expression}`,
      expected: wanted,
      actual: found.length <= 1 ? (found[0] ?? null) : found,
    });
  }
  return unmet;
}

/** One value is met as itself or as a list of one, several as a list; nothing found is met by null and by an empty list. */
function isMet(found: readonly unknown[], wanted: unknown): boolean {
  if (found.length === 0) return wanted === null || isSame([], wanted);
  if (found.length === 1 && isSame(found[0], wanted)) return true;
  return isSame(found, wanted);
}

/** Equal as JSON; a number or boolean equals its text, since proto JSON writes some numbers as text. */
function isSame(actual: unknown, wanted: unknown): boolean {
  if (isScalar(actual) && isScalar(wanted)) return String(actual) === String(wanted);
  return isDeepStrictEqual(actual, wanted);
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
