/** Rules as iptables-save prints them, in its legacy and its nft form. */
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
  condition,
  destinationIs,
} from './conditions';
import {
  type Chain,
  type Condition,
  hookOf,
  type MarkedPacket,
  type Rule,
  type Ruleset,
  type Table,
  tableNamed,
  type Target,
} from './model';

interface OpenTable {
  readonly name: string;
  readonly family: 4 | 6 | null;
  readonly chains: Map<string, { policy: 'accept' | 'drop'; rules: Rule[] }>;
}

const FAMILY_4 = /\biptables(?:-nft|-legacy)?-save\b/;
const FAMILY_6 = /\bip6tables(?:-nft|-legacy)?-save\b/;

/** Reads the text of iptables-save; what is no table, chain or rule is left out. */
export function parseSave(text: string): Ruleset {
  const tables: OpenTable[] = [];
  let family: 4 | 6 | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.trim().replace(/^\[\d+:\d+\] /, '');
    if (line.startsWith('#')) family = FAMILY_6.test(line) ? 6 : FAMILY_4.test(line) ? 4 : family;
    else if (line.startsWith('*')) tables.push({ name: line.slice(1).trim(), family, chains: new Map() });
    else readLine(line, tables);
  }
  return { tables: tables.flatMap(closed) };
}

function readLine(line: string, tables: OpenTable[]): void {
  if (/^-[ANI] /.test(line) && tables.length === 0) tables.push({ name: 'nat', family: null, chains: new Map() });
  const table = tables.at(-1);
  if (table === undefined) return;
  if (line.startsWith(':')) {
    const [name = '', policy = '-'] = line.slice(1).split(/\s+/);
    chainOf(table, name).policy = policy === 'DROP' ? 'drop' : 'accept';
  } else if (/^(?:-t \w+ )?-[AIN] /.test(line)) {
    addRule(table, tokensOf(line));
  }
}

/** `-A CHAIN …` appends, `-I CHAIN [N] …` puts a rule in front of the Nth. */
function addRule(table: OpenTable, tokens: readonly string[]): void {
  const at = tokens.findIndex((token) => token === '-A' || token === '-I' || token === '-N');
  const name = tokens[at + 1];
  if (name === undefined) return;
  const chain = chainOf(table, name);
  if (tokens[at] === '-N') return;
  const isInsert = tokens[at] === '-I';
  const position = isInsert && /^\d+$/.test(tokens[at + 2] ?? '') ? Number(tokens[at + 2]) : null;
  const rest = tokens.slice(at + (position === null ? 2 : 3));
  const rule: Rule = { number: 0, text: rest.map(quoted).join(' '), ...parseRule(rest) };
  const index = isInsert ? (position ?? 1) - 1 : chain.rules.length;
  chain.rules.splice(index, 0, rule);
}

function chainOf(table: OpenTable, name: string): { policy: 'accept' | 'drop'; rules: Rule[] } {
  const known = table.chains.get(name);
  if (known !== undefined) return known;
  const chain = { policy: 'accept' as const, rules: [] };
  table.chains.set(name, chain);
  return chain;
}

function closed({ name, family, chains }: OpenTable): readonly Table[] {
  const known = tableNamed(name);
  if (known === null) return [];
  const entries = [...chains].map(([chain, { policy, rules }]): readonly [string, Chain] => [
    chain,
    { name: chain, hook: hookOf(chain), policy, rules: rules.map((rule, index) => ({ ...rule, number: index + 1 })) },
  ]);
  return [
    {
      name: known,
      family: family ?? familyOf([...chains.values()].flatMap(({ rules }) => rules)),
      chains: new Map(entries),
    },
  ];
}

/** The family whose addresses the rules hold, where no comment says it; null where they hold none. */
function familyOf(rules: readonly Rule[]): 4 | 6 | null {
  const addresses = rules.flatMap(({ text }) => /(?:^| )-[sd] (\S+)/.exec(text)?.[1] ?? []);
  if (addresses.length === 0) return null;
  return addresses.some((address) => address.includes(':')) ? 6 : 4;
}

