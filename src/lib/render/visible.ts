/**
 * The one place where a text becomes printable. Names in a dump, a cluster or an archive are written by others: what a terminal
 * would obey, what cannot be seen, and what would make a line or an order of its own is written as an escape that can be read.
 */

/** Texts that need no second look. */
const ORDINARY = /^[\t\n\x20-\x7e]*$/;
const ORDINARY_LINE = /^[\x20-\x7e]*$/;

/**
 * Controls (C0, DEL, C1), format characters (bidirectional controls, zero-width characters, the byte order mark, tags), the
 * line and paragraph separators, whatever else has no picture of its own, lone surrogates and noncharacters.
 * https://www.unicode.org/reports/tr44/#General_Category_Values and #Default_Ignorable_Code_Point; a variation selector and the
 * joiner of an emoji are among them.
 */
const HIDDEN =
  /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** Replaces hidden characters by an escape that can be read (`\x1b`, `\u202e`). Tabs and newlines stay. */
export function visible(text: string): string {
  return ORDINARY.test(text) ? text : text.replace(HIDDEN, escapeOf);
}

/** As visible, for text that must stay on its line: tabs and newlines are escaped, too. */
export function visibleLine(text: string): string {
  return ORDINARY_LINE.test(text) ? text : visible(text).replace(/[\t\n]/g, escapeOf);
}

/**
 * Hidden characters inside a quoted text as escapes that its reader turns back: what is parsed stays the same.
 * @param escape the escape for a character: JSON's and YAML's differ beyond U+FFFF
 */
export function escapedInside(quoted: string, escape: (character: string) => string): string {
  return quoted.replace(/[^\0-\x7e]+/g, (run) => run.replace(HIDDEN, escape));
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}

/** A line that GitHub Actions takes for a command: blanks of any kind, two colons and a word. */
const COMMAND_LINE = /^([^\S\n]*):(?=:[a-z])/gim;

/** The beginning of a command of GitHub Actions and Azure Pipelines, or of TeamCity, wherever it stands in a line. */
export const COMMAND_INSIDE = /#(?=#(?:\[|vso\[|teamcity\[))/gi;

/**
 * Takes from whole lines what a CI system's runner would obey. GitLab's section marks begin behind a carriage return, which
 * `visible` has escaped already.
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs,
 * https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands,
 * https://www.jetbrains.com/help/teamcity/service-messages.html
 */
export function withoutCommands(lines: string): string {
  return lines.replace(COMMAND_LINE, '$1\\x3a').replace(COMMAND_INSIDE, '\\x23');
}
