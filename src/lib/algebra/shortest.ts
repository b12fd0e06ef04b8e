/** Of everything that a product says, a shortest text of which it says it: one that is not listed. */
import { BEYOND, ORDER, symbolOf } from './language';
import type { Product } from './product';

/** Listed texts that begin alike, looked at only once a beginning comes to them: there may be a hundred thousand. */
class Node {
  readonly #texts: readonly string[];
  readonly #length: number;

  /** @param length of what they have in common */
  constructor(texts: readonly string[], length: number) {
    this.#texts = texts;
    this.#length = length;
  }

  /** Whether one of them ends here. */
  get isListed(): boolean {
    return this.#texts.some((text) => text.length === this.#length);
  }

  /** By the character with which they go on, in the order in which they are listed. */
  after(): ReadonlyMap<string, Node> {
    const groups = new Map<string, string[]>();
    for (const text of this.#texts) {
      const code = text.codePointAt(this.#length);
      if (code === undefined) continue;
      const character = String.fromCodePoint(code);
      const known = groups.get(character);
      if (known === undefined) groups.set(character, [text]);
      else known.push(text);
    }
    return new Map(
      [...groups].map(([character, texts]) => [character, new Node(texts, this.#length + character.length)]),
    );
  }
}

const NOTHING_AFTER: ReadonlyMap<string, Node> = new Map();

/** Beginnings of texts, shorter ones first: each is one that stands before it and a character more. */
class Beginnings {
  readonly states: number[] = [0];
  readonly #nodes: (Node | undefined)[];
  readonly #before: number[] = [-1];
  readonly #last: string[] = [''];

  constructor(node: Node) {
    this.#nodes = [node];
  }

  /** Where listed texts begin with it, for the last time that this is asked. */
  takeNode(beginning: number): Node | undefined {
    const node = this.#nodes[beginning];
    this.#nodes[beginning] = undefined;
    return node;
  }

  push(before: number, last: string, state: number, node?: Node): void {
    this.states.push(state);
    this.#nodes.push(node);
    this.#before.push(before);
    this.#last.push(last);
  }

  textOf(beginning: number): string {
    let text = '';
    for (let at = beginning; at > 0; at = this.#before[at] ?? 0) text = (this.#last[at] ?? '') + text;
    return text;
  }
}

/** By what is said; what only listed texts are told is missing. */
export function shortestTexts(product: Product, listed: Iterable<string>): ReadonlyMap<number, string> {
  const { classOf, classes, says, sayings } = product;
  const next = (state: number, one: number): number => product.next[state * classes + one] ?? 0;
  const characters = charactersOf(classOf, classes);
  const found = new Map<number, string>();
  const seen = new Uint8Array(says.length);
  const open = new Beginnings(new Node([...listed], 0));
  // The list grows while it is gone through.
  for (let at = 0; at < open.states.length && found.size < sayings.length; at += 1) {
    const [state = 0, node] = [open.states[at], open.takeNode(at)];
    const after = node?.after() ?? NOTHING_AFTER;
    const said = says[state] ?? 0;
    if (node?.isListed !== true && !found.has(said)) found.set(said, open.textOf(at));
    for (const [one, own] of characters.entries()) {
      const to = next(state, one);
      if (seen[to] === 1) continue;
      const character = own.find((other) => !after.has(other));
      if (character === undefined) continue;
      seen[to] = 1;
      open.push(at, character, to);
    }
    for (const [character, child] of after)
      open.push(at, character, next(state, classOf[symbolOf(character)] ?? 0), child);
  }
  return found;
}

/** The characters of each class, those that read well first. */
function charactersOf(classOf: Uint8Array, classes: number): readonly (readonly string[])[] {
  const characters: string[][] = Array.from({ length: classes }, () => []);
  for (const symbol of ORDER) characters[classOf[symbol] ?? 0]?.push(characterOf(symbol));
  return characters;
}

function characterOf(symbol: number): string {
  return symbol === BEYOND ? 'é' : String.fromCharCode(symbol);
}
