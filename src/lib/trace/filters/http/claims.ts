/** JWT claims as they are given on the command line, as filters see them in dynamic metadata. */

/** Claims by name: text, a list or an object. */
export type Claims = Readonly<Record<string, unknown>>;

/** The longest claim name that is taken apart at its dots, in parts. */
const DEEPEST = 16;

/**
 * A value that is a JSON list or object is one, everything else is text; `a.b=x` stands for the claim `a.b` and for `b`
 * inside `a`.
 */
export function structuredClaims(given: Readonly<Record<string, string>>): Claims {
  const claims = new Map<string, unknown>();
  for (const [name, text] of Object.entries(given)) {
    const value = valueOf(text);
    const parts = name.split('.');
    if (parts.length > 1 && parts.length <= DEEPEST && parts.every((part) => part !== '')) {
      const [first = '', ...rest] = parts;
      const before = claims.get(first);
      claims.set(first, nested(isFields(before) ? before : {}, rest, value));
    }
    claims.set(name, value);
  }
  return Object.fromEntries(claims);
}

function nested(into: Claims, path: readonly string[], value: unknown): Claims {
  const [first = '', ...rest] = path;
  if (rest.length === 0) return { ...into, [first]: value };
  const before = Object.hasOwn(into, first) ? into[first] : undefined;
  return { ...into, [first]: nested(isFields(before) ? before : {}, rest, value) };
}

function valueOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function isFields(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A claim as a list: a text is split at blanks where it is one of those that are lists in text form (`scope`). */
export function withLists(claims: Claims, spaceDelimited: readonly string[]): Claims {
  const changed = Object.entries(claims).map(([name, value]) =>
    spaceDelimited.includes(name) && typeof value === 'string'
      ? ([name, value.split(' ').filter((word) => word !== '')] as const)
      : ([name, value] as const),
  );
  return Object.fromEntries(changed);
}

/**
 * What Istio's own authentication filter, of releases before Envoy's took its place, writes under `istio_authn`.
 * https://istio.io/latest/docs/reference/config/security/conditions/
 */
export function istioAuthnFields(claims: Claims): Readonly<Record<string, unknown>> {
  const text = (name: string): string => (typeof claims[name] === 'string' ? claims[name] : '');
  const lists = Object.entries(claims).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.split(' ') : value,
  ]);
  return {
    'request.auth.principal': `${text('iss')}/${text('sub')}`,
    'request.auth.audiences': claims['aud'],
    'request.auth.presenter': claims['azp'],
    'request.auth.claims': Object.fromEntries(lists) as unknown,
  };
}
