/** Where netfilter sends the first packet of a connection, and which rule says so. */
import type { Chain, Condition, Hook, MarkedPacket, Packet, Rule, Ruleset, Table, TableName } from './model';

/** A rule and where it stands. */
export interface RulePlace {
  readonly table: TableName;
  readonly chain: string;
  /** Null for a chain's policy, or where the rules ran out. */
  readonly number: number | null;
  readonly text: string;
}

export type Fate =
  /** To a port of this machine; with TPROXY the address stays as it is. */
  | { readonly kind: 'redirected'; readonly port: number; readonly transparent: boolean }
  /** On its way, as it was addressed. */
  | { readonly kind: 'passed' }
  /** On its way to another address. */
  | { readonly kind: 'rewritten'; readonly ip: string; readonly port: number }
  | { readonly kind: 'dropped'; readonly rejected: boolean }
  /** What decides is not known. */
  | { readonly kind: 'unknown'; readonly because: string };

export interface Evaluation {
  readonly fate: Fate;
  /** The rule that decided; null where no rule was met. */
  readonly rule: RulePlace | null;
  /** The chains gone through before it, as `CHAIN rule N`. */
  readonly way: readonly string[];
}

/** The order in which a hook's tables are asked. */
const ORDER: readonly TableName[] = ['raw', 'mangle', 'nat', 'filter'];
const DEEPEST = 64;
const MOST_GUESSES = 8;

type Guesses = ReadonlyMap<Rule, boolean>;

/** Whether the rules say anything of packets of this family. */
export function coversFamily(rules: Ruleset, family: 4 | 6): boolean {
  return rules.tables.some((table) => table.family === null || table.family === family);
}

/**
 * Evaluates a hook's tables for a packet. Where a condition asks for what is not known, both answers are tried, and only
 * where they lead to different ends is the fate unknown.
 */
export function evaluate(rules: Ruleset, hook: Hook, packet: Packet, tables: readonly TableName[] = ORDER): Evaluation {
  const family = packet.destination.ip.includes(':') ? 6 : 4;
  const applying = tables.flatMap((name) =>
    rules.tables.filter((table) => table.name === name && (table.family === null || table.family === family)),
  );
  return decide(applying, hook, packet, new Map());
}

function decide(tables: readonly Table[], hook: Hook, packet: Packet, guesses: Guesses): Evaluation {
  const walk = new Walk(tables, guesses);
  const result = walk.run(hook, packet);
  const { open } = walk;
  if (open === null) return result;
  if (guesses.size >= MOST_GUESSES) return undecided(open);
  const no = decide(tables, hook, packet, new Map([...guesses, [open.rule, false]]));
  const yes = decide(tables, hook, packet, new Map([...guesses, [open.rule, true]]));
  return sameFate(no.fate, yes.fate) ? no : undecided(open);
}

interface OpenRule {
  readonly rule: Rule;
  readonly place: RulePlace;
  readonly because: string;
}

function undecided({ place, because }: OpenRule): Evaluation {
  return { fate: { kind: 'unknown', because }, rule: place, way: [] };
}

function sameFate(a: Fate, b: Fate): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

type Ended = 'accept' | 'drop' | 'reject' | 'unknown';
type Step = Ended | 'fell-through';

class Walk {
  /** The first rule met whose conditions are not known. */
  open: OpenRule | null = null;
  readonly #tables: readonly Table[];
  readonly #guesses: Guesses;
  readonly #way: string[] = [];
  #packet: MarkedPacket | null = null;
  #fate: Fate = { kind: 'passed' };
  #rule: RulePlace | null = null;
  /** Set once the packet's way is decided: a later table's harmless rules do not hide the deciding one. */
  #decided = false;

  constructor(tables: readonly Table[], guesses: Guesses) {
    this.#tables = tables;
    this.#guesses = guesses;
  }

  run(hook: Hook, packet: Packet): Evaluation {
    this.#packet = { ...packet, mark: 0, connectionMark: 0 };
    for (const table of this.#tables) {
      for (const chain of table.chains.values()) {
        if (chain.hook !== hook) continue;
        const step = this.#chain(table, chain, 0);
        const end = step === 'fell-through' ? this.#policy(table, chain) : step;
        if (this.open !== null || end !== 'accept') return this.#result(end);
      }
    }
    return this.#result('accept');
  }

