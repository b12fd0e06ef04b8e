/** What the texts of a list say of those behind them: words of a command, a name and its value, lines of a PEM. */
import { CommandWords } from './commands';
import { isSecretHeader, isSecretName, readsAsKey } from './names';

/** Whether a text of a list is secret: all of it, unless it holds none, or only if it reads as a key. */
export type InList = 'secret' | 'named' | 'plain';

const OPTION = /^--?[A-Za-z][\w-]*$/;
const USER_OPTION = /^(?:-u|-U|--user|--proxy-user)$/;
const SHORT_OPTION = /^-[A-Za-z]$/;
const NAME = /^[A-Za-z][\w-]{1,60}:?$/;
const BEGINNING = /[-–—]{3,5} ?BEGIN [A-Z0-9 ]{0,60}PRIVATE KEY/i;
const END = /[-–—]{3,5} ?END [A-Z0-9 ]{0,60}PRIVATE KEY/i;
const LONG = /[A-Za-z0-9_]{16}/;

/** The texts of one list, in their order. */
export class ListTexts {
  #before = '';
  #isKey = false;
  readonly #words = new CommandWords();

  /** What the texts before say of the next one. */
  next(text: string): InList {
    const before = this.#before;
    this.#before = text;
    if (this.#isKey) {
      this.#isKey = !END.test(text);
      return 'secret';
    }
    this.#isKey = BEGINNING.test(text) && !END.test(text);
    return this.#words.isPassword(text) ? 'secret' : announced(before, text);
  }
}

function announced(before: string, text: string): InList {
  if (OPTION.test(before)) {
    if (text.startsWith('-')) return 'plain';
    if (USER_OPTION.test(before)) return text.includes(':') ? 'secret' : 'plain';
    if (isSecretName(before)) return 'named';
    return SHORT_OPTION.test(before) && LONG.test(text) && readsAsKey(text) ? 'secret' : 'plain';
  }
  // Lists of names have no values, and names do not read as keys.
  const names = NAME.test(before) && (isSecretName(before) || isSecretHeader(before));
  return names && readsAsKey(text) ? 'secret' : 'plain';
}
