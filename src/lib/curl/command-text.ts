/** A curl command that is one text: pasted from a terminal, a browser's network panel, Postman, a check file. */
import { commandPromptWords, isForCommandPrompt } from './cmd-words';
import { shellWords } from './shell-words';

/** Words of a command as the shell splits it that it was written for; a prompt (`$ curl …`) may stand in front. Throws UsageError. */
export function curlWords(text: string): readonly string[] {
  const command = text.replace(/^\s*\$\s+(?=curl)/, '');
  return isForCommandPrompt(command) ? commandPromptWords(command) : shellWords(command);
}

/** Whether a word is a whole command: one that was put in quotes. */
export function isCommandText(word: string): boolean {
  return /^\s*(?:\$\s+)?(?:[^\s"']*[/\\])?curl(?:\.exe)?\s/.test(word);
}
