/** One rule in the words of nft: its conditions and its target. */
import {
  addressIn,
  anyOf,
  interfaceIs,
  markIs,
  markValue,
  ownerIs,
  portIn,
  protocolIs,
  stateIs,
  unknownCondition,
} from './conditions';
import type { RuleCondition, RuleTarget } from './model';
import { dnatOf } from './targets';

/** Reads one line of a chain. Throws a RuleFault where it cannot be a rule. https://wiki.nftables.org/ */
export function parseNftRule(line: string): { conditions: readonly RuleCondition[]; target: RuleTarget } {
  return new NftReader(wordsOf(line)).read();
}

/** Words; quotes and braces hold several together. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|\{([^}]*)\}|([^\s{]+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

type Maker = (values: readonly string[], not: boolean) => RuleCondition;

/** A set of values: one of them holds. */
function each(make: (value: string) => RuleCondition): Maker {
  return (values, not) => anyOf(values.map(make), not);
}

/** Expressions of two words, and the condition that each makes of its values. */
const SUBJECTS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['ip saddr', (values, not) => addressIn('source', values, not)],
  ['ip6 saddr', (values, not) => addressIn('source', values, not)],
  ['ip daddr', (values, not) => addressIn('destination', values, not)],
  ['ip6 daddr', (values, not) => addressIn('destination', values, not)],
  ['ip protocol', each((value) => protocolIs(value))],
  ['ip6 nexthdr', each((value) => protocolIs(value))],
  ['meta l4proto', each((value) => protocolIs(value))],
  ['tcp dport', (values, not) => portIn('destination', values, not)],
  ['udp dport', (values, not) => portIn('destination', values, not)],
  ['th dport', (values, not) => portIn('destination', values, not)],
  ['tcp sport', (values, not) => portIn('source', values, not)],
  ['udp sport', (values, not) => portIn('source', values, not)],
  ['meta skuid', each((value) => ownerIs('uid', value))],
  ['meta skgid', each((value) => ownerIs('gid', value))],
  ['meta mark', each((value) => markIs('mark', value))],
  ['ct mark', each((value) => markIs('connectionMark', value))],
  ['ct state', (values, not) => stateIs(values, not)],
  ['meta iifname', (values, not) => interfaceIs('in', values.map(wildcard), not)],
  ['meta oifname', (values, not) => interfaceIs('out', values.map(wildcard), not)],
]);

/** Comparisons other than equal and not equal, which are not worked out. */
const COMPARED = new Set(['&', '|', '^', '<', '>', '<=', '>=', '!']);

/** Words that nft writes without `meta`. */
const SHORT = new Set(['iifname', 'oifname', 'iif', 'oif', 'skuid', 'skgid', 'l4proto', 'mark']);

function wildcard(name: string): string {
  return name.endsWith('*') ? `${name.slice(0, -1)}+` : name;
}

class NftReader {
  readonly #words: string[];
  readonly #conditions: RuleCondition[] = [];
  #target: RuleTarget = { kind: 'continue' };

  constructor(words: readonly string[]) {
    this.#words = [...words];
  }

  read(): { conditions: readonly RuleCondition[]; target: RuleTarget } {
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
    const made = SUBJECTS.get(subject);
    if (made === undefined || COMPARED.has(this.#words[0] ?? '') || this.#words[0]?.startsWith('@') === true) {
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
    const fixed = /^\w+$/.test(from) && from !== 'mark' ? markValue(from) : null;
    if (fixed === null && !['ct mark', 'meta mark', 'mark'].includes(from)) {
      this.#target = { kind: 'unknown', name: `${kind === 'mark' ? 'meta' : 'ct'} mark set ${from}` };
      return;
    }
    this.#target = {
      kind: 'mark',
      set: (packet) => {
        if (from === 'ct mark') return { ...packet, [kind]: packet.connectionMark };
        if (from === 'meta mark' || from === 'mark') return { ...packet, [kind]: packet.mark };
        return { ...packet, [kind]: fixed?.value ?? 0 };
      },
    };
  }

  /** How many words stand before the verdict. */
  #toVerdict(): number {
    const found = this.#words.findIndex((word) => word === 'counter' || VERDICTS.has(word));
    return found < 0 ? this.#words.length : found;
  }
}

const VERDICTS: ReadonlyMap<string, (rest: readonly string[]) => RuleTarget> = new Map<
  string,
  (rest: readonly string[]) => RuleTarget
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

function verdictOf(word: string, rest: readonly string[]): RuleTarget | null {
  return VERDICTS.get(word)?.(rest) ?? null;
}

/** `to :15001`, `ip to 0.0.0.0:15006`. */
function portBehind(words: readonly string[]): number | null {
  const port = words.map((word) => /:(\d{1,5})$/.exec(word)?.[1]).find((found) => found !== undefined);
  return port === undefined ? null : Number(port);
}
