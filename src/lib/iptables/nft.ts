/** Rules as `nft list ruleset` prints them: what iptables-nft makes of iptables' rules, and Istio's native ones. */
import { type BrokenRules, eachLine, fault, quote } from './fault';
import {
  type Chain,
  type Hook,
  hookOf,
  type IptablesRule,
  type Ruleset,
  type IptablesTable,
  type TableName,
  tableOf,
  type RuleTarget,
} from './model';
import { parseNftRule } from './nft-rule';

/** Whether a text is nft's. */
export function isNft(text: string): boolean {
  return /^\s*table (?:ip6?|inet) \S+ \{/m.test(text);
}

const TABLE = /^table (\w+) (\S+) \{$/;
const CHAIN = /^chain (\S+) \{$/;
const BASE = /^type (\w+) hook (\w+)(?: device \S+)? priority ([^;]+);(?: policy (\w+);)?/;

interface OpenChain {
  readonly name: string;
  hook: Hook | null;
  table: TableName;
  policy: 'accept' | 'drop';
  readonly rules: IptablesRule[];
}

interface OpenTable {
  /** Null for a family whose packets are not IP's: bridge, arp, netdev. */
  readonly family: 4 | 6 | 'both' | null;
  readonly name: string;
  readonly line: number;
  readonly chains: OpenChain[];
}

const FAMILIES: Readonly<Record<string, OpenTable['family']>> = { ip: 4, ip6: 6, inet: 'both' };

/** Reads nft's text; a chain belongs to the table whose place in the hook's order it has. */
export function parseNft(text: string): Ruleset | BrokenRules {
  const reader = new RulesetReader();
  const broken = eachLine(text, (line, number) => {
    reader.read(line, number);
  });
  return broken ?? reader.end();
}

class RulesetReader {
  readonly #tables: OpenTable[] = [];
  #table: OpenTable | null = null;
  #chain: OpenChain | null = null;
  /** Braces of a set, a map, a counter and the like that are open. */
  #braces = 0;

  read(raw: string, number: number): void {
    const line = raw.startsWith('#') ? '' : raw.replace(/\s+# handle \d+$/, '');
    if (line === '') return;
    if (this.#braces > 0) this.#braces += balance(line);
    else if (this.#chain !== null) this.#readInChain(line, number, this.#chain);
    else if (this.#table !== null) this.#readInTable(line, this.#table);
    else this.#readOutside(line, number);
  }

  end(): Ruleset | BrokenRules {
    const open = this.#table;
    if (open === null) return { tables: this.#tables.flatMap(split) };
    return {
      kind: 'broken',
      line: open.line,
      because: `table ${quote(open.name)} is not closed: the text was cut off`,
    };
  }

  #readOutside(line: string, number: number): void {
    const table = TABLE.exec(line);
    // What stands before the first table may be the command, or what kubectl says.
    if (table === null && this.#tables.length === 0) return;
    if (table === null) fault(`${quote(line)} stands where a table is expected`);
    this.#table = { family: FAMILIES[table[1] ?? ''] ?? null, name: table[2] ?? '', line: number, chains: [] };
    this.#tables.push(this.#table);
  }

  #readInTable(line: string, table: OpenTable): void {
    const opened = CHAIN.exec(line);
    if (opened !== null) {
      this.#chain = { name: opened[1] ?? '', hook: null, table: 'nat', policy: 'accept', rules: [] };
      table.chains.push(this.#chain);
    } else if (line === '}') this.#table = null;
    else if (line.endsWith('{')) this.#braces = balance(line);
    else if (!/^(?:flags |comment )/.test(line)) fault(`${quote(line)} stands where a chain is expected`);
  }

  #readInChain(line: string, number: number, chain: OpenChain): void {
    if (line === '}') this.#chain = null;
    else if (line.endsWith('{')) fault(`chain ${quote(chain.name)} is not closed before ${quote(line)}`);
    else if (!line.startsWith('comment ')) readChainLine(line, number, chain);
  }
}

/** Braces that a line opens, less those that it closes. */
function balance(line: string): number {
  return line.split('{').length - line.split('}').length;
}

/** Chains of Istio's whose rules divert: nft leaves out a target of iptables that it has no word for. */
const DIVERTING = /^ISTIO_(?:IN_)?REDIRECT$|^ISTIO_TPROXY$/;
const NOT_PRINTED: RuleTarget = { kind: 'unknown', name: 'that nft does not print (use iptables-save)' };

function readChainLine(line: string, number: number, chain: OpenChain): void {
  const base = BASE.exec(line);
  if (base === null) {
    const rule = parseNftRule(line);
    const target = rule.target.kind === 'continue' && DIVERTING.test(chain.name) ? NOT_PRINTED : rule.target;
    chain.rules.push({ number: chain.rules.length + 1, line: number, text: line, ...rule, target });
    return;
  }
  chain.hook = hookOf((base[2] ?? '').toUpperCase());
  chain.policy = base[4] === 'drop' ? 'drop' : 'accept';
  chain.table = placeInOrder(base[1] ?? '', base[3] ?? '');
}

/** https://wiki.nftables.org/wiki-nftables/index.php/Netfilter_hooks#Priority_within_hook */
function placeInOrder(type: string, priority: string): TableName {
  if (type === 'nat') return 'nat';
  const level = priority.trim();
  if (level === 'raw' || level === '-300') return 'raw';
  return level === 'mangle' || level === '-150' ? 'mangle' : 'filter';
}

/** Base chains of one place in the order make a table; the chains of its nft table are there in each. */
function split({ family, chains }: OpenTable): readonly IptablesTable[] {
  if (family === null) return [];
  const all: readonly Chain[] = chains.map(({ name, hook, policy, rules }) => ({ name, hook, policy, rules }));
  const whole = tableOf('nat', family === 'both' ? null : family, all);
  const places = new Map(chains.map(({ name, table }) => [name, table]));
  return [...new Set(chains.flatMap(({ hook, table }) => (hook === null ? [] : [table])))].map((name) => ({
    ...whole,
    name,
    bases: whole.bases.filter((base) => places.get(base.name) === name),
  }));
}
