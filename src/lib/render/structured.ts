/** JSON, YAML and JSONPath output. */
import { ExactNumber, jsonText } from '../exact-number';
import { notSupported, PathFinder } from './json-path';
import { onlyPath, parseTemplate, renderTemplate, valueText } from './json-path-template';

/** JSON as istioctl prints it: four blanks, with `<`, `>` and `&` escaped. */
export function renderJson(value: unknown): string {
  const text = jsonText(value, 4);
  return `${text.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)}\n`;
}

/** A number that JavaScript cannot hold, as it was written. */
const EXACT_NUMBER = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value: unknown) => value instanceof ExactNumber,
  stringify: ({ value }: { value: unknown }) => String(value),
  resolve: Number,
};

/** YAML with sorted keys. Loads the yaml package. */
export async function renderYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return `${stringify(value, { customTags: [EXACT_NUMBER], sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false }).trimEnd()}\n`;
}

/**
 * What a JSONPath finds. Of one path (kubectl's `{.x}`, or `$.x`) each value on a line, text as it is, anything else as JSON;
 * of kubectl's templates (`{range .items[*]}{.name}{"\n"}{end}`) their text, and a line's end where it has none. Throws
 * UsageError for what is neither.
 */
export async function renderJsonPath(expression: string, value: object): Promise<string> {
  const pieces = parseTemplate(expression);
  if (onlyPath(pieces) !== null) {
    return (await findJsonPath(expression, value)).map((one) => `${valueText(one)}\n`).join('');
  }
  const text = await renderTemplate(pieces, value);
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Every value that a JSONPath of one path finds, in order; see renderJsonPath. */
export async function findJsonPath(expression: string, value: object): Promise<readonly unknown[]> {
  const path = onlyPath(parseTemplate(expression));
  if (path === null) throw notSupported(expression, 'it is a template, and here stands one path');
  return (await PathFinder.of(value)).find(path, value);
}
