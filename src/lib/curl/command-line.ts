/** A curl command line taken apart as curl's own parser does it. https://curl.se/docs/manpage.html (OPTIONS) */
import { UsageError } from '../errors';
import { fileOctets, type ReadFile } from './body-files';
import { configLines } from './config-file';
import { nearest } from '../nearest';
import { BY_LETTER, CURL_OPTIONS, type CurlOption } from './options';
import { addAll } from '../lists';

/** One option as it was given; the value of a boolean option is whether it was turned on. */
export interface Given {
  readonly name: string;
  readonly value: string | boolean;
}

/**
 * Reads what stands behind the word `curl`. Surprises of curl's parser: letters may be joined (`-sSL`), a letter's value may
 * be attached (`-XPOST`), a long option never takes `=`, an unambiguous beginning of a long option will do, `--no-NAME` turns a
 * boolean off, and options may stand behind the URL. A word that is no option is a URL and is given as `url`. What a configuration
 * file holds (`-K`) is read in its place.
 * Options that shape nothing are left out. Throws UsageError for an option that curl does not have, that lacks its value, or that
 * cannot be traced.
 */
export function readCurlCommand(words: readonly string[], readFile: ReadFile): readonly Given[] {
  return givenBy(words, readFile, 0);
}

/** curl itself ends somewhere, too, where files name each other. */
const DEEPEST_FILES = 10;
/** Older releases of curl stop at 100 KiB. */
const LONGEST_LINE = 1 << 20;

function givenBy(words: readonly string[], readFile: ReadFile, depth: number): readonly Given[] {
  const rest = [...words];
  const given: Given[] = [];
  const take = (option: CurlOption, isOn: boolean, attached: string | null, spelled: string): void => {
    const value = option.takesValue ? (attached ?? rest.shift()) : isOn;
    if (value === undefined) throw new UsageError(`curl's option ${spelled} needs a value`);
    const { role } = option;
    if (role.kind === 'refused' && value !== false) throw notTraceable(spelled, role.because);
    if (option.name === 'config') addAll(given, givenInFile(String(value), readFile, depth + 1));
    else if (role.kind === 'shapes') given.push({ name: option.name, value });
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      addAll(
        given,
        rest.splice(0).map((url) => ({ name: 'url', value: url })),
      );
    } else if (word.startsWith('--')) {
      const { option, isOn } = longOption(word.slice(2));
      take(option, isOn, null, word);
    } else if (word.startsWith('-') && word !== '-') {
      readLetters(word, take);
    } else {
      given.push({ name: 'url', value: word });
    }
  }
  return given;
}

function givenInFile(path: string, readFile: ReadFile, depth: number): readonly Given[] {
  if (depth > DEEPEST_FILES) throw notTraceable(`-K ${path}`, 'its configuration files name each other without end');
  const text = Buffer.from(fileOctets(path, readFile), 'latin1').toString('utf8');
  if (text.split('\n').some((line) => line.length > LONGEST_LINE)) {
    throw notTraceable(`-K ${path}`, 'it has a line of more than a million characters');
  }
  return configLines(text).flatMap(({ option, parameter }) => {
    if (option === '-' || option === '--') throw new UsageError(`curl has no option ${option} (in ${path})`);
    if (parameter !== null && !takesWord(option)) {
      if (parameter !== '') throw new UsageError(`curl's option ${option} takes no value (in ${path})`);
      return givenBy([option], readFile, depth);
    }
    return givenBy([option, ...(parameter === null ? [] : [parameter])], readFile, depth);
  });
}

/** Whether the option takes the word that follows it. */
function takesWord(word: string): boolean {
  if (word.startsWith('--')) return longOption(word.slice(2)).option.takesValue;
  const letters = Array.from(word.slice(1));
  const first = letters.findIndex((letter) => BY_LETTER.get(letter)?.takesValue === true);
  return first >= 0 && first === letters.length - 1;
}

/** A usage error that names what of the command cannot be traced, and why. */
export function notTraceable(what: string, because: string): UsageError {
  return new UsageError(`curl ${what} cannot be traced: ${because}`, {
    hint: 'Leave it out to trace the request as it would be without it.',
  });
}

function readLetters(
  word: string,
  take: (option: CurlOption, isOn: boolean, attached: string | null, spelled: string) => void,
): void {
  let letters = word.slice(1);
  while (letters !== '') {
    const [letter = ''] = letters;
    const option = BY_LETTER.get(letter);
    if (option === undefined) throw new UsageError(`curl has no option -${letter} (in ${word})`);
    const attached = letters.slice(letter.length);
    if (option.takesValue) {
      take(option, true, attached === '' ? null : attached, `-${letter}`);
      return;
    }
    take(option, true, null, `-${letter}`);
    letters = attached;
  }
}

function longOption(name: string): { readonly option: CurlOption; readonly isOn: boolean } {
  const exact = CURL_OPTIONS.get(name);
  if (exact !== undefined) return { option: exact, isOn: true };
  const positive = name.startsWith('no-') ? CURL_OPTIONS.get(name.slice('no-'.length)) : undefined;
  if (positive?.takesValue === false) return { option: positive, isOn: false };
  const begun = [...CURL_OPTIONS.values()].filter((option) => option.name.startsWith(name));
  const [only, second] = begun;
  if (only !== undefined && second === undefined) return { option: only, isOn: true };
  const near = begun.length > 0 ? begun.map((option) => option.name) : nearest(name, CURL_OPTIONS.keys());
  if (name.startsWith('expand-')) {
    throw notTraceable(`--${name}`, 'mctl does not expand curl variables; write the values in the command');
  }
  throw new UsageError(`curl has no option --${name}`, {
    hint:
      near.length > 0
        ? `Did you mean ${near
            .slice(0, 5)
            .map((one) => `--${one}`)
            .join(' or ')}?`
        : "See curl's manual.",
  });
}
