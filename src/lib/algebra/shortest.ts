/** Of everything that a product says, a shortest text of which it says it: one that is not listed. */
import { BEYOND, ORDER } from './language';
import type { Product } from './product';

/** Characters of listed texts, as far as they agree. */
interface Node {
  isListed: boolean;
  readonly after: Map<string, Node>;
}

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

interface Beginning {
  readonly state: number;
  readonly text: string;
  /** Where listed texts begin with it. */
  readonly node: Node | undefined;
}

/** By what is said; what only listed texts are told is missing. */
export function shortestTexts(product: Product, listed: Iterable<string>): ReadonlyMap<number, string> {
  const { classOf, classes, says } = product;
  const symbols = symbolsOf(classOf, classes);
  const found = new Map<number, string>();
  const seen = new Uint8Array(says.length);
  const open: Beginning[] = [{ state: 0, text: '', node: trieOf(listed) }];
  // The list grows while it is gone through: shorter texts come first.
  for (const beginning of open) {
    const { state, text, node } = beginning;
    const said = says[state] ?? 0;
    if (node?.isListed !== true && !found.has(said)) found.set(said, text);
    for (const [one, own] of symbols.entries()) {
      const to = product.next[state * classes + one] ?? 0;
      const symbol = node === undefined ? own[0] : own.find((other) => !node.after.has(characterOf(other)));
      if (symbol === undefined || seen[to] === 1) continue;
      seen[to] = 1;
      open.push({ state: to, text: text + characterOf(symbol), node: undefined });
    }
    open.push(...alongListed(product, beginning));
  }
  return found;
}

function alongListed({ classOf, classes, next }: Product, { state, text, node }: Beginning): readonly Beginning[] {
  return [...(node?.after ?? [])].map(([character, child]) => {
    const symbol = Math.min(character.charCodeAt(0), BEYOND);
    return { state: next[state * classes + (classOf[symbol] ?? 0)] ?? 0, text: text + character, node: child };
  });
}

/** The symbols of each class, those that read well first. */
function symbolsOf(classOf: Uint8Array, classes: number): readonly (readonly number[])[] {
  const symbols: number[][] = Array.from({ length: classes }, () => []);
  for (const symbol of ORDER) symbols[classOf[symbol] ?? 0]?.push(symbol);
  return symbols;
}

function characterOf(symbol: number): string {
  return symbol === BEYOND ? 'é' : String.fromCharCode(symbol);
}
