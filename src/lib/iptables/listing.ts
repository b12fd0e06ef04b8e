/** Rules as `iptables -t nat -L -v -n` lists them, with line numbers or without. */
import { type Chain, hookOf, type Rule, type Ruleset, tableNamed, type TableName } from './model';
import { parseRule } from './save';

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
  readonly rules: Rule[];
}

/** Reads a listing; the table is `nat` unless a line such as `# table: mangle` or the command itself says otherwise. */
export function parseListing(text: string): Ruleset {
  const tables = new Map<TableName, OpenChain[]>();
  let table: TableName = 'nat';
  let columns: Columns = { numbered: false, verbose: true };
  for (const line of text.split('\n')) {
    table = tableNamed(/(?:-t |table:? )(\w+)/.exec(line)?.[1] ?? '') ?? table;
    const chain = CHAIN.exec(line);
    const chains = tables.get(table) ?? [];
    tables.set(table, chains);
    if (chain !== null) {
      chains.push({ name: chain[1] ?? '', policy: chain[2] === 'DROP' ? 'drop' : 'accept', rules: [] });
    } else if (/\btarget\s+prot\s+opt\b/.test(line)) {
      columns = { numbered: /^\s*num\b/.test(line), verbose: /\bpkts\b/.test(line) };
    } else {
      addRow(line, columns, chains.at(-1));
    }
  }
  const family = /\s::\/0(?:\s|$)/m.test(text) && !/\s0\.0\.0\.0\/0(?:\s|$)/m.test(text) ? 6 : null;
  return {
    tables: [...tables]
      .filter(([, chains]) => chains.length > 0)
      .map(([name, chains]) => ({ name, family, chains: new Map(chains.map((chain) => [chain.name, closed(chain)])) })),
  };
}

function closed({ name, policy, rules }: OpenChain): Chain {
  return { name, hook: hookOf(name), policy, rules };
}

function addRow(line: string, columns: Columns, chain: OpenChain | undefined): void {
  const words = line.trim().split(/\s+/);
  if (chain === undefined || words.length < 5) return;
  if (columns.numbered) words.shift();
  const tokens = columns.verbose ? verboseTokens(words) : briefTokens(words);
  if (tokens === null) return;
  const { conditions, target } = parseRule(tokens);
  chain.rules.push({ number: chain.rules.length + 1, text: tokens.join(' '), conditions, target });
}

/** pkts bytes target prot opt in out source destination …; the target is left out where a rule has none. */
function verboseTokens(words: readonly string[]): readonly string[] | null {
  if (!/^\d+[KMGT]?$/.test(words[0] ?? '')) return null;
  const hasTarget = !isOptions(words[3] ?? '') || isOptions(words[4] ?? '');
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
  [/^(?:CONN)?MARK (?:x?set|and|or) (\S+)/, (m) => ({ target: ['--set-xmark', m[1] ?? ''] })],
  [/^CONNMARK (save|restore)/, (m) => ({ target: [`--${m[1] ?? ''}-mark`] })],
  [
    /^ADDRTYPE match (!?)dst-type (!?)(\S+)/,
    (m) => ({ match: negated(m[1] === '!' || m[2] === '!', '--dst-type', m[3] ?? '') }),
  ],
  [/^socket(?: --\S+)*/, () => ({ match: ['-m', 'socket'] })],
  [/^flags: ?0x17\/0x02/, () => ({})],
  [/^reject-with \S+/, () => ({})],
];

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
    matches.push(...(found.extra.match ?? []));
    options.push(...(found.extra.target ?? []));
    rest = rest.slice(found.length).trimStart();
  }
  return [...matches, ...(target === '' ? [] : ['-j', target, ...options])];
}