/** Words of a rule; quotes hold a word with blanks together. */
function tokensOf(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

function quoted(token: string): string {
  return token === '' || /\s/.test(token) ? `"${token}"` : token;
}

/** Reads the words of one rule behind its chain. */
export function parseRule(tokens: readonly string[]): { conditions: readonly Condition[]; target: Target } {
  const reader = new RuleReader(tokens);
  return reader.read();
}

/** Options that take no value. */
const FLAGS = new Set(['--syn', '--transparent', '--nowildcard', '--restore-skmark', '--socket-exists', '--random']);

class RuleReader {
  readonly #tokens: string[];
  readonly #conditions: Condition[] = [];
  readonly #modules: string[] = [];
  #target: Target = { kind: 'continue' };

  constructor(tokens: readonly string[]) {
    this.#tokens = [...tokens];
  }

  read(): { conditions: readonly Condition[]; target: Target } {
    for (let token = this.#tokens.shift(); token !== undefined; token = this.#tokens.shift()) {
      let negated = false;
      if (token === '!') {
        negated = true;
        token = this.#tokens.shift() ?? '';
      }
      if (token === '-j' || token === '--jump' || token === '-g' || token === '--goto') {
        this.#target = this.#readTarget(token.includes('g'));
        break;
      }
      this.#readOption(token, negated);
    }
    return { conditions: this.#conditions, target: this.#target };
  }

  #readOption(option: string, negated: boolean): void {
    if (option === '-m' || option === '--match') {
      this.#readModule(this.#value(), negated);
      return;
    }
    if (FLAGS.has(option)) {
      this.#readFlag(option, negated);
      return;
    }
    // An older notation puts the negation behind the option.
    const isNegatedBehind = this.#tokens[0] === '!';
    if (isNegatedBehind) this.#tokens.shift();
    const made = makeCondition(option, this.#value(option), negated !== isNegatedBehind, this.#modules);
    if (made !== null) this.#conditions.push(made);
  }

  #readModule(name: string, negated: boolean): void {
    this.#modules.push(name);
    // A transparent socket for this connection cannot be there before its first packet.
    if (name === 'socket') this.#conditions.push(condition('-m socket', negated, () => false));
  }

  #readFlag(option: string, negated: boolean): void {
    if (option === '--syn') this.#conditions.push(condition('--syn', negated, () => true));
  }

  /** An option that is not known takes every word up to the next option. */
  #value(option?: string): string {
    const value = this.#tokens.shift() ?? '';
    if (option === undefined || MAKERS.has(option)) return value;
    const end = this.#tokens.findIndex((token) => token === '!' || token.startsWith('-'));
    return [value, ...this.#tokens.splice(0, end < 0 ? this.#tokens.length : end)].join(' ');
  }

  #readTarget(isGoto: boolean): Target {
    const name = this.#value();
    const options = new Map<string, string>();
    for (let token = this.#tokens.shift(); token !== undefined; token = this.#tokens.shift()) {
      const next = this.#tokens[0];
      const hasValue = next !== undefined && !next.startsWith('--');
      options.set(token, hasValue ? this.#value() : '');
    }
    return targetOf(name, options, isGoto);
  }
}

type Maker = (value: string, negated: boolean, module: string) => Condition | null;

const source: Maker = (value, negated) => addressIn('source', value.split(','), negated);
const destination: Maker = (value, negated) => addressIn('destination', value.split(','), negated);
const sourcePort: Maker = (value, negated) => portIn('source', value.split(','), negated);
const destinationPort: Maker = (value, negated) => portIn('destination', value.split(','), negated);
const state: Maker = (value, negated) => stateIs(value.split(','), negated);
const protocol: Maker = (value, negated) => protocolIs(value, negated);
const input: Maker = (value, negated) => interfaceIs('in', [value], negated);
const output: Maker = (value, negated) => interfaceIs('out', [value], negated);

const MAKERS: ReadonlyMap<string, Maker> = new Map([
  ['-p', protocol],
  ['--protocol', protocol],
  ['-s', source],
  ['--source', source],
  ['--src-range', source],
  ['-d', destination],
  ['--destination', destination],
  ['--dst-range', destination],
  ['-i', input],
  ['--in-interface', input],
  ['-o', output],
  ['--out-interface', output],
  ['--dport', destinationPort],
  ['--dports', destinationPort],
  ['--destination-port', destinationPort],
  ['--destination-ports', destinationPort],
  ['--sport', sourcePort],
  ['--sports', sourcePort],
  ['--source-port', sourcePort],
  ['--source-ports', sourcePort],
  ['--uid-owner', (value, negated) => ownerIs('uid', value, negated)],
  ['--gid-owner', (value, negated) => ownerIs('gid', value, negated)],
  ['--mark', (value, negated, module) => markIs(module === 'connmark' ? 'connectionMark' : 'mark', value, negated)],
  ['--dst-type', (value, negated) => destinationIs(value, negated)],
  ['--ctstate', state],
  ['--state', state],
  ['--comment', () => null],
]);

