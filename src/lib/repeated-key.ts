/** Names that stand twice in one mapping of YAML. The parser's own look holds each against all before it: 900,000 names take an hour. */
import { type Document, isNode, isScalar, visit } from 'yaml';

/** Where the first name stands that its mapping has already, as an offset in the text; null where there is none. */
export function repeatedKey(document: Document): number | null {
  let found: number | null = null;
  visit(document, {
    Map(_key, { items }) {
      const met = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (met.has(name)) {
          found = (isNode(key) ? key.range?.[0] : undefined) ?? 0;
          return visit.BREAK;
        }
        met.add(name);
      }
      return undefined;
    },
  });
  return found;
}
