/** What may stand at the place of the cursor: commands, flags, the values of a flag, and which names the source has. */

export interface CompletableFlag {
  readonly name: string;
  readonly char?: string;
  readonly type: 'option' | 'boolean';
  /** `short|json|jsonpath=` where the values are a closed list; else a word such as FILE. */
  readonly helpValue?: string;
  readonly hidden?: boolean;
}

export interface CompletableCommand {
  /** `proxy-config:listener`. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly hidden: boolean;
  readonly flags: Readonly<Record<string, CompletableFlag>>;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Completion {
  readonly candidates: readonly string[];
  /** Whether proxies of the source may stand there, too. */
  readonly wantsProxies: boolean;
  /** Whether a path may stand there: the shell completes it. */
  readonly wantsFiles: boolean;
}

const NOTHING: Completion = { candidates: [], wantsProxies: false, wantsFiles: false };
const FILES: Completion = { candidates: [], wantsProxies: false, wantsFiles: true };
const PATHS = new Set(['FILE', 'DIR', 'FORMAT=FILE', 'PATH']);
/** Arguments that name a proxy. */
const PROXIES = new Set(['target', 'targets', 'a', 'b', 'from']);

/**
 * @param words what stands behind `mctl`, up to the cursor; the last is the one that is being written, possibly empty
 */
export function completionOf(words: readonly string[], commands: readonly CompletableCommand[]): Completion {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (before.includes('--')) return NOTHING;
  const { command, used, path } = commandOf(before, commands);
  if (command === null) {
    return { ...NOTHING, candidates: beginning(wordsAfter(path, commands), current) };
  }
  const flags = Object.values(command.flags);
  const open = flagThatWaits(before.at(-1), flags);
  if (open !== null) return valuesOf(open, current, '');
  const equals = /^(--[^=]+)=(.*)$/s.exec(current);
  if (equals !== null) {
    const named = flags.find(({ name }) => `--${name}` === equals[1]);
    return named === undefined ? NOTHING : valuesOf(named, equals[2] ?? '', `${equals[1] ?? ''}=`);
  }
  if (current.startsWith('-')) {
    const names = flags.filter(({ hidden }) => hidden !== true).map(({ name }) => `--${name}`);
    return { ...NOTHING, candidates: beginning(names, current) };
  }
  return argumentOf(command, positional(before.slice(used), flags));
}

function commandOf(
  words: readonly string[],
  commands: readonly CompletableCommand[],
): { readonly command: CompletableCommand | null; readonly used: number; readonly path: readonly string[] } {
  const path: string[] = [];
  for (const [index, word] of words.entries()) {
    if (word.startsWith('-')) continue;
    path.push(word);
    const id = path.join(':');
    const command = commands.find((one) => one.id === id || one.aliases.includes(id));
    if (command !== undefined) return { command, used: index + 1, path };
    if (path.length === 2) break;
  }
  return { command: null, used: words.length, path };
}

/** First words, or second words of a group. Short aliases are left out: nobody looks for `l`. */
function wordsAfter(path: readonly string[], commands: readonly CompletableCommand[]): readonly string[] {
  const visible = commands.filter(({ hidden }) => !hidden);
  const [group] = path;
  if (group === undefined) {
    return [...new Set(visible.flatMap(({ id, aliases }) => [id, ...aliases].map((name) => name.split(':')[0] ?? '')))];
  }
  return visible.flatMap(({ id, aliases }) => {
    const own = [id, ...aliases].some((name) => name.startsWith(`${group}:`));
    const word = id.split(':')[1];
    return own && word !== undefined ? [word] : [];
  });
}

function flagThatWaits(word: string | undefined, flags: readonly CompletableFlag[]): CompletableFlag | null {
  if (!word?.startsWith('-')) return null;
  const found = flags.find(({ name, char }) => word === `--${name}` || (char !== undefined && word === `-${char}`));
  return found?.type === 'option' ? found : null;
}

function valuesOf({ helpValue = '', name }: CompletableFlag, current: string, prefix: string): Completion {
  if (PATHS.has(helpValue)) return FILES;
  if (name === 'proxy') return { ...NOTHING, wantsProxies: true };
  if (!helpValue.includes('|')) return NOTHING;
  const values = beginning(helpValue.split('|'), current);
  return { ...NOTHING, candidates: values.map((value) => `${prefix}${value}`) };
}

/** How many arguments stand before the cursor, values of flags aside. */
function positional(words: readonly string[], flags: readonly CompletableFlag[]): number {
  let count = 0;
  for (const [index, word] of words.entries()) {
    if (!word.startsWith('-') && flagThatWaits(words[index - 1], flags) === null) count += 1;
  }
  return count;
}

function argumentOf({ args, id }: CompletableCommand, index: number): Completion {
  const names = Object.keys(args);
  const name = names[Math.min(index, names.length - 1)];
  if (name === undefined) return NOTHING;
  if (name === 'files' || name === 'directory') return FILES;
  if (id === 'diff') return { ...NOTHING, wantsProxies: true, wantsFiles: true };
  return PROXIES.has(name) ? { ...NOTHING, wantsProxies: true } : NOTHING;
}

function beginning(words: readonly string[], begin: string): readonly string[] {
  return words.filter((word) => word.startsWith(begin)).toSorted();
}