/** Null where the option asks for nothing. */
function makeCondition(option: string, value: string, negated: boolean, modules: readonly string[]): Condition | null {
  const module = modules.at(-1) ?? '';
  const maker = MAKERS.get(option);
  if (maker !== undefined) return maker(value, negated, module);
  const words = [negated ? '!' : '', module === '' ? '' : `-m ${module}`, option, value];
  return unknownCondition(words.filter((word) => word !== '').join(' '));
}

type Options = ReadonlyMap<string, string>;

const TARGETS: ReadonlyMap<string, (options: Options) => Target> = new Map<string, (options: Options) => Target>([
  ['RETURN', () => ({ kind: 'return' })],
  ['ACCEPT', () => ({ kind: 'accept' })],
  ['DROP', () => ({ kind: 'drop' })],
  ['REJECT', () => ({ kind: 'reject' })],
  ['REDIRECT', (given) => ({ kind: 'redirect', port: portOf(given.get('--to-ports') ?? given.get('--to-port')) })],
  ['TPROXY', (given) => ({ kind: 'tproxy', port: portOf(given.get('--on-port')) ?? 0 })],
  ['DNAT', (given) => dnatOf(given.get('--to-destination') ?? '')],
  ['MARK', (given) => ({ kind: 'mark', set: setMark(given) })],
  ['CONNMARK', (given) => ({ kind: 'mark', set: setConnectionMark(given) })],
  ['SNAT', () => ({ kind: 'accept' })],
  ['MASQUERADE', () => ({ kind: 'accept' })],
]);

/** Targets that do nothing to where a packet goes. */
const HARMLESS = new Set(['', 'LOG', 'NFLOG', 'TRACE', 'CT', 'NOTRACK', 'CHECKSUM', 'TCPMSS']);
const NOT_UNDERSTOOD = new Set(['QUEUE', 'NFQUEUE', 'NETMAP']);

/** A target by its name and options; any other name is a chain's. */
function targetOf(name: string, options: Options, isGoto: boolean): Target {
  const make = TARGETS.get(name);
  if (make !== undefined) return make(options);
  if (HARMLESS.has(name)) return { kind: 'continue' };
  return NOT_UNDERSTOOD.has(name) ? { kind: 'unknown', name } : { kind: isGoto ? 'goto' : 'jump', chain: name };
}

function portOf(text: string | undefined): number | null {
  const port = /^(\d{1,5})/.exec(text ?? '')?.[1];
  return port === undefined ? null : Number(port);
}

/** `10.0.0.1`, `10.0.0.1:8080`, `:8080`, `[fd00::1]:8080`. */
export function dnatOf(text: string): Target {
  const match = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d{1,5}).*)?$/.exec(text);
  const ip = match?.[1] ?? match?.[2] ?? '';
  if (match === null) return { kind: 'dnat', ip: text, port: null };
  return { kind: 'dnat', ip: ip === '' ? null : ip, port: match[3] === undefined ? null : Number(match[3]) };
}

function setMark(options: ReadonlyMap<string, string>): (packet: MarkedPacket) => MarkedPacket {
  const text = options.get('--set-xmark') ?? options.get('--set-mark') ?? '0';
  const { value, mask } = valueAndMask(text);
  return (packet) => ({ ...packet, mark: ((packet.mark & ~mask) | value) >>> 0 });
}

function setConnectionMark(options: ReadonlyMap<string, string>): (packet: MarkedPacket) => MarkedPacket {
  if (options.has('--restore-mark')) return (packet) => ({ ...packet, mark: packet.connectionMark });
  if (options.has('--save-mark')) return (packet) => ({ ...packet, connectionMark: packet.mark });
  const { value } = valueAndMask(options.get('--set-xmark') ?? options.get('--set-mark') ?? '0');
  return (packet) => ({ ...packet, connectionMark: value });
}