  #policy(table: Table, chain: Chain): Ended {
    if (chain.policy === 'accept') return 'accept';
    this.#rule = { table: table.name, chain: chain.name, number: null, text: 'policy DROP' };
    return 'drop';
  }

  #result(end: Ended): Evaluation {
    const fate: Fate =
      end === 'drop' || end === 'reject' ? { kind: 'dropped', rejected: end === 'reject' } : this.#fate;
    return { fate, rule: this.#rule, way: this.#way };
  }

  #chain(table: Table, chain: Chain, depth: number): Step {
    if (depth > DEEPEST) return 'fell-through';
    for (const rule of chain.rules) {
      const place: RulePlace = { table: table.name, chain: chain.name, number: rule.number, text: rule.text };
      const matches = this.#matches(rule, place);
      if (matches === null) return 'unknown';
      if (!matches) continue;
      const step = this.#apply(rule, place, table, depth);
      if (step === 'return') return 'fell-through';
      if (step !== 'fell-through') return step;
    }
    return 'fell-through';
  }

  #matches(rule: Rule, place: RulePlace): boolean | null {
    const guess = this.#guesses.get(rule);
    if (guess !== undefined) return guess;
    const packet = this.#packet;
    if (packet === null) return false;
    let unknown: Condition | null = null;
    for (const condition of rule.conditions) {
      const holds = condition.holds(packet);
      if (holds === false) return false;
      if (holds === null) unknown ??= condition;
    }
    if (unknown === null) return true;
    if (rule.target.kind === 'continue') return false;
    this.open = { rule, place, because: unknown.text };
    return null;
  }

  #apply(rule: Rule, place: RulePlace, table: Table, depth: number): Step | 'return' {
    const { target } = rule;
    switch (target.kind) {
      case 'continue':
        return 'fell-through';
      case 'mark':
        if (this.#packet !== null) this.#packet = target.set(this.#packet);
        return 'fell-through';
      case 'return':
        this.#note(place);
        return 'return';
      case 'accept':
        this.#note(place);
        return 'accept';
      case 'drop':
      case 'reject':
        this.#rule = place;
        return target.kind;
      case 'redirect':
      case 'tproxy':
      case 'dnat':
        this.#decide(place, target);
        return 'accept';
      case 'jump':
      case 'goto':
        return this.#jump(target, place, table, depth);
      case 'unknown':
        this.#decided = true;
        this.#rule = place;
        this.#fate = { kind: 'unknown', because: `the target ${target.name}` };
        return 'unknown';
    }
  }

  #jump(
    target: { readonly kind: 'jump' | 'goto'; readonly chain: string },
    place: RulePlace,
    table: Table,
    depth: number,
  ): Step | 'return' {
    const chain = table.chains.get(target.chain);
    if (chain === undefined) return 'fell-through';
    this.#way.push(`${place.chain} rule ${place.number ?? 0}`);
    const step = this.#chain(table, chain, depth + 1);
    return step === 'fell-through' && target.kind === 'goto' ? 'return' : step;
  }

  /** The last nat rule that let the packet go explains why it was not redirected, unless something else decided. */
  #note(place: RulePlace): void {
    const isBetter = this.#rule?.table !== 'nat' || place.table === 'nat';
    if (!this.#decided && isBetter) this.#rule = place;
  }

  #decide(
    place: RulePlace,
    target: { kind: 'redirect' | 'tproxy' | 'dnat'; port: number | null; ip?: string | null },
  ): void {
    const packet = this.#packet;
    if (packet === null) return;
    this.#decided = true;
    this.#rule = place;
    const port = target.port ?? packet.destination.port;
    if (target.kind === 'dnat') {
      const ip = target.ip ?? packet.destination.ip;
      this.#fate = { kind: 'rewritten', ip, port };
      this.#packet = { ...packet, destination: { ip, port } };
      return;
    }
    this.#fate = { kind: 'redirected', port, transparent: target.kind === 'tproxy' };
    if (target.kind === 'redirect') this.#packet = { ...packet, destination: { ...packet.destination, port } };
  }
}
