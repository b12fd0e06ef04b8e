/** Makes what a terminal would obey visible instead: names in a dump are written by others. */

// C0 controls but tab and newline, DEL, C1 controls, and the marks that reorder text from right to left.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Replaces control characters by an escape that can be read (`\x1b`, `\u202e`). Tabs and newlines stay. */
export function visible(text: string): string {
  return text.replace(CONTROL, escapeOf);
}

/** As visible, for text that must stay on its line: tabs, newlines and line separators are escaped, too. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\t\n\u2028\u2029]/g, escapeOf);
}

function escapeOf(character: string): string {
  const code = character.charCodeAt(0);
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
