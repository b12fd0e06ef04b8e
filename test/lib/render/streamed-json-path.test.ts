/** What is found an element at a time is what is found in the whole list, and what needs the whole is left to that. */
import fc from 'fast-check';
import { UsageError } from '../../../src/lib/errors';
import { renderJsonPath } from '../../../src/lib/render/structured';
import { StreamedList } from '../../../src/lib/render/streamed';
import { streamedJsonPath } from '../../../src/lib/render/streamed-json-path';

const STREAMED = [
  '{[*].name}',
  '[*]',
  '$[*].name',
  '{.[0].name}',
  '$[2]',
  '[99].name',
  '{[*].list[*].n}',
  '{[*]..n}',
  `{[?(@.name=='a')].list}`,
  '[?(@.list)].name',
  `{range [*]}{.name}{"\\n"}{end}`,
  `{range [*]}{.name}: {.list[*].n};{end}`,
  'names: {[*].name}, first {[0].name}',
  `{"x"}{range [?(@.name)]}{range .list[*]}{.n} {end}{end}`,
  `{range [*]}{end}`,
];
const WHOLE = [
  '$',
  '{..n}',
  '[-1].name',
  '[0:2].name',
  '[0,1].name',
  '{range [*]}{$[0].name}{end}',
  `[?(@.name==$[0].name)]`,
];

const item = fc.oneof(
  fc.record(
    { name: fc.constantFrom('a', 'b', 'c\n'), list: fc.array(fc.record({ n: fc.nat(9) }), { maxLength: 3 }) },
    { requiredKeys: [] },
  ),
  fc.constant(null),
  fc.constant(1),
);

async function streamed(expression: string, items: readonly unknown[]): Promise<string | null> {
  const pieces = await streamedJsonPath(expression, new StreamedList(() => items));
  return pieces === null ? null : [...pieces].join('');
}

it.each(STREAMED)('%s is what it is of the whole', async (expression) => {
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 5 }), async (items) => {
      expect(await streamed(expression, items)).toBe(await renderJsonPath(expression, items));
    }),
  );
});

it.each(WHOLE)('%s needs the whole', async (expression) => {
  expect(await streamed(expression, [])).toBeNull();
});

it('asks for no element behind the one that is wanted', async () => {
  const given: number[] = [];
  function* items(): Iterable<unknown> {
    for (let n = 0; ; n += 1) {
      given.push(n);
      yield { n };
    }
  }
  const pieces = await streamedJsonPath('{[1].n}', new StreamedList(items));
  expect([[...(pieces ?? [])].join(''), given]).toEqual(['1\n', [0, 1]]);
});

it('refuses what is not JSONPath', async () => {
  await expect(streamedJsonPath('{[', new StreamedList(() => []))).rejects.toThrow(UsageError);
});
