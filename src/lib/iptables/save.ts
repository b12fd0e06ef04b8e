/** Rules as iptables-save prints them, in its legacy and its nft form. */
import { type BrokenRules, eachLine, fault, quote } from './fault';
import { type Chain, hookOf, type IptablesRule, type Ruleset, type IptablesTable, tableNamed, tableOf } from './model';
import { parseRule } from './rule';

type Policy = Chain['policy'];

/** A chain that is being read. */
interface OpenChain {
  policy: Policy;
  /** Rules that `-I` put in front, the first of them last: putting one in front of thousands moves none. */
  readonly front: IptablesRule[];
  readonly rules: IptablesRule[];
}

interface OpenTable {
  readonly name: string;
  readonly family: 4 | 6 | null;
  readonly line: number;
  readonly chains: Map<string, OpenChain>;
}

const FAMILY_4 = /\biptables(?:-nft|-legacy)?-save\b/;
const FAMILY_6 = /\bip6tables(?:-nft|-legacy)?-save\b/;

/**
 * Reads the text of iptables-save, or the lines of `iptables -S`, whose table is nat.
 * https://man7.org/linux/man-pages/man8/iptables-restore.8.html: a table begins with `*` and its name and ends with COMMIT;
 * one without COMMIT was cut off, and iptables-restore takes nothing of it.
 */
export function parseSave(text: string): Ruleset | BrokenRules {
  const reader = new SaveReader();
  const broken = eachLine(text, (line, number) => {
    reader.read(line, number);
  });
  return broken ?? reader.end();
}

/** What kubectl says before the output of a command in a container, where both streams went into the file. */
const CHATTER = /^(?:Defaulted container |Defaulting container name )/;

class SaveReader {
  readonly #tables: OpenTable[] = [];
  #family: 4 | 6 | null = null;
  /** The table whose COMMIT has not come yet. */
  #open: OpenTable | null = null;
  /** Whether lines of `iptables -S` were met, which stand in no table. */
  #isList = false;

