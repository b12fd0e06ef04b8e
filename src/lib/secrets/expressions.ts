/**
 * Secrets in parsed expressions of the Common Expression Language: the constants of a comparison that reads something secret, such as
 * `request.headers['authorization'] == 'Bearer x'`, which stands in a dump as a tree of calls.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/rbac/v3/rbac.proto#config-rbac-v3-policy
 */
import { isSecretHeader } from './names';

/** The fields of an expression under which a comparison stands. */
export const COMPARISONS: ReadonlySet<string> = new Set(['call_expr', 'comprehension_expr']);

/** The look-up of a key: its constant is a name. */
export const INDEX = '_[_]';

const LOGICAL: ReadonlySet<string> = new Set(['_&&_', '_||_', '!_', '_?_:_', '@not_strictly_false']);

/** Whether a call joins comparisons, of which each is judged on its own. */
export function joinsComparisons(name: unknown): boolean {
  return typeof name === 'string' && LOGICAL.has(name);
}

/** Whether a text of an expression names something secret: a field that is selected, or a key that is looked up. */
export function namesOperand(field: string, text: string, isKey: boolean): boolean {
  return (field === 'field' || (isKey && field === 'string_value')) && isSecretHeader(text);
}

/** Whether something that stands in an expression reads a secret. */
export function readsSecret(value: unknown, isKey = false): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((one) => readsSecret(one, isKey));
  const fields = value as Readonly<Record<string, unknown>>;
  const isBelow = 'function' in fields ? fields['function'] === INDEX : isKey;
  return Object.entries(fields).some(([key, inner]) =>
    typeof inner === 'string'
      ? namesOperand(key === 'stringValue' ? 'string_value' : key, inner, isBelow)
      : readsSecret(inner, isBelow),
  );
}
