/** Fields of JSON values of which nothing is known. */

/** A field's value; undefined where the value is no object or has none such of its own. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** The value of a field of a field: `fieldAt(pod, 'spec', 'nodeName')`. */
export function fieldAt(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce(field, value);
}

/** A list's items; none where the value is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text; empty where the value is none. */
export function textOrEmpty(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A text; null where the value is none. */
export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
