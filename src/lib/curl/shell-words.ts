/** A command written as one text, split into words as a POSIX shell splits it, without running anything of it. */
import { UsageError } from '../errors';

/** Characters that would make the shell do more than pass a word on. */
const SHELL_SYNTAX = /[|&;<>()`$]/;

/** What bash's `$'…'` makes of a backslash and a letter; browsers copy commands so. */
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\u000b',
};

/**
 * Words of a command: single and double quotes, `$'…'`, backslashes, and lines continued with a backslash. Throws UsageError for
 * an open quote and for anything that a shell would expand or run: variables, substitutions, pipes, redirections.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html (2.2 Quoting)
 */
export function shellWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
      at += 1;
      continue;
    }
    const piece = pieceAt(text, at);
    if (piece.text !== null) word = (word ?? '') + piece.text;
    at = piece.end;
  }
  if (word !== null) words.push(word);
  return words;
}

interface Piece {
  /** Null for a continued line, which is no part of a word. */
  readonly text: string | null;
  readonly end: number;
}

function pieceAt(text: string, at: number): Piece {
  const char = text.charAt(at);
  if (text.startsWith("$'", at)) return ansiQuoted(text, at + 2);
  if (char === "'") {
    const end = text.indexOf("'", at + 1);
    if (end < 0) throw openQuote("'");
    return { text: text.slice(at + 1, end), end: end + 1 };
  }
  if (char === '"') return doubleQuoted(text, at + 1);
  if (char === '\\') {
    const next = /^\\\r?\n/.exec(text.slice(at, at + 3));
    if (next !== null) return { text: null, end: at + next[0].length };
    return { text: text.charAt(at + 1), end: at + 2 };
  }
  if (SHELL_SYNTAX.test(char)) throw shellSyntax(char);
  return { text: char, end: at + 1 };
}

function doubleQuoted(text: string, start: number): Piece {
  let value = '';
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') return { text: value, end: at + 1 };
    if (char === '`' || (char === '$' && /[\w{(]/.test(text.charAt(at + 1)))) throw shellSyntax(char);
    if (char === '\\' && /["\\$`\n]/.test(text.charAt(at + 1))) {
      at += 1;
      if (text.charAt(at) !== '\n') value += text.charAt(at);
    } else {
      value += char;
    }
  }
  throw openQuote('"');
}

function ansiQuoted(text: string, start: number): Piece {
  let value = '';
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "'") return { text: value, end: at + 1 };
    if (char !== '\\') {
      value += char;
      continue;
    }
    const code = /^\\(?:u([0-9a-fA-F]{1,4})|x([0-9a-fA-F]{1,2})|([0-7]{1,3}))/.exec(text.slice(at, at + 6));
    if (code === null) {
      const escaped = text.charAt(at + 1);
      value += ESCAPES[escaped] ?? escaped;
      at += 1;
    } else {
      const [whole, unicode, hexadecimal, octal] = code;
      value += String.fromCodePoint(
        octal === undefined ? Number.parseInt(unicode ?? hexadecimal ?? '0', 16) : Number.parseInt(octal, 8),
      );
      at += whole.length - 1;
    }
  }
  throw openQuote("$'");
}

function openQuote(quote: string): UsageError {
  return new UsageError(`The curl command has a quote that is not closed: ${quote}`);
}

function shellSyntax(char: string): UsageError {
  return new UsageError(`The curl command has ${char} outside of quotes, which only a shell can run`, {
    hint: 'Write the values themselves, and put words with special characters in single quotes.',
  });
}
