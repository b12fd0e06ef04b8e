/** What is streamed is byte for byte what the value that is held is printed as. */
import fc from 'fast-check';
import { StreamedList, StreamedObject, streamedJson, streamedYaml } from '../../../src/lib/render/streamed';
import { renderJson, renderYaml } from '../../../src/lib/render/structured';

const value = fc.jsonValue({ maxDepth: 3 });
const sections = fc.array(
  fc.record({ fields: fc.dictionary(fc.string(), value), lists: fc.dictionary(fc.string(), fc.array(value)) }),
  { maxLength: 3 },
);
type Sections = typeof sections extends fc.Arbitrary<infer T> ? T : never;

function streamed(all: Sections): StreamedObject {
  const configs = all.map(
    ({ fields, lists }) =>
      new StreamedObject([
        ...Object.entries(fields),
        ...Object.entries(lists).map(([name, items]) => [name, new StreamedList(() => items)] as const),
      ]),
  );
  return new StreamedObject([['configs', new StreamedList(() => configs)]]);
}

function held(all: Sections): object {
  return { configs: all.map(({ fields, lists }) => ({ ...fields, ...lists })) };
}

async function textOf(pieces: Iterable<string> | AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

it('lists', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 200 }), async (items) => {
      const list = new StreamedList(() => items);
      expect(await textOf(streamedJson(list))).toBe(renderJson(items));
      expect(await textOf(streamedYaml(list))).toBe(await renderYaml(items));
    }),
  );
});

it('objects that hold lists', async () => {
  await fc.assert(
    fc.asyncProperty(sections, async (all) => {
      expect(await textOf(streamedJson(streamed(all)))).toBe(renderJson(held(all)));
      expect(await textOf(streamedYaml(streamed(all)))).toBe(await renderYaml(held(all)));
    }),
  );
});
