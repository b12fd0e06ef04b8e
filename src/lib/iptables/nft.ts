/** Rules as `nft list ruleset` prints them: what iptables-nft makes of iptables' rules, and Istio's native ones. */
import {
  addressIn,
  interfaceIs,
  markIs,
  ownerIs,
  portIn,
  protocolIs,
  stateIs,
  unknownCondition,
  valueAndMask,
} from './conditions';
import {
  type Chain,
  type Condition,
  type Hook,
  hookOf,
  type Rule,
  type Ruleset,
  type Table,
  type TableName,
  type Target,
} from './model';
import { dnatOf } from './save';

/** Whether a text is nft's. */
export function isNft(text: string): boolean {
  return /^\s*table (?:ip6?|inet) \S+ \{/m.test(text);
}

const TABLE = /^table (ip6?|inet) (\S+) \{/;
const CHAIN = /^chain (\S+) \{/;
const BASE = /^type (\w+) hook (\w+) priority ([^;]+);(?: policy (\w+);)?/;

interface OpenChain {
  readonly name: string;
  hook: Hook | null;
  table: TableName;
  policy: 'accept' | 'drop';
  readonly rules: Rule[];
}

interface OpenTable {
  readonly family: 4 | 6 | null;
  readonly chains: OpenChain[];
}

/** Reads nft's text; a chain belongs to the table whose place in the hook's order it has. */
export function parseNft(text: string): Ruleset {
  const tables: OpenTable[] = [];
  let chain: OpenChain | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const table = TABLE.exec(line);
    const opened = CHAIN.exec(line);
    if (table !== null) {
      tables.push({ family: table[1] === 'ip' ? 4 : table[1] === 'ip6' ? 6 : null, chains: [] });
    } else if (opened !== null) {
      chain = { name: opened[1] ?? '', hook: null, table: 'nat', policy: 'accept', rules: [] };
      tables.at(-1)?.chains.push(chain);
    } else if (line.startsWith('}')) {
      chain = null;
    } else if (chain !== null && line !== '' && !line.startsWith('#')) {
      readChainLine(line, chain);
    }
  }
  return { tables: tables.flatMap(split) };
}

/** Chains of Istio's whose rules divert: nft leaves out a target of iptables that it has no word for. */
const DIVERTING = /^ISTIO_(?:IN_)?REDIRECT$|^ISTIO_TPROXY$/;
const NOT_PRINTED: Target = { kind: 'unknown', name: 'that nft does not print (use iptables-save)' };

function readChainLine(line: string, chain: OpenChain): void {
  const base = BASE.exec(line);
  if (base === null) {
    const rule = ruleOf(line);
    const target = rule.target.kind === 'continue' && DIVERTING.test(chain.name) ? NOT_PRINTED : rule.target;
    chain.rules.push({ number: chain.rules.length + 1, text: line, ...rule, target });
    return;
  }
  chain.hook = hookOf((base[2] ?? '').toUpperCase());
  chain.policy = base[4] === 'drop' ? 'drop' : 'accept';
  chain.table = tableOf(base[1] ?? '', base[3] ?? '');
}

/** https://wiki.nftables.org/wiki-nftables/index.php/Netfilter_hooks#Priority_within_hook */
function tableOf(type: string, priority: string): TableName {
  if (type === 'nat') return 'nat';
  const level = priority.trim();
  if (level === 'raw' || level === '-300') return 'raw';
  return level === 'mangle' || level === '-150' ? 'mangle' : 'filter';
}

/** Every base chain evaluates with the user chains of its nft table, so these are there in each. */
function split({ family, chains }: OpenTable): readonly Table[] {
  const users = chains.filter(({ hook }) => hook === null);
  return chains.flatMap((base): readonly Table[] => {
    if (base.hook === null) return [];
    const own = [base, ...users].map(({ name, hook, policy, rules }): readonly [string, Chain] => [
      name,
      { name, hook, policy, rules },
    ]);
    return [{ name: base.table, family, chains: new Map(own) }];
  });
}

function ruleOf(line: string): { conditions: readonly Condition[]; target: Target } {
  const reader = new NftReader(wordsOf(line));
  return reader.read();
}

/** Words; quotes and braces hold several together. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|\{([^}]*)\}|([^\s{]+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** Expressions of two words and how many they are. */
const SUBJECTS: readonly (readonly [string, (values: readonly string[], not: boolean) => Condition])[] = [
  ['ip saddr', (values, not) => addressIn('source', values, not)],
  ['ip6 saddr', (values, not) => addressIn('source', values, not)],
  ['ip daddr', (values, not) => addressIn('destination', values, not)],
  ['ip6 daddr', (values, not) => addressIn('destination', values, not)],
  ['ip protocol', ([value = ''], not) => protocolIs(value, not)],
  ['ip6 nexthdr', ([value = ''], not) => protocolIs(value, not)],
  ['meta l4proto', ([value = ''], not) => protocolIs(value, not)],
  ['tcp dport', (values, not) => portIn('destination', values, not)],
  ['udp dport', (values, not) => portIn('destination', values, not)],
  ['th dport', (values, not) => portIn('destination', values, not)],
  ['tcp sport', (values, not) => portIn('source', values, not)],
  ['udp sport', (values, not) => portIn('source', values, not)],
  ['meta skuid', ([value = ''], not) => ownerIs('uid', value, not)],
  ['meta skgid', ([value = ''], not) => ownerIs('gid', value, not)],
  ['meta mark', ([value = ''], not) => markIs('mark', value, not)],
  ['ct mark', ([value = ''], not) => markIs('connectionMark', value, not)],
  ['ct state', (values, not) => stateIs(values, not)],
  ['meta iifname', (values, not) => interfaceIs('in', values.map(wildcard), not)],
  ['meta oifname', (values, not) => interfaceIs('out', values.map(wildcard), not)],
];

/** Words that nft writes without `meta`. */
const SHORT = new Set(['iifname', 'oifname', 'iif', 'oif', 'skuid', 'skgid', 'l4proto', 'mark']);

function wildcard(name: string): string {
  return name.endsWith('*') ? `${name.slice(0, -1)}+` : name;
}

class NftReader {
  readonly #words: string[];
  readonly #conditions: Condition[] = [];
  #target: Target = { kind: 'continue' };

  constructor(words: readonly string[]) {
    this.#words = [...words];
  }

  read(): { conditions: readonly Condition[]; target: Target } {
    while (this.#words.length > 0) {
      if (!this.#skipStatement() && !this.#readVerdict()) this.#readMatch();
    }
    return { conditions: this.#conditions, target: this.#target };
  }

  /** `counter packets 1 bytes 60`, `comment "…"`, `log …`. */
  #skipStatement(): boolean {
    const [word] = this.#words;
    if (word === 'counter') {
      this.#words.shift();
      if (this.#words[0] === 'packets') this.#words.splice(0, 4);
      return true;
    }
    if (word === 'comment') {
      this.#words.splice(0, 2);
      return true;
    }
    if (word !== 'log') return false;
    this.#words.shift();
    while (['prefix', 'level', 'flags', 'group'].includes(this.#words[0] ?? '')) this.#words.splice(0, 2);
    return true;
  }

  #readVerdict(): boolean {
    const [word = '', ...rest] = this.#words;
    const taken = verdictOf(word, rest);
    if (taken === null) return false;
    this.#words.splice(0);
    this.#target = taken;
    return true;
  }

  #readMatch(): void {
    const subject = this.#subject();
    if (subject === 'xt target') {
      this.#target = { kind: 'unknown', name: this.#words.splice(0).join(' ') };
    } else if ((subject === 'meta mark' || subject === 'ct mark') && this.#words[0] === 'set') {
      this.#readMark(subject === 'meta mark' ? 'mark' : 'connectionMark');
    } else {
      this.#readCondition(subject);
    }
  }

  /** What a match looks at, in two words. */
  #subject(): string {
    const first = this.#words.shift() ?? '';
    if (SHORT.has(first)) return `meta ${first === 'iif' || first === 'oif' ? `${first}name` : first}`;
    return `${first} ${this.#words.shift() ?? ''}`;
  }

  #readCondition(subject: string): void {
    const made = SUBJECTS.find(([name]) => name === subject)?.[1];
    if (made === undefined) {
      this.#conditions.push(unknownCondition([subject, ...this.#words.splice(0, this.#toVerdict())].join(' ')));
      return;
    }
    const not = this.#words[0] === '!=';
    if (not || this.#words[0] === '==') this.#words.shift();
    const values = (this.#words.shift() ?? '').split(',').map((value) => value.trim());
    this.#conditions.push(made(values, not));
  }

  #readMark(kind: 'mark' | 'connectionMark'): void {
    this.#words.shift();
    const from = this.#words.splice(0, this.#toVerdict()).join(' ');
    this.#target = {
      kind: 'mark',
      set: (packet) => {
        if (from === 'ct mark') return { ...packet, [kind]: packet.connectionMark };
        if (from === 'meta mark' || from === 'mark') return { ...packet, [kind]: packet.mark };
        return { ...packet, [kind]: valueAndMask(from).value };
      },
    };
  }

  /** How many words stand before the verdict. */
  #toVerdict(): number {
    const found = this.#words.findIndex(
      (word, index) => word === 'counter' || verdictOf(word, this.#words.slice(index + 1)) !== null,
    );
    return found < 0 ? this.#words.length : found;
  }
}

const VERDICTS: ReadonlyMap<string, (rest: readonly string[]) => Target> = new Map<
  string,
  (rest: readonly string[]) => Target
>([
  ['return', () => ({ kind: 'return' })],
  ['accept', () => ({ kind: 'accept' })],
  ['drop', () => ({ kind: 'drop' })],
  ['reject', () => ({ kind: 'reject' })],
  ['jump', ([chain = '']) => ({ kind: 'jump', chain })],
  ['goto', ([chain = '']) => ({ kind: 'goto', chain })],
  ['redirect', (rest) => ({ kind: 'redirect', port: portBehind(rest) })],
  ['tproxy', (rest) => ({ kind: 'tproxy', port: portBehind(rest) ?? 0 })],
  ['dnat', (rest) => dnatOf(rest.find((part) => /^[[\d:]/.test(part)) ?? '')],
  ['masquerade', () => ({ kind: 'accept' })],
  ['snat', () => ({ kind: 'accept' })],
  ['queue', () => ({ kind: 'unknown', name: 'queue' })],
]);

function verdictOf(word: string, rest: readonly string[]): Target | null {
  return VERDICTS.get(word)?.(rest) ?? null;
}

/** `to :15001`, `ip to 0.0.0.0:15006`. */
function portBehind(words: readonly string[]): number | null {
  const port = words.map((word) => /:(\d{1,5})$/.exec(word)?.[1]).find((found) => found !== undefined);
  return port === undefined ? null : Number(port);
}
