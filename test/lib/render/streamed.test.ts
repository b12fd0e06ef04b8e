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

/** More objects than are printed as one text, with other values before, between and behind them. */
const large = fc
  .tuple(fc.string(), value, value, fc.constantFrom('k', 'a long key'.repeat(200), ''))
  .map(([name, one, other, key]) => ({
    [name]: one,
    many: Array.from({ length: 1200 }, (_, n) => (n % 500 === 7 ? other : { [key]: [n, {}], [`${key}<`]: [] })),
    '': [[Array.from({ length: 1100 }, () => [other])], one],
    z: other,
  }));

it('values that are large, in lists and objects and beside small ones', async () => {
  await fc.assert(
    fc.asyncProperty(large, value, async (big, small) => {
      for (const whole of [big, [small, big, small, [big]], { a: small, b: big, '': { c: [big] } }]) {
        expect(await textOf(streamedJson(whole))).toBe(renderJson(whole));
        expect(await textOf(streamedYaml(whole))).toBe(await renderYaml(whole));
        const list = new StreamedList(() => [small, small, whole, small]);
        expect(await textOf(streamedJson(list))).toBe(renderJson([small, small, whole, small]));
        expect(await textOf(streamedYaml(list))).toBe(await renderYaml([small, small, whole, small]));
      }
    }),
    { numRuns: 5 },
  );
});

it('a value that is large leaves as many texts, none of them as long as the whole', () => {
  const whole = { hosts: [{ routes: Array.from({ length: 20_000 }, (_, n) => ({ match: { path: `/p${n}` } })) }] };
  const pieces = [...streamedJson(whole)];
  expect(pieces.length).toBeGreaterThan(10);
  expect(pieces.join('')).toBe(renderJson(whole));
});
