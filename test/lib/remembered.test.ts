import { remembered, rememberedFor } from '../../src/lib/remembered';

test('an answer is worked out once, null and false too', () => {
  const asked: string[] = [];
  const answers: Record<string, string | boolean | null> = { a: 'A', b: null, c: false };
  const answer = remembered((text) => {
    asked.push(text);
    return answers[text] ?? null;
  });
  for (const text of ['a', 'b', 'c', 'a', 'b', 'c']) expect(answer(text)).toBe(answers[text]);
  expect(asked).toEqual(['a', 'b', 'c']);
});

test('no more than 10,000 answers are kept, however many texts there are', () => {
  let worked = 0;
  const sized = remembered((text) => {
    worked += 1;
    return text.length;
  });
  for (let index = 0; index < 10_000; index += 1) sized(String(index));
  expect([sized('0'), worked]).toEqual([1, 10_000]);
  sized('one more');
  expect([sized('0'), worked]).toEqual([1, 10_002]);
});

test('an answer about an object is worked out once for each object, however alike they are', () => {
  let worked = 0;
  const counted = rememberedFor((list: readonly number[]) => {
    worked += 1;
    return list.length > 1 ? list.length : null;
  });
  const [one, other] = [[1, 2], [1]];
  for (const list of [one, other, one, other]) expect(counted(list)).toBe(list === one ? 2 : null);
  expect(worked).toBe(2);
  expect([counted([1, 2]), worked]).toEqual([2, 3]);
});

test('an answer to a long text is not kept', () => {
  let worked = 0;
  const sized = remembered((text) => {
    worked += 1;
    return text.length;
  });
  const long = 'x'.repeat(100_000);
  expect([sized(long), sized(long)]).toEqual([100_000, 100_000]);
  expect(worked).toBe(2);
});