  read(raw: string, number: number): void {
    const line = raw.replace(/^\[\d+:\d+\] /, '');
    if (line === '' || CHATTER.test(line)) return;
    if (line.startsWith('#')) {
      this.#family = FAMILY_6.test(line) ? 6 : FAMILY_4.test(line) ? 4 : this.#family;
    } else if (line.startsWith('*')) this.#begin(line.slice(1).trim(), number);
    else if (line === 'COMMIT') this.#commit();
    else if (line.startsWith(':')) this.#declare(line);
    else if (/^(?:-t \w+ )?-[AIN] /.test(line)) addRule(this.#table(line, number), tokensOf(line), number);
    else if (/^(?:-t \w+ )?-P /.test(line)) this.#policy(line, number);
    else fault(`${quote(line)} is not a line of iptables-save`);
  }

  end(): Ruleset | BrokenRules {
    const open = this.#open;
    if (open !== null) {
      const because = `table ${open.name} has no COMMIT: the text was cut off`;
      return { kind: 'broken', line: open.line, because };
    }
    return { tables: this.#tables.flatMap(closed) };
  }

  #begin(name: string, number: number): void {
    if (this.#open !== null) fault(`table ${quote(name)} begins before the COMMIT of table ${this.#open.name}`);
    if (!/^[a-z]+$/.test(name)) fault(`${quote(name)} is not the name of a table`);
    if (this.#isList) fault(`table ${quote(name)} begins behind rules that are in none`);
    this.#open = { name, family: this.#family, line: number, chains: new Map() };
    this.#tables.push(this.#open);
  }

  #commit(): void {
    if (this.#open === null) fault('COMMIT without a table before it');
    this.#open = null;
  }

  #declare(line: string): void {
    const [name = '', policy = ''] = line.slice(1).split(/\s+/);
    if (this.#open === null) fault(`chain ${quote(name)} is not in a table`);
    chainOf(this.#open, name).policy = policyOf(policy);
  }

  #policy(line: string, number: number): void {
    const tokens = tokensOf(line);
    const at = tokens.indexOf('-P');
    chainOf(this.#table(line, number), tokens[at + 1] ?? '').policy = policyOf(tokens[at + 2] ?? '');
  }

  /** Lines of `iptables -S` name no table: they are of nat, or of the one behind `-t`. */
  #table(line: string, number: number): OpenTable {
    if (this.#open !== null) return this.#open;
    if (!this.#isList && this.#tables.length > 0) fault(`${quote(line)} is in no table`);
    this.#isList = true;
    const name = /^-t (\w+) /.exec(line)?.[1] ?? 'nat';
    const known = this.#tables.find((table) => table.name === name && table.family === this.#family);
    if (known !== undefined) return known;
    const table = { name, family: this.#family, line: number, chains: new Map<string, OpenChain>() };
    this.#tables.push(table);
    return table;
  }
}

function policyOf(text: string): Policy {
  if (text === 'DROP') return 'drop';
  return text === 'ACCEPT' || text === '-' ? 'accept' : fault(`${quote(text)} is not a policy of a chain`);
}

/** `-A CHAIN …` appends, `-I CHAIN [N] …` puts a rule in front of the Nth. */
function addRule(table: OpenTable, tokens: readonly string[], line: number): void {
  const at = tokens.findIndex((token) => token === '-A' || token === '-I' || token === '-N');
  const name = tokens[at + 1] ?? '';
  const chain = chainOf(table, name);
  if (tokens[at] === '-N') return;
  const isInsert = tokens[at] === '-I';
  const position = isInsert && /^\d+$/.test(tokens[at + 2] ?? '') ? Number(tokens[at + 2]) : null;
  const rest = tokens.slice(at + (position === null ? 2 : 3));
  const rule: IptablesRule = { number: 0, line, text: rest.map(quoted).join(' '), ...parseRule(rest) };
  if (isInsert) insert(chain, rule, (position ?? 1) - 1);
  else chain.rules.push(rule);
}

function insert({ front, rules }: OpenChain, rule: IptablesRule, index: number): void {
  if (index < 0 || index > front.length + rules.length) fault(`the chain has no rule ${index + 1} to insert before`);
  if (index <= front.length) front.splice(front.length - index, 0, rule);
  else rules.splice(index - front.length, 0, rule);
}

function chainOf(table: OpenTable, name: string): OpenChain {
  if (name === '' || name.startsWith('-')) fault('a rule without the name of its chain');
  const known = table.chains.get(name);
  if (known !== undefined) return known;
  const chain: OpenChain = { policy: 'accept', front: [], rules: [] };
  table.chains.set(name, chain);
  return chain;
}

function closed({ name, family, chains }: OpenTable): readonly IptablesTable[] {
  const known = tableNamed(name);
  if (known === null) return [];
  const all = [...chains].map(([chain, { policy, front, rules }]): Chain => {
    const inOrder = [...front.reverse(), ...rules].map((rule, index) => ({ ...rule, number: index + 1 }));
    return { name: chain, hook: hookOf(chain), policy, rules: inOrder };
  });
  return [tableOf(known, family ?? familyOf(all.flatMap(({ rules }) => rules)), all)];
}

/** The family whose addresses the rules hold, where no comment says it; null where they hold none. */
function familyOf(rules: readonly IptablesRule[]): 4 | 6 | null {
  const addresses = rules.flatMap(({ text }) => /(?:^| )-[sd] (\S+)/.exec(text)?.[1] ?? []);
  if (addresses.length === 0) return null;
  return addresses.some((address) => address.includes(':')) ? 6 : 4;
}

/** Words of a rule; quotes hold a word with blanks together. */
function tokensOf(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, text, word = '']) => {
    if (text === undefined && word.startsWith('"')) fault(`the text ${quote(word)} has no end`);
    return text ?? word;
  });
}

function quoted(token: string): string {
  return token === '' || /\s/.test(token) ? `"${token}"` : token;
}
