/** JSON, YAML and JSONPath output. */
import { jsonText } from '../exact-number';
import { notSupported, PathFinder } from './json-path';
import { onlyPath, parseTemplate, renderTemplate, valueText } from './json-path-template';
import { escapedMarks } from './printed-json';
import { visibleJson } from './visible-json';

/** What of JSON's text is written otherwise; two number signs may be, too. */
const MAY_CHANGE = /[<>&\x7f-\uffff]/;

/** JSON as istioctl prints it: four blanks, with `<`, `>` and `&` escaped; and every character that cannot be seen. */
export function renderJson(value: unknown): string {
  const json = jsonText(value, 4);
  // One look at a text that may be long, in place of three.
  if (!MAY_CHANGE.test(json) && !json.includes('##')) return `${json}\n`;
  return `${escapedMarks(visibleJson(json))}\n`;
}

/** YAML with sorted keys, see yamlText. */
export async function renderYaml(value: unknown): Promise<string> {
  const { yamlText } = await import('./yaml.js');
  return yamlText(value, { sorted: true });
}

/**
 * What a JSONPath finds. Of one path (kubectl's `{.x}`, or `$.x`) each value on a line, a text with its hidden characters
 * escaped, anything else as JSON;
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
