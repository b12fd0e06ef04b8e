import { TextPool } from '../../../src/lib/view/text-pool';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** FNV-1a, by which texts are found. */
function after(hash: number, text: string): number {
  let next = hash;
  for (const letter of text) next = Math.imul(next ^ letter.charCodeAt(0), 0x0100_0193);
  return next | 0;
}

function block(number: number): string {
  let [text, rest] = ['', number];
  for (let digit = 0; digit < 6; digit++) {
    text += LETTERS[rest % LETTERS.length] ?? '';
    rest = Math.floor(rest / LETTERS.length);
  }
  return text;
}

/** Two texts that lead from one hash to the same. */
function pair(hash: number): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let number = 0; ; number += 1) {
    const text = block(number * 7919);
    const known = seen.get(after(hash, text));
    if (known !== undefined && known !== text) return [known, text];
    seen.set(after(hash, text), text);
  }
}

/** 2^count texts of one hash. */
function colliding(count: number): readonly string[] {
  let hash = 0x811c_9dc5 | 0;
  let texts = [''];
  for (let index = 0; index < count; index += 1) {
    const two = pair(hash);
    hash = after(hash, two[0]);
    texts = texts.flatMap((text) => two.map((end) => text + end));
  }
  return texts;
}

it('tells names apart that are chosen so that their hashes are equal', () => {
  const texts = colliding(10);
  expect(new Set(texts.map((text) => after(0x811c_9dc5 | 0, text))).size).toBe(1);
  expect(new Set(texts).size).toBe(1024);
  const pool = new TextPool();
  const before = pool.numberOfText('before');
  const numbers = texts.map((text) => pool.numberOfText(text));
  expect(new Set(numbers).size).toBe(texts.length);
  expect(texts.map((text) => pool.numberOfText(text))).toEqual(numbers);
  expect(numbers.map((number) => pool.text(number))).toEqual(texts);
  expect(pool.numberOfText('before')).toBe(before);
  const bytes = Buffer.from('-before-unknown');
  expect([pool.find(bytes, 1, 7), pool.find(bytes, 8, 15)]).toEqual([before, -1]);
  expect(pool.numberOfText('ü')).toBe(pool.numberOfText('ü'));
});
