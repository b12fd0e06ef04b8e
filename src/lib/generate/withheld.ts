/** Generated checks that would hold a secret of the configuration: a file that is kept and shared is no place for it. */
import type { CheckRequest } from '../check/check-file';
import { secretsAreShown } from '../secrets/disclosure';
import { shownValue } from '../secrets/redact';
import { cleanText } from '../secrets/secret-text';
import type { Generated, GeneratedCheck, UnreachedRoute } from './generate';

const BECAUSE = 'only a request with a secret meets it: --show-secrets writes it down';

/** Without the checks whose request or answer holds a secret; their routes are among those that were not reached. */
export function withoutSecretChecks({ checks, unreached, left }: Generated): Generated {
  if (secretsAreShown()) return { checks, unreached, left };
  const kept: GeneratedCheck[] = [];
  const withheld: UnreachedRoute[] = [];
  for (const check of checks) {
    if (holdsSecret(check)) withheld.push({ route: check.name, because: BECAUSE });
    else kept.push(check);
  }
  return { checks: kept, unreached: [...unreached.map(withoutSecret), ...withheld], left };
}

/** A reason, which may tell of the request that was tried. */
function withoutSecret({ route, because }: UnreachedRoute): UnreachedRoute {
  return { route, because: cleanText(because) };
}

function holdsSecret({ request, expect }: GeneratedCheck): boolean {
  return (
    [request, expect].some(hasForm) || headersOf(request).some(([name, value]) => shownValue(name, value) !== value)
  );
}

/** Whether a text in a value, or one of its keys, gives a secret away by its form. */
function hasForm(value: unknown): boolean {
  if (typeof value === 'string') return cleanText(value) !== value;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => hasForm(inner) || cleanText(key) !== key);
}

function headersOf({ headers = {} }: CheckRequest): readonly (readonly [string, string])[] {
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
  return pairs.map(([name, value]) => [String(name), String(value)]);
}
