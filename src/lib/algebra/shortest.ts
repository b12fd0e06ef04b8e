/** Of everything that a product says, a shortest text of which it says it: one that is not listed. */
import { BEYOND, ORDER, symbolOf } from './language';
import type { Product } from './product';

/** Characters of listed texts, as far as they agree. */
interface Node {
  isListed: boolean;
  readonly after: Map<string, Node>;
}

const NOTHING_AFTER: ReadonlyMap<string, Node> = new Map();

function trieOf(texts: Iterable<string>): Node {
  const root: Node = { isListed: false, after: new Map() };
  for (const text of texts) {
    let node = root;
    for (const character of text) {
      const next: Node = node.after.get(character) ?? { isListed: false, after: new Map() };
      node.after.set(character, next);
      node = next;
    }
    node.isListed = true;
  }
  return root;
}

/** Beginnings of texts, shorter ones first: each is one that stands before it and a character more. */
class Beginnings {
  readonly states: number[] = [0];
  /** Where listed texts begin with it. */
  readonly nodes: (Node | undefined)[];
  readonly #before: number[] = [-1];
  readonly #last: string[] = [''];

  constructor(node: Node) {
    this.nodes = [node];
  }

  push(before: number, last: string, state: number, node?: Node): void {
    this.states.push(state);
    this.nodes.push(node);
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
  const after = (state: number, one: number): number => product.next[state * classes + one] ?? 0;
  const characters = charactersOf(classOf, classes);
  const found = new Map<number, string>();
  const seen = new Uint8Array(says.length);
  const open = new Beginnings(trieOf(listed));
  // The list grows while it is gone through.
  for (let at = 0; at < open.states.length && found.size < sayings.length; at += 1) {
    const [state = 0, node] = [open.states[at], open.nodes[at]];
    const said = says[state] ?? 0;
    if (node?.isListed !== true && !found.has(said)) found.set(said, open.textOf(at));
    for (const [one, own] of characters.entries()) {
      const to = after(state, one);
      if (seen[to] === 1) continue;
      const character = firstOff(node, own);
      if (character === undefined) continue;
      seen[to] = 1;
      open.push(at, character, to);
    }
    for (const [character, child] of node?.after ?? NOTHING_AFTER)
      open.push(at, character, after(state, classOf[symbolOf(character)] ?? 0), child);
  }
  return found;
}

/** The first of the characters that no listed text goes on with. */
function firstOff(node: Node | undefined, characters: readonly string[]): string | undefined {
  return node === undefined ? characters[0] : characters.find((one) => !node.after.has(one));
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
