/** One rule in the words of iptables: its conditions and its target. */
import {
  addressIn,
  condition,
  destinationIs,
  interfaceIs,
  markIs,
  ownerIs,
  portIn,
  protocolIs,
  stateIs,
  unknownCondition,
} from './conditions';
import { fault, quote } from './fault';
import type { RuleCondition, RuleTarget } from './model';
import { targetOf } from './targets';

/**
 * Reads the words of one rule behind its chain. Throws a RuleFault where they are no rule.
 * @param tokens `-p`, `tcp`, `-j`, `ISTIO_REDIRECT`
 */
export function parseRule(tokens: readonly string[]): { conditions: readonly RuleCondition[]; target: RuleTarget } {
  return new RuleReader(tokens).read();
}

/** Options that take no value, and whether the first packet of a connection meets them. */
const FLAGS: ReadonlyMap<string, boolean | null> = new Map([
  ['--syn', true],
  ['-f', false],
  ['--fragment', false],
  // These narrow what `-m socket` finds, which is nothing.
  ['--transparent', null],
  ['--nowildcard', null],
  ['--restore-skmark', null],
  ['--socket-exists', null],
  ['--random', null],
]);

class RuleReader {
  readonly #tokens: readonly string[];
  readonly #conditions: RuleCondition[] = [];
  #module = '';
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  read(): { conditions: readonly RuleCondition[]; target: RuleTarget } {
    while (this.#at < this.#tokens.length) {
      const negated = this.#peek() === '!';
      if (negated) this.#at += 1;
      const option = this.#next();
      if (option === '-j' || option === '--jump' || option === '-g' || option === '--goto') {
        return { conditions: this.#conditions, target: this.#readTarget(option) };
      }
      this.#readOption(option, negated);
    }
    return { conditions: this.#conditions, target: { kind: 'continue' } };
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #readOption(option: string, negated: boolean): void {
    if (!option.startsWith('-')) fault(`${quote(option)} stands where an option of the rule is expected`);
    if (option === '-m' || option === '--match') {
      this.#readModule(this.#value(option), negated);
      return;
    }
    const flag = FLAGS.get(option);
    if (flag !== undefined) {
      if (flag !== null) this.#conditions.push(condition(option, negated, () => flag));
      return;
    }
    // An older notation puts the negation behind the option.
    const isNegatedBehind = this.#peek() === '!';
    if (isNegatedBehind) this.#at += 1;
    const value = MAKERS.has(option) ? this.#value(option) : this.#words().join(' ');
    const made = makeCondition(option, value, negated !== isNegatedBehind, this.#module);
    if (made !== null) this.#conditions.push(made);
  }

  #readModule(name: string, negated: boolean): void {
    this.#module = name;
    // A transparent socket for this connection cannot be there before its first packet.
    if (name === 'socket') this.#conditions.push(condition('-m socket', negated, () => false));
  }

  #value(option: string): string {
    const value = this.#peek();
    if (value === undefined || value === '!') fault(`the option ${quote(option)} has no value`);
    this.#at += 1;
    return value;
  }

  /** Of an option that is not known: every word up to the next option. */
  #words(): readonly string[] {
    const from = this.#at;
    const isOption = (token: string): boolean => token === '!' || (token.startsWith('-') && !/^-\d/.test(token));
    while (this.#at < this.#tokens.length && !isOption(this.#peek() ?? '')) this.#at += 1;
    return this.#tokens.slice(from, this.#at);
  }

  #readTarget(option: string): RuleTarget {
    const name = this.#value(option);
    const options = new Map<string, string>();
    while (this.#at < this.#tokens.length) {
      const token = this.#next();
      const hasValue = this.#peek()?.startsWith('--') === false;
      options.set(token, hasValue ? this.#next() : '');
    }
    return targetOf(name, options, option.includes('g'));
  }
}

type Maker = (value: string, negated: boolean, module: string) => RuleCondition | null;

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
function makeCondition(option: string, value: string, negated: boolean, module: string): RuleCondition | null {
  const maker = MAKERS.get(option);
  if (maker !== undefined) return maker(value, negated, module);
  const words = [negated ? '!' : '', module === '' ? '' : `-m ${module}`, option, value];
  return unknownCondition(words.filter((word) => word !== '').join(' '));
}
