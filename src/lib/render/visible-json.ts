/** JSON in which every character can be seen; its reader gets the same value. */
import { jsonText } from '../exact-number';
import { COMMAND_INSIDE, escapedInside } from './visible';

/** JSON's text with every character seen. None of the others stands but in a string: the value that is parsed stays the same. */
export function visibleJson(text: string): string {
  return escapedInside(text, unitEscapes).replace(COMMAND_INSIDE, '\\u0023');
}

/** A value on one line. */
export function jsonLine(value: unknown): string {
  return visibleJson(jsonText(value));
}

function unitEscapes(character: string): string {
  return character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
