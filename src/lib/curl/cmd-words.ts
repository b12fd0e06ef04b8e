/** A command as Windows's command prompt has it: browsers copy one as "cURL (cmd)". */
import { UsageError } from '../errors';

/** Characters that make the command prompt do more than pass a word on. */
const PROMPT_SYNTAX = /[|&<>]/;

/**
 * Whether a text is written for the command prompt: a caret before a double quote or at the end of a line, outside of quotes as a
 * POSIX shell has them.
 */
export function isForCommandPrompt(text: string): boolean {
  const pieces = /\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"|(\^)(?="|\r?\n|\s*$)/g;
  for (const found of text.matchAll(pieces)) if (found[1] !== undefined) return true;
  return false;
}

/**
 * Words of a command. First carets are taken away: outside of quotes a caret takes the meaning from the next character, and at the
 * end of a line it continues the line (a second line break behind it stands for itself). Then words are split as programs of
 * Microsoft's C runtime do it. Throws UsageError for what the prompt would run.
 * https://learn.microsoft.com/windows-server/administration/windows-commands/cmd,
 * https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
 */
export function commandPromptWords(text: string): readonly string[] {
  return splitWords(withoutCarets(text));
}

function withoutCarets(text: string): string {
  let line = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '^' && !isQuoted) {
      const taken = /^(?:\r?\n)?(?:\r?\n|[^])?/.exec(text.slice(at + 1))?.[0] ?? '';
      line += taken.replace(/^\r?\n/, '');
      at += taken.length;
      continue;
    }
    if (char === '"') isQuoted = !isQuoted;
    if (!isQuoted && PROMPT_SYNTAX.test(char)) {
      throw new UsageError(`The curl command has ${char} outside of quotes, which only a shell can run`, {
        hint: 'Leave out what stands behind the command.',
      });
    }
    line += char;
  }
  return line;
}

/**
 * Backslashes count only before a double quote: two are one, and an odd one makes the quote a character. So do two double quotes
 * inside of quotes.
 */
function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let isQuoted = false;
  for (const [piece, backslashes, quotes] of line.matchAll(/(\\*)(""?)|[^]/g)) {
    if (backslashes !== undefined && quotes !== undefined) {
      const found = atQuote(backslashes.length, quotes.length === 2, isQuoted);
      word = (word ?? '') + found.text;
      isQuoted = found.isQuoted;
    } else if (/\s/.test(piece) && !isQuoted) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + piece;
    }
  }
  if (isQuoted) throw new UsageError('The curl command has a quote that is not closed: "');
  if (word !== null) words.push(word);
  return words;
}

/** What stands before and at one or two double quotes, and whether what follows is quoted. */
function atQuote(backslashes: number, isPair: boolean, isQuoted: boolean): { text: string; isQuoted: boolean } {
  const isEscaped = backslashes % 2 === 1;
  const text = '\\'.repeat(Math.floor(backslashes / 2)) + (isEscaped || (isPair && isQuoted) ? '"' : '');
  return { text, isQuoted: isEscaped === isPair ? !isQuoted : isQuoted };
}
