/** Texts that a regular expression takes, for requests that shall meet it. */
import { fullMatch } from './regex';
import { parseRegex, type Range, type RegexNode } from './regex-syntax';

/** How many ways through the expression are tried. */
const TRIES = 64;
const LONGEST = 4000;
/** How many parts of the expression one way goes through: counts within counts multiply. */
const STEPS = 20_000;
/** How much matching is worth it: the lengths of the texts, each times the states that the expression has. */
const WORK = 20_000_000;

/** Characters that read well, then the rest of what a URL and a header can hold as it is. */
const LIKED = [...Buffer.from('ax1/-_.~Ab0:@!$&()*+,;=%')];
/** For a class that takes nothing of ASCII: é. */
const BEYOND = 0xe9;
const PRINTABLE = Array.from({ length: 0x7f - 0x21 }, (_unused, index) => 0x21 + index);

/**
 * A text that the whole of the expression takes and that `accepts` lets through; null where none is found.
 * @param accepts what else is wanted of the text
 */
export function regexWitness(regex: string, accepts: (text: string) => boolean = () => true): string | null {
  const node = parseRegex(regex);
  if (node === null) return null;
  const states = statesOf(node);
  const tried = new Set<string>();
  let work = 0;
  for (let number = 0; number < TRIES; number++) {
    const sampler = new Sampler(number);
    const text = sampler.sample(node);
    if (sampler.isSpent || tried.has(text) || !accepts(text)) continue;
    tried.add(text);
    work += states * (text.length + 1);
    if (work > WORK) return null;
    if (fullMatch(regex, text)) return text;
  }
  return null;
}

/** About how many states an automaton has that takes the expression: what is counted stands there as often. */
function statesOf(node: RegexNode): number {
  switch (node.kind) {
    case 'literal':
      return node.text.length;
    case 'sequence':
      return node.parts.reduce((sum, part) => sum + statesOf(part), 1);
    case 'choice':
      return node.options.reduce((sum, option) => sum + statesOf(option), 1);
    case 'repeat':
      return 1 + statesOf(node.inner) * Math.max(node.min, node.max ?? node.min + 1, 1);
    case 'class':
    case 'assertion':
      return 1;
  }
}

/** What every text that the expression takes begins with; empty where that is not known. */
export function regexPrefix(regex: string): string {
  const node = parseRegex(regex);
  return node === null ? '' : prefixOf(node).text;
}

/** The longest text that is known to stand in every text that the expression takes; empty where none is. */
export function regexPart(regex: string): string {
  const node = parseRegex(regex);
  let longest = '';
  let own = '';
  for (const part of node?.kind === 'sequence' ? node.parts : []) {
    const prefix = prefixOf(part);
    own += prefix.text;
    if (own.length > longest.length) longest = own;
    if (!prefix.isWhole) own = '';
  }
  return longest;
}

/** @returns the text, and whether the node takes that text and nothing else */
function prefixOf(node: RegexNode): { readonly text: string; readonly isWhole: boolean } {
  switch (node.kind) {
    case 'literal':
      return node.anyCase ? { text: '', isWhole: false } : { text: node.text, isWhole: true };
    case 'assertion':
      return { text: '', isWhole: true };
    case 'sequence': {
      let text = '';
      for (const part of node.parts) {
        const prefix = prefixOf(part);
        text += prefix.text;
        if (!prefix.isWhole) return { text, isWhole: false };
      }
      return { text, isWhole: true };
    }
    case 'repeat':
      return { text: node.min > 0 ? prefixOf(node.inner).text : '', isWhole: false };
    case 'choice':
    case 'class':
      return { text: '', isWhole: false };
  }
}

/** Walks an expression; its number says which way to go where there are several. */
class Sampler {
  #number: number;
  #size = 0;
  #steps = 0;

  constructor(number: number) {
    this.#number = number;
  }

  /** Whether the way was too long to be gone to its end. */
  get isSpent(): boolean {
    return this.#size > LONGEST || this.#steps > STEPS;
  }

  sample(node: RegexNode): string {
    this.#steps += 1;
    if (this.isSpent) return '';
    switch (node.kind) {
      case 'literal':
        this.#size += node.text.length;
        return node.text;
      case 'assertion':
        return '';
      case 'class':
        this.#size += 1;
        return this.#character(node.ranges, node.negated);
      case 'sequence':
        return node.parts.map((part) => this.sample(part)).join('');
      case 'choice': {
        const option = node.options[this.#draw(node.options.length)];
        return option === undefined ? '' : this.sample(option);
      }
      case 'repeat':
        return this.#repeated(node);
    }
  }

  #repeated({ inner, min, max }: Extract<RegexNode, { kind: 'repeat' }>): string {
    // One more than none reads better, and is what most expressions are about.
    const wanted = Math.max(min, 1) + this.#draw(2);
    const count = max === null ? wanted : Math.min(max, this.#draw(2) === 1 ? min : wanted);
    let text = '';
    for (let done = 0; done < count && !this.isSpent; done++) text += this.sample(inner);
    return text;
  }

  #character(ranges: readonly Range[], negated: boolean): string {
    const holds = (code: number): boolean => ranges.some(([from, to]) => code >= from && code <= to) !== negated;
    const liked = LIKED.filter(holds);
    const some = liked.length > 0 ? liked : PRINTABLE.filter(holds);
    const code = some[this.#draw(Math.min(some.length, 4))] ?? (negated ? BEYOND : (ranges[0]?.[0] ?? BEYOND));
    return String.fromCodePoint(code);
  }

  /** The next of the number's digits in a base that big. */
  #draw(options: number): number {
    if (options <= 1) return 0;
    const digit = this.#number % options;
    this.#number = Math.floor(this.#number / options);
    return digit;
  }
}
