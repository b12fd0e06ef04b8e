/** JSON, YAML and JSONPath output. */
import { UsageError } from '../errors';

/** JSON as istioctl prints it: four blanks, with `<`, `>` and `&` escaped. */
export function renderJson(value: unknown): string {
  const text = JSON.stringify(value, null, 4);
  return `${text.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)}\n`;
}

/** YAML with sorted keys. Loads the yaml package. */
export async function renderYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return `${stringify(value, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false }).trimEnd()}\n`;
}

/**
 * One value a line of what a JSONPath finds: text as it is, anything else as JSON. Takes kubectl's `{.x}` and `$.x`;
 * filter expressions, which are code, are refused. Throws UsageError for a path that is none.
 */
export async function renderJsonPath(expression: string, value: object): Promise<string> {
  return (await findJsonPath(expression, value)).map((one: unknown) => `${lineOf(one)}\n`).join('');
}

/** Every value that a JSONPath finds, in order; see renderJsonPath. */
export async function findJsonPath(expression: string, value: object): Promise<readonly unknown[]> {
  const { JSONPath } = await import('jsonpath-plus');
  const path = rooted(expression);
  let found: unknown;
  try {
    found = JSONPath({ path, json: value, wrap: true, eval: false });
  } catch (error) {
    throw new UsageError(`the JSONPath ${expression} cannot be read: ${error instanceof Error ? error.message : ''}`, {
      hint: "For example -o jsonpath='{[*].name}'.",
    });
  }
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

function rooted(expression: string): string {
  const inner = /^\{(.*)\}$/s.exec(expression.trim())?.[1] ?? expression.trim();
  if (inner.startsWith('$')) return inner;
  return inner.startsWith('.') || inner.startsWith('[') ? `$${inner}` : `$.${inner}`;
}

function lineOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
