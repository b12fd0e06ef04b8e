/**
 * Rewrites a command line from the spellings that istioctl's flag library takes into the one that oclif's parser reads
 * without surprises: `--name=value` for each flag, then `--`, then the positional arguments.
 */
import { UsageError } from '../errors';
import { nearest } from '../nearest';
import { parseGoBoolean } from './go-values';
import { addAll } from '../lists';

/** What the rewriting needs to know of a flag; oclif's flag definitions have it. */
export interface FlagShape {
  readonly type: 'boolean' | 'option';
  readonly char?: string | undefined;
  readonly multiple?: boolean | undefined;
  readonly allowNo?: boolean | undefined;
  readonly aliases?: readonly string[] | undefined;
}

export interface NormalArguments {
  /** For oclif's parser: values of flags marked where they could be taken for flags. */
  readonly argv: readonly string[];
  /** Boolean flags that were given, with their values; they are not in `argv`. */
  readonly booleans: ReadonlyMap<string, boolean | string>;
}

/** Stands before a value that begins with a dash, which oclif would read as a flag. No argument can contain it. */
const MARK = '\u0000';

/** What a boolean flag may be given behind `=` beside true and false. */
const WORDS: Readonly<Record<string, RegExp>> = { sample: /^ambient$/, prove: /^[1-9]\d{0,3}$/ };

/** Flags that may stand without a value, and what a word looks like that is theirs. */
const OPTIONAL: Readonly<Record<string, RegExp>> = {
  'proxy-protocol': /^(?:v[12]:)?(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-fA-F]*:[0-9a-fA-F:.]*\]?)(?::\d{1,5})?$/,
};

/** Takes the mark off a value. */
export function unmarked(value: string): string {
  return value.startsWith(MARK) ? value.slice(MARK.length) : value;
}

/**
 * Reads flags as pflag does: `--x=v`, `--x v`, `-xv`, `-x=v`, `-x v`, Go's booleans, flags between arguments, the last of
 * a repeated single flag. Throws UsageError for an unknown flag, a missing value, a bad boolean.
 */
export function normalArguments(argv: readonly string[], flags: Readonly<Record<string, FlagShape>>): NormalArguments {
  const reader = new Reader(argv, flags);
  return reader.read();
}

class Reader {
  readonly #rest: string[];
  readonly #flags: Readonly<Record<string, FlagShape>>;
  readonly #long = new Map<string, string>();
  readonly #short = new Map<string, string>();
  readonly #values = new Map<string, string[]>();
  readonly #booleans = new Map<string, boolean | string>();
  readonly #positional: string[] = [];

  constructor(argv: readonly string[], flags: Readonly<Record<string, FlagShape>>) {
    this.#rest = [...argv];
    this.#flags = flags;
    for (const [name, flag] of Object.entries(flags)) {
      this.#long.set(name, name);
      for (const alias of flag.aliases ?? []) this.#long.set(alias, name);
      if (flag.char !== undefined) this.#short.set(flag.char, name);
    }
  }

  read(): NormalArguments {
    for (let token = this.#rest.shift(); token !== undefined; token = this.#rest.shift()) {
      if (token === '--') {
        addAll(this.#positional, this.#rest.splice(0));
      } else if (token.startsWith('--')) {
        this.#readLong(token);
      } else if (token.startsWith('-') && token !== '-') {
        this.#readShort(token);
      } else {
        this.#positional.push(token);
      }
    }
    const options = [...this.#values].flatMap(([name, values]) =>
      values.map((value) => `--${name}=${value.startsWith('-') ? MARK : ''}${value}`),
    );
    return { argv: [...options, '--', ...this.#positional], booleans: this.#booleans };
  }

  #readLong(token: string): void {
    const equals = token.indexOf('=');
    const word = token.slice(2, equals < 0 ? undefined : equals);
    const value = equals < 0 ? null : token.slice(equals + 1);
    const name = this.#long.get(word);
    if (name !== undefined) {
      this.#take(name, value, `--${word}`);
      return;
    }
    const positive = word.startsWith('no-') ? this.#long.get(word.slice('no-'.length)) : undefined;
    if (positive === undefined || this.#flags[positive]?.allowNo !== true) throw this.#unknown(`--${word}`, word);
    this.#booleans.set(positive, value === null ? false : !parseGoBoolean(value, word));
  }

  /** One token of short flags: `-ojson`, `-o=json`, `-o json`, `-rojson`. */
  #readShort(token: string): void {
    let letters = token.slice(1);
    while (letters !== '') {
      const [char = ''] = letters;
      const name = this.#short.get(char);
      if (name === undefined) throw this.#unknown(`-${char}`, token.slice(1), token);
      const attached = letters.slice(char.length);
      const isValue = attached.startsWith('=');
      if (this.#flags[name]?.type === 'boolean' && !isValue) {
        this.#booleans.set(name, true);
        letters = attached;
        continue;
      }
      this.#take(name, isValue ? attached.slice(1) : attached === '' ? null : attached, `-${char}`);
      return;
    }
  }

  #take(name: string, attached: string | null, spelled: string): void {
    const flag = this.#flags[name];
    if (flag?.type === 'boolean') {
      const isWord = attached !== null && WORDS[name]?.test(attached) === true;
      this.#booleans.set(name, isWord ? attached : attached === null || parseGoBoolean(attached, name));
      return;
    }
    const own = OPTIONAL[name];
    const value = attached ?? (own?.test(this.#rest[0] ?? '') === false ? '' : this.#rest.shift());
    if (value === undefined) throw new UsageError(`flag needs an argument: ${spelled}`);
    const values = this.#values.get(name);
    if (values === undefined || flag?.multiple !== true) this.#values.set(name, [value]);
    else values.push(value);
  }

  #unknown(spelled: string, word: string, token = spelled): UsageError {
    const near = nearest(word.split('=')[0] ?? word, this.#long.keys()).map((name) => `--${name}`);
    const message = token === spelled ? `unknown flag: ${spelled}` : `unknown shorthand flag: ${spelled} in ${token}`;
    return new UsageError(message, near.length > 0 ? { hint: `Did you mean ${near.join(' or ')}?` } : {});
  }
}
