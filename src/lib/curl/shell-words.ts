/** A command written as one text, split into words as a POSIX shell splits it, without running anything of it. */
import { UsageError } from '../errors';
import { ansiText } from './ansi-text';

/** Characters that would make the shell do more than pass a word on. */
const SHELL_SYNTAX = /[|&;<>()`$]/;

/**
 * Words of a command: single and double quotes, `$'…'`, backslashes, comments, and lines continued with a backslash. Throws UsageError for
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
    if (char === '#' && word === null) {
      at = endOfLine(text, at);
      continue;
    }
    const piece = pieceAt(text, at);
    if (piece.text !== null) word = (word ?? '') + piece.text;
    at = piece.end;
  }
  if (word !== null) words.push(word);
  return words;
}

/** Where a comment ends. */
function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

interface Piece {
  /** Null for a continued line, which is no part of a word. */
  readonly text: string | null;
  readonly end: number;
}

function pieceAt(text: string, at: number): Piece {
  const char = text.charAt(at);
  if (text.startsWith("$'", at)) {
    const quoted = ansiText(text, at + 2);
    if (quoted === null) throw openQuote("$'");
    return quoted;
  }
  if (char === "'") {
    const end = text.indexOf("'", at + 1);
    if (end < 0) throw openQuote("'");
    return { text: text.slice(at + 1, end), end: end + 1 };
  }
  if (char === '"') return doubleQuoted(text, at + 1);
  if (char === '\\') {
    const next = /^\\\r?\n/.exec(text.slice(at, at + 3));
    if (next !== null) return { text: null, end: at + next[0].length };
    // A surrogate pair is one character to a shell.
    const escaped = String.fromCodePoint(text.codePointAt(at + 1) ?? 0x5c);
    return { text: escaped, end: at + 1 + escaped.length };
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

function openQuote(quote: string): UsageError {
  return new UsageError(`The curl command has a quote that is not closed: ${quote}`);
}

function shellSyntax(char: string): UsageError {
  return new UsageError(`The curl command has ${char} outside of quotes, which only a shell can run`, {
    hint: '|&;<>'.includes(char)
      ? 'Leave out what stands behind the command; put words with special characters in single quotes.'
      : 'Write the values themselves, and put words with special characters in single quotes.',
  });
}
