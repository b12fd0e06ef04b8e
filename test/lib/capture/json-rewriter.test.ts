import fc from 'fast-check';
import { rewriteJson, type StringAt, type StringVisitor } from '../../../src/lib/capture/json-rewriter';
import { InputError } from '../../../src/lib/errors';
import { chunksOf } from '../../helpers/pieces';

const visitor = (visit: (text: string, at: StringAt) => string, minBytes = 0): StringVisitor => ({
  minBytes,
  visit,
  leave: () => undefined,
});

async function rewritten(text: string, own: StringVisitor, size = 7): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of rewriteJson('d', chunksOf(Buffer.from(text), size), own)) parts.push(Uint8Array.from(part));
  return Buffer.concat(parts).toString('utf8');
}

const same = visitor((text) => text);

describe('rewriteJson', () => {
  it('leaves a document as it is, byte for byte, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue({ maxDepth: 4 }),
        fc.nat(3),
        fc.integer({ min: 1, max: 30 }),
        async (value, indent, size) => {
          const text = JSON.stringify({ value }, null, indent);
          expect(await rewritten(text, same, size)).toBe(text);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('changes strings, and tells keys from values', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 1, max: 30 }), async (value, size) => {
        const change = (one: unknown): unknown => {
          if (typeof one === 'string') return `v${one}\n"`;
          if (Array.isArray(one)) return one.map(change);
          if (typeof one !== 'object' || one === null) return one;
          return Object.fromEntries(Object.entries(one).map(([key, inner]) => [`k${key}`, change(inner)]));
        };
        const text = await rewritten(
          JSON.stringify({ value }),
          visitor((own, at) => (at.isKey ? `k${own}` : `v${own}\n"`)),
          size,
        );
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(change({ value }))));
      }),
      { numRuns: 300 },
    );
  });

  it('says where a string stands', async () => {
    const seen: [string, string, number][] = [];
    await rewritten(
      '{"a": ["x", {"b": "y"}, ["z"]], "c": "w"}',
      visitor((text, at) => (seen.push([text, at.key, at.depth]), text)),
    );
    expect(seen).toEqual([
      ['a', 'a', 1],
      ['x', 'a', 2],
      ['b', 'b', 3],
      ['y', 'b', 3],
      ['z', 'a', 3],
      ['c', 'c', 1],
      ['w', 'c', 1],
    ]);
  });

  it('offers short values only where they are wanted', async () => {
    const seen: string[] = [];
    await rewritten(
      '{"k": "short", "l": "long enough"}',
      visitor((text) => (seen.push(text), text), 8),
    );
    expect(seen).toEqual(['k', 'l', 'long enough']);
  });

  it.each(['', '{', '{"a": "b', '{"a": [1}', '[1]]', '{"a": "\\q"}'.replace('}', '')])(
    'refuses what breaks off: %j',
    async (text) => {
      await expect(rewritten(text, same)).rejects.toThrow(InputError);
    },
  );
});
