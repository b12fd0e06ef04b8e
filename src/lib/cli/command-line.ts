/** Finds the command that a command line means: group words and aliases, flags before the command, help, near misses. */
import { UsageError } from '../errors';
import { nearest } from '../nearest';

/** What is known of a command: its id (`proxy-config:listener`) and its other names (`pc:l`). */
export interface KnownCommand {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly hidden: boolean;
}

export type CommandLine =
  | { readonly kind: 'version' }
  /** Help of everything, of a group (`proxy-config`) or of a command (`proxy-config:listener`). */
  | { readonly kind: 'help'; readonly subject: string | null }
  | { readonly kind: 'command'; readonly id: string; readonly argv: readonly string[] };

const HELP = new Set(['--help', '-h', 'help']);

/**
 * Reads a command line. Flags that stand before the command go behind it, as cobra takes them; `valueFlags` says which of
 * these take the next word. Throws UsageError, naming the nearest, for a command that there is not.
 */
export function readCommandLine(
  argv: readonly string[],
  commands: readonly KnownCommand[],
  valueFlags: ReadonlySet<string>,
): CommandLine {
  const ids = new Map(
    commands.flatMap(({ id, aliases }) => [[id, id] as const, ...aliases.map((a) => [a, id] as const)]),
  );
  const groups = groupsOf(commands);
  const reader = new WordReader(argv, valueFlags);
  if (argv[0] === '--version' || argv[0] === 'version') return { kind: 'version' };
  const first = reader.next();
  if (first === null) return noCommand(reader.flags, null);
  const group = groups.get(first);
  const name = group === undefined ? first : reader.next();
  if (group !== undefined && name === null) return noCommand(reader.flags, group);
  const id = ids.get(group === undefined ? first : `${group}:${name ?? ''}`);
  if (id === undefined) throw unknownCommand(name ?? first, group ?? null, ids);
  const rest = [...reader.flags, ...reader.rest];
  return reader.sawHelp || asksForHelp(rest) ? { kind: 'help', subject: id } : { kind: 'command', id, argv: rest };
}

/** `mctl`, `mctl pc`, and these with --help; a flag without a command is a mistake. */
function noCommand(flags: readonly string[], subject: string | null): CommandLine {
  const strange = flags.find((flag) => !HELP.has(flag));
  if (strange === undefined || asksForHelp(flags)) return { kind: 'help', subject };
  throw new UsageError(`${strange} needs a command`, {
    hint: `See \`mctl${subject === null ? '' : ` ${subject}`} --help\`.`,
  });
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).some((token) => token === '--help' || token === '-h');
}

/** Every first word of a command of two words, and what it stands for: `pc` and `proxy-config` for `proxy-config`. */
function groupsOf(commands: readonly KnownCommand[]): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const { id, aliases } of commands) {
    const [group = '', ...more] = id.split(':');
    if (more.length === 0) continue;
    for (const name of [id, ...aliases]) {
      if (name.includes(':')) groups.set(name.split(':')[0] ?? '', group);
    }
  }
  return groups;
}

/** `mctl trace` is meant as `mctl pc trace`, and `mctl logs` as `mctl pc log`: the word stands in a group. */
function commandsInGroups(name: string, ids: ReadonlyMap<string, string>): readonly string[] {
  const singular = name.replace(/s$/, '');
  const found = [...ids].filter(([spelled]) => {
    const word = spelled.split(':')[1];
    return word !== undefined && word.length > 1 && (word === name || word === singular);
  });
  const short: Readonly<Record<string, string>> = { 'proxy-config': 'pc', 'ztunnel-config': 'zc' };
  const commands = found.map(([, id]) => {
    const [group = '', word = ''] = id.split(':');
    return `\`mctl ${short[group] ?? group} ${word}\``;
  });
  return [...new Set(commands)];
}

function unknownCommand(name: string, group: string | null, ids: ReadonlyMap<string, string>): UsageError {
  const prefix = group === null ? '' : `${group}:`;
  const known = [...ids.keys()].filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
  const words = group === null ? known.map((id) => id.split(':')[0] ?? id) : known;
  const elsewhere = group === null ? commandsInGroups(name, ids) : [];
  if (elsewhere.length > 0) {
    return new UsageError(`unknown command "${name}" for "mctl"`, { hint: `Did you mean ${elsewhere.join(' or ')}?` });
  }
  const near = nearest(name, words).map((word) => `mctl ${group === null ? '' : `${group} `}${word}`);
  const help = `See \`mctl ${group === null ? '' : `${group} `}--help\` for the commands there are.`;
  return new UsageError(`unknown command "${name}" for "mctl${group === null ? '' : ` ${group}`}"`, {
    hint: near.length > 0 ? `Did you mean ${near.map((command) => `\`${command}\``).join(' or ')}?` : help,
  });
}

/** Takes words off the front of a command line and sets flags before and between them aside. */
class WordReader {
  readonly flags: string[] = [];
  /** Whether the word `help` stood among the words taken. */
  sawHelp = false;
  readonly #valueFlags: ReadonlySet<string>;
  readonly #tokens: string[];

  constructor(argv: readonly string[], valueFlags: ReadonlySet<string>) {
    this.#tokens = [...argv];
    this.#valueFlags = valueFlags;
  }

  get rest(): readonly string[] {
    return this.#tokens;
  }

  next(): string | null {
    for (let token = this.#tokens.shift(); token !== undefined; token = this.#tokens.shift()) {
      if (token === 'help') {
        this.sawHelp = true;
        continue;
      }
      if (!token.startsWith('-') || token === '-') return token;
      this.flags.push(token);
      const value = this.#valueFlags.has(token) ? this.#tokens.shift() : undefined;
      if (value !== undefined) this.flags.push(value);
    }
    return null;
  }
}
