/** A text as one word of a shell's command line. */

/** Controls, format characters and what else cannot be seen or ends a line. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/**
 * As it is where it is plain, else in single quotes. A word with characters that cannot be seen, which no terminal would copy, is
 * written as `$'…'`, with its octets in octal digits. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html (2.2.4)
 */
export function shellWord(word: string): string {
  // A word that begins with an equals sign is the path of a program to zsh.
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word)) return word;
  if (!HIDDEN.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${word.replace(/[\\']/g, '\\$&').replace(/[^\x20-\x7e]/gu, octets)}'`;
}

/** Three digits each, so that no digit behind them is read along. */
function octets(character: string): string {
  return [...Buffer.from(character)].map((octet) => `\\${octet.toString(8).padStart(3, '0')}`).join('');
}
