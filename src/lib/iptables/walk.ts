/** The walk of one packet through the chains of a hook, each chain once. */
import type {
  Chain,
  RuleCondition,
  Hook,
  MarkedPacket,
  Packet,
  IptablesRule,
  IptablesTable,
  TableName,
  RuleTarget,
} from './model';

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

/** A rule whose conditions are not known. */
export interface OpenRule {
  readonly rule: IptablesRule;
  readonly place: RulePlace;
  readonly because: string;
}

/**
 * Walks a packet until its way is decided, or up to the first rule whose conditions are not known and not guessed.
 * A chain is walked once for each pair of marks that a packet comes with: when it comes again, what became of the first
 * is known. So the time is linear in the rules. The rules must have no loop of jumps (`jumps.ts`).
 * @param guesses for rules whose conditions are not known, whether they are taken to match
 */
export function walk(
  tables: readonly IptablesTable[],
  hook: Hook,
  packet: Packet,
  guesses: ReadonlyMap<IptablesRule, boolean>,
): { readonly evaluation: Evaluation; readonly open: OpenRule | null } {
  const run = new Walk(guesses, packet);
  const evaluation = run.through(tables, hook);
  return { evaluation, open: run.open };
}

type Ended = 'accept' | 'drop' | 'reject' | 'unknown';

/** A chain that is being walked. */
interface Frame {
  readonly chain: Chain;
  readonly key: string;
  /** The index of the next rule. */
  next: number;
  /** The last rule of it, and of the chains that it jumped to, that let the packet go. */
  noted: RulePlace | null;
}

/** A chain that let the packet go: with which marks, and by which rule. */
interface Left {
  readonly packet: MarkedPacket;
  readonly noted: RulePlace | null;
}

class Walk {
  open: OpenRule | null = null;
  readonly #guesses: ReadonlyMap<IptablesRule, boolean>;
  readonly #way: string[] = [];
  readonly #left = new Map<string, Left>();
  #frames: Frame[] = [];
  #packet: MarkedPacket;
  #fate: Fate = { kind: 'passed' };
  #rule: RulePlace | null = null;
  /** Set once the packet's way is decided: a later table's harmless rules do not hide the deciding one. */
  #decided = false;

  constructor(guesses: ReadonlyMap<IptablesRule, boolean>, packet: Packet) {
    this.#guesses = guesses;
    this.#packet = { ...packet, mark: 0, connectionMark: 0 };
  }

  through(tables: readonly IptablesTable[], hook: Hook): Evaluation {
    for (const table of tables) {
      // What a chain does depends on its table, and on the address, which only the end of a table changes.
      this.#left.clear();
      for (const base of table.bases) {
        if (base.hook !== hook) continue;
        const end = this.#base(table, base);
        if (this.open !== null || end !== 'accept') return this.#result(end);
      }
    }
    return this.#result('accept');
  }

  #base(table: IptablesTable, base: Chain): Ended {
    this.#frames = [];
    this.#enter(base);
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      const rule = frame.chain.rules[frame.next++];
      const end = rule === undefined ? this.#leave(frame) : this.#meet(rule, frame, table);
      if (end !== null) return end;
    }
    if (base.policy === 'accept') return 'accept';
    this.#rule = { table: table.name, chain: base.name, number: null, text: 'policy DROP' };
    return 'drop';
  }

  #enter(chain: Chain): void {
    const key = `${this.#packet.mark} ${this.#packet.connectionMark} ${chain.name}`;
    const left = this.#left.get(key);
    if (left === undefined) {
      this.#frames.push({ chain, key, next: 0, noted: null });
      return;
    }
    this.#packet = left.packet;
    if (left.noted !== null) this.#note(left.noted);
  }

  /** The packet goes on behind the rule that jumped here. */
  #leave(frame: Frame): null {
    this.#frames.pop();
    this.#left.set(frame.key, { packet: this.#packet, noted: frame.noted });
    const caller = this.#frames.at(-1);
    if (caller !== undefined && frame.noted !== null) caller.noted = frame.noted;
    return null;
  }

  #meet(rule: IptablesRule, frame: Frame, table: IptablesTable): Ended | null {
    const matches = this.#matches(rule, () => placeOf(rule, frame.chain, table));
    if (matches === null) return 'unknown';
    return matches ? this.#apply(rule.target, placeOf(rule, frame.chain, table), frame, table) : null;
  }

  #matches(rule: IptablesRule, place: () => RulePlace): boolean | null {
    const guess = this.#guesses.get(rule);
    if (guess !== undefined) return guess;
    let unknown: RuleCondition | null = null;
    for (const condition of rule.conditions) {
      const holds = condition.holds(this.#packet);
      if (holds === false) return false;
      if (holds === null) unknown ??= condition;
    }
    if (unknown === null) return true;
    if (rule.target.kind === 'continue') return false;
    this.open = { rule, place: place(), because: unknown.text };
    return null;
  }

  /** Null where the walk goes on. */
  #apply(target: RuleTarget, place: RulePlace, frame: Frame, table: IptablesTable): Ended | null {
    switch (target.kind) {
      case 'continue':
        return null;
      case 'mark':
        this.#packet = target.set(this.#packet);
        return null;
      case 'return':
        this.#note(place);
        frame.next = frame.chain.rules.length;
        return null;
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
        this.#jump(target, place, frame, table);
        return null;
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
    frame: Frame,
    table: IptablesTable,
  ): void {
    const chain = table.chains.get(target.chain);
    if (chain === undefined) return;
    this.#way.push(`${place.chain} rule ${place.number ?? 0}`);
    // A packet that leaves the chain it was sent to by goto does not come back to this one.
    if (target.kind === 'goto') frame.next = frame.chain.rules.length;
    this.#enter(chain);
  }

  /** The last nat rule that let the packet go explains why it was not redirected, unless something else decided. */
  #note(place: RulePlace): void {
    const frame = this.#frames.at(-1);
    if (frame !== undefined) frame.noted = place;
    const isBetter = this.#rule?.table !== 'nat' || place.table === 'nat';
    if (!this.#decided && isBetter) this.#rule = place;
  }

  #decide(
    place: RulePlace,
    target: { kind: 'redirect' | 'tproxy' | 'dnat'; port: number | null; ip?: string | null },
  ): void {
    const packet = this.#packet;
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

  #result(end: Ended): Evaluation {
    const fate: Fate =
      end === 'drop' || end === 'reject' ? { kind: 'dropped', rejected: end === 'reject' } : this.#fate;
    return { fate, rule: this.#rule, way: this.#way };
  }
}

function placeOf({ number, text }: IptablesRule, chain: Chain, table: IptablesTable): RulePlace {
  return { table: table.name, chain: chain.name, number, text };
}
