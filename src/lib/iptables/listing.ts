/** Rules as `iptables -t nat -L -v -n` lists them, with line numbers or without. */
import { type BrokenRules, eachLine, fault, quote } from './fault';
import { type Chain, hookOf, type IptablesRule, type Ruleset, tableNamed, type TableName, tableOf } from './model';
import { parseRule } from './rule';
import { addAll } from '../lists';

const CHAIN = /^Chain (\S+) \((?:policy (\w+)|\d+ references?)/;

/** Whether a text is such a listing. */
export function isListing(text: string): boolean {
  return /^Chain \S+ \(/m.test(text);
}

interface Columns {
  /** Whether rows begin with their number. */
  readonly numbered: boolean;
  /** Whether rows hold counters and interfaces (`-v`). */
  readonly verbose: boolean;
}

interface OpenChain {
  readonly name: string;
  readonly policy: 'accept' | 'drop';
  readonly rules: IptablesRule[];
}

/** Reads a listing; the table is `nat` unless a line such as `# table: mangle` or the command itself says otherwise. */
export function parseListing(text: string): Ruleset | BrokenRules {
  const reader = new ListingReader();
  const broken = eachLine(text, (line, number) => {
    reader.read(line, number);
  });
  if (broken !== null) return broken;
  const family = /\s::\/0(?:\s|$)/m.test(text) && !/\s0\.0\.0\.0\/0(?:\s|$)/m.test(text) ? 6 : null;
  return { tables: reader.tables().map(([name, chains]) => tableOf(name, family, chains.map(closed))) };
}

class ListingReader {
  readonly #tables = new Map<TableName, OpenChain[]>();
  #table: TableName = 'nat';
  #chains: OpenChain[] | null = null;
  #columns: Columns | null = null;

  tables(): readonly (readonly [TableName, readonly OpenChain[]])[] {
    return [...this.#tables];
  }

  read(line: string, number: number): void {
    const chain = CHAIN.exec(line);
    if (chain !== null) this.#begin(chain[1] ?? '', chain[2] ?? null);
    else if (/^(?:num\s+)?(?:pkts\s+bytes\s+)?target\s+prot\s+opt\b/.test(line)) {
      this.#columns = { numbered: line.startsWith('num'), verbose: /\bpkts\b/.test(line) };
    } else if (!this.#isCommand(line)) this.#row(line, number);
  }

  #begin(name: string, policy: string | null): void {
    this.#chains = this.#tables.get(this.#table) ?? [];
    this.#tables.set(this.#table, this.#chains);
    this.#chains.push({ name, policy: policy === 'DROP' ? 'drop' : 'accept', rules: [] });
    this.#columns = null;
  }

  /** A comment, a blank line, or the command whose output follows. */
  #isCommand(line: string): boolean {
    if (line !== '' && !/^#|\bip6?tables\b|^(?:-t |table:? )\w+$/.test(line)) return false;
    this.#table = tableNamed(/(?:-t |table:? )(\w+)/.exec(line)?.[1] ?? '') ?? this.#table;
    return true;
  }

  #row(line: string, number: number): void {
    // What stands before the first chain may be a prompt, or what kubectl says.
    if (this.#chains === null) return;
    const chain = this.#chains.at(-1);
    if (chain === undefined || this.#columns === null) fault(`${quote(line)} stands where a chain is expected`);
    const words = line.split(/\s+/);
    const tokens = words.length < 5 ? null : tokensOf(words, this.#columns);
    if (tokens === null) fault(`${quote(line)} is not a row of the listing`);
    const { conditions, target } = parseRule(tokens);
    chain.rules.push({ number: chain.rules.length + 1, line: number, text: tokens.join(' '), conditions, target });
  }
}

function closed({ name, policy, rules }: OpenChain): Chain {
  return { name, hook: hookOf(name), policy, rules };
}

/** A row as the options of iptables; null where it is none. */
function tokensOf(words: readonly string[], { numbered, verbose }: Columns): readonly string[] | null {
  const rest = numbered ? words.slice(1) : words;
  return verbose ? verboseTokens(rest) : briefTokens(rest);
}

/** pkts bytes target prot opt in out source destination …; the target is left out where a rule has none. */
function verboseTokens(words: readonly string[]): readonly string[] | null {
  if (!/^\d+[KMGT]?$/.test(words[0] ?? '')) return null;
  const hasTarget = targetStands(words);
  if (hasTarget === null) return null;
  const rest = words.slice(hasTarget ? 3 : 2);
  const [protocol = 'all', , input = '*', output = '*', source = '', destination = '', ...extra] = rest;
  return [
    ...protocolTokens(protocol),
    ...interfaceTokens('-i', input),
    ...interfaceTokens('-o', output),
    ...addressTokens(source, destination),
    ...targetTokens(hasTarget ? (words[2] ?? '') : '', extra),
  ];
}

/** Whether a row has a target, which one of its columns tells; null where it has none of them. */
function targetStands(words: readonly string[]): boolean | null {
  if (isOptions(words[4] ?? '')) return true;
  return isOptions(words[3] ?? '') ? false : null;
}

/** target prot opt source destination …: interfaces are not shown, so a rule may ask for one. */
function briefTokens(words: readonly string[]): readonly string[] | null {
  const [target = '', protocol = 'all', option = '', source = '', destination = '', ...extra] = words;
  if (!isOptions(option)) return null;
  return [
    ...protocolTokens(protocol),
    ...addressTokens(source, destination),
    '--interface-not-listed',
    'give the listing with -v',
    ...targetTokens(target, extra),
  ];
}

/** The `opt` column: `--`, `-f`, `!f`. */
function isOptions(word: string): boolean {
  return word === '--' || word === '-f' || word === '!f';
}

function protocolTokens(word: string): readonly string[] {
  return word === 'all' || word === '0' ? [] : negatable('-p', word);
}

function interfaceTokens(flag: string, word: string): readonly string[] {
  return word === '*' || word === 'any' ? [] : negatable(flag, word);
}

function addressTokens(source: string, destination: string): readonly string[] {
  const one = (flag: string, word: string): readonly string[] =>
    ['0.0.0.0/0', '::/0', 'anywhere', ''].includes(word) ? [] : negatable(flag, NAMES[word] ?? word);
  return [...one('-s', source), ...one('-d', destination)];
}

/** What a listing without -n writes for addresses that have a name everywhere. */
const NAMES: Readonly<Record<string, string>> = { localhost: '127.0.0.1', '!localhost': '!127.0.0.1' };

function negatable(flag: string, word: string): readonly string[] {
  return word.startsWith('!') ? ['!', flag, word.slice(1)] : [flag, word];
}

/** Each way that a listing words a match or a target, and the option it stands for. */
const EXTRAS: readonly (readonly [RegExp, (match: RegExpExecArray) => Extra])[] = [
  [/^\/\*.*?\*\//, () => ({})],
  [/^(?:tcp|udp) (dpts?|spts?):(!?)(\S+)/, (m) => port(m[1] ?? '', m[2] === '!', m[3] ?? '')],
  [/^(?:tcp|udp)(?= |$)/, () => ({})],
  [/^multiport (dports|sports) (!?)(\S+)/, (m) => port(m[1] ?? '', m[2] === '!', m[3] ?? '')],
  [
    /^(! ?)?owner (UID|GID) match (!?)(\S+)/,
    (m) => ({
      match: negated(m[1] !== undefined || m[3] === '!', `--${(m[2] ?? '').toLowerCase()}-owner`, m[4] ?? ''),
    }),
  ],
  [/^(?:ct)?state (!?)(\S+)/, (m) => ({ match: negated(m[1] === '!', '--ctstate', m[2] ?? '') })],
  [/^(conn)?mark match (! ?)?(\S+)/, (m) => markMatch(m[1] === 'conn', m[2] !== undefined, m[3] ?? '')],
  [/^redir ports (\S+)/, (m) => ({ target: ['--to-ports', m[1] ?? ''] })],
  [
    /^TPROXY redirect (\S+?):(\d+)(?: mark (\S+))?/,
    (m) => ({ target: ['--on-port', m[2] ?? '', '--on-ip', m[1] ?? ''] }),
  ],
  [/^to:(\S+)/, (m) => ({ target: ['--to-destination', m[1] ?? ''] })],
  [/^(?:CONN)?MARK (xset|set|and|or|xor) (\S+)/, (m) => ({ target: [MARKING[m[1] ?? ''] ?? '', m[2] ?? ''] })],
  [/^CONNMARK (save|restore)/, (m) => ({ target: [`--${m[1] ?? ''}-mark`] })],
  [
    /^ADDRTYPE match (!?)dst-type (!?)(\S+)/,
    (m) => ({ match: negated(m[1] === '!' || m[2] === '!', '--dst-type', m[3] ?? '') }),
  ],
  [/^socket(?: --\S+)*/, () => ({ match: ['-m', 'socket'] })],
  [/^flags: ?0x17\/0x02/, () => ({})],
  [/^reject-with \S+/, () => ({})],
];

const MARKING: Readonly<Record<string, string>> = {
  xset: '--set-xmark',
  set: '--set-mark',
  and: '--and-mark',
  or: '--or-mark',
  xor: '--xor-mark',
};

interface Extra {
  readonly match?: readonly string[];
  readonly target?: readonly string[];
}

function port(kind: string, not: boolean, ports: string): Extra {
  return { match: negated(not, kind.startsWith('d') ? '--dports' : '--sports', ports) };
}

function markMatch(connection: boolean, not: boolean, value: string): Extra {
  return { match: ['-m', connection ? 'connmark' : 'mark', ...negated(not, '--mark', value)] };
}

function negated(not: boolean, ...tokens: readonly string[]): readonly string[] {
  return not ? ['!', ...tokens] : tokens;
}

/** What stands behind the columns: matches, then what the target is told. */
function targetTokens(target: string, extra: readonly string[]): readonly string[] {
  const matches: string[] = [];
  const options: string[] = [];
  let rest = extra.join(' ');
  while (rest !== '') {
    const found = EXTRAS.flatMap(([pattern, make]) => {
      const match = pattern.exec(rest);
      return match === null ? [] : [{ length: match[0].length, extra: make(match) }];
    })[0];
    if (found === undefined) {
      // Not understood: the rule asks for something that is named as it stands.
      matches.push('--listed-as', rest);
      break;
    }
    addAll(matches, found.extra.match ?? []);
    addAll(options, found.extra.target ?? []);
    rest = rest.slice(found.length).trimStart();
  }
  return [...matches, ...(target === '' ? [] : ['-j', target, ...options])];
}
