/** JSON of values in which parts stand more than once: each is printed once for each depth that it stands at. */
import { ExactNumber, jsonText } from '../exact-number';
import { remembered } from '../remembered';
import { rememberedPart } from '../repeated-parts';
import { visibleJson } from './visible-json';

/** A text in which nothing is escaped. */
const PLAIN = /^[ !$%'-;=?-[\]-~]*$/;

/** A value as one line of JSON that istioctl would print: with `<`, `>` and `&` escaped, and every character that cannot be seen. */
export function lineOfJson(value: unknown): string {
  return escapedMarks(visibleJson(jsonText(value)));
}

/** `<`, `>` and `&` of a JSON text as Go's writer prints them. https://pkg.go.dev/encoding/json#Marshal */
export function escapedMarks(text: string): string {
  return text.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

function textOfJson(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : lineOfJson(text);
}

const printedName = remembered(lineOfJson);

/**
 * A value as renderJson prints it, without the line's end behind it.
 * @param line a line's end with the blanks of the line in which the value ends
 */
export function printedJson(value: unknown, line: string): string {
  if (typeof value === 'string') return textOfJson(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return lineOfJson(value ?? null);
  return printedObject(value, line);
}

const printedObject = rememberedPart((value, line: string): string => {
  const inner = `${line}    `;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => (isShown(item) ? printedJson(item, inner) : 'null'));
    return items.length === 0 ? '[]' : `[${inner}${items.join(`,${inner}`)}${line}]`;
  }
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === 'function') return escapedMarks(visibleJson(jsonText(value, 4))).replaceAll('\n', line);
  let text = '';
  for (const name of Object.keys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (isShown(member))
      text += `${text === '' ? '{' : ','}${inner}${printedName(name)}: ${printedJson(member, inner)}`;
  }
  return text === '' ? '{}' : `${text}${line}}`;
});

/** Whether JSON has something for it: a member of another kind is left out. */
function isShown(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}
