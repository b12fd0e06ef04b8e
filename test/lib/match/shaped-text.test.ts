/** Texts that are known in part: what all of them match, or none, is decided. */
import fc from 'fast-check';
import { matchHeader } from '../../../src/lib/match/header-matcher';
import { evaluateMatcher } from '../../../src/lib/match/matcher-tree';
import { ShapedText } from '../../../src/lib/match/shaped-text';
import { matchString } from '../../../src/lib/match/string-matcher';
import { isUnknown } from '../../../src/lib/match/ternary';

const DIGIT = '0123456789abcdef';
const times = (count: number): string[] => Array<string>(count).fill(DIGIT);
const ID = new ShapedText('the id', [
  ...times(8),
  '-',
  ...times(4),
  '-',
  '4',
  ...times(3),
  '-',
  '89ab',
  ...times(3),
  '-',
  ...times(12),
]);

const regex = (text: string): object => ({ safe_regex: { regex: text } });

it.each<[object, boolean | null]>([
  [{ exact: 'abc' }, false],
  [{ exact: '00000000-0000-4000-8000-000000000000' }, null],
  [{ exact: '00000000-0000-1000-8000-000000000000' }, false],
  [{ prefix: '' }, true],
  [{ prefix: '0' }, null],
  [{ prefix: 'g' }, false],
  [{ prefix: 'A' }, false],
  [{ prefix: 'A', ignore_case: true }, null],
  [{ suffix: '-' }, false],
  [{ contains: '-4' }, true],
  [{ contains: '--' }, false],
  [{ contains: 'z' }, false],
  [regex('[0-9a-f-]{36}'), true],
  [regex('^[0-9a-f]{8}-.*$'), true],
  [regex('(?i)[A-F0-9-]+'), true],
  [regex('[A-F0-9-]+'), null],
  [regex('[0-9]+'), false],
  [regex('0.*'), null],
  [regex('.*a.*'), null],
  [regex('[0-9a-f]{36}'), false],
  [regex('.*-4[0-9a-f]{3}-[89ab].*'), true],
  [regex('[^-]*-[^-]*-1.*'), false],
  [regex('(((x*){9}){9}){9}.*'), true],
  [regex('('), null],
])('%j on a UUID that is not known: %s', (matcher, holds) => {
  const result = matchString(matcher, ID);
  expect(isUnknown(result) ? null : result).toBe(holds);
});

it('is no number, and no entry of a tree takes it that no such text is', () => {
  const headers = { joinRepeated: true, values: () => [ID] };
  expect(matchHeader({ name: 'x', range_match: { start: 0, end: 9 } }, headers)).toBe(false);
  const tree = (key: string): object => ({
    matcher_tree: { input: {}, prefix_match_map: { map: { [key]: { action: { name: 'a' } } } } },
    on_no_match: { action: { name: 'other' } },
  });
  expect(evaluateMatcher(tree('g'), () => ID).action).toEqual({ name: 'other' });
  expect(evaluateMatcher(tree('a'), () => ID).unknown).toBe('the id');
});

it('decides only what holds for each of the texts', () => {
  const piece = fc.constantFrom('a', 'b', 'A', '-', '1', '[ab]', '[^a]', '.', '(?i)a', '(?i:[A-B])', '(a|b)', '(1|-)');
  const repeated = fc.tuple(piece, fc.constantFrom('', '*', '+', '?', '{2}', '{0,2}')).map((parts) => parts.join(''));
  const matchers = fc.array(repeated, { maxLength: 4 }).map((parts) => regex(parts.join('')));
  const shapes = fc.array(fc.constantFrom('a', 'ab', '1', '-', '1a', 'aAb'), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(matchers, shapes, (matcher, places) => {
      const result = matchString(matcher, new ShapedText('it', places));
      const texts = places.reduce<readonly string[]>(
        (all, letters) => all.flatMap((text) => Array.from(letters, (letter) => text + letter)),
        [''],
      );
      const real = new Set(texts.map((text) => matchString(matcher, text)));
      if (!isUnknown(result)) expect([...real]).toEqual([result]);
    }),
    { numRuns: 500 },
  );
});

it('ends with repetitions of repetitions, each part of which is tried once at each place', () => {
  const nested = (depth: number): string => (depth === 0 ? '[0-9a-f-]' : `(${nested(depth - 1)})+`);
  expect(matchString(regex(nested(40)), ID)).toBe(true);
  expect(matchString(regex(`${nested(40)}x`), ID)).toBe(false);
});
