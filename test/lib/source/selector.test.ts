import { UsageError } from '../../../src/lib/errors';
import { parseSelector, selectorOf } from '../../../src/lib/source/selector';

const LABELS = new Map([
  ['app', 'reviews'],
  ['version', 'v2'],
  ['service.istio.io/canonical-name', 'reviews'],
  ['empty', ''],
]);

describe('parseSelector', () => {
  it.each([
    ['app=reviews', true],
    ['app==reviews', true],
    ['app = reviews , version = v2', true],
    ['app=reviews,version=v1', false],
    ['app!=ratings', true],
    ['tier!=front', true],
    ['version in (v1,v2)', true],
    ['version in ( v3 )', false],
    ['tier in (front)', false],
    ['version notin (v1, v3)', true],
    ['version notin (v2)', false],
    ['tier notin (front)', true],
    ['app', true],
    ['tier', false],
    ['!tier', true],
    ['!app', false],
    ['empty=', true],
    ['service.istio.io/canonical-name=reviews,app', true],
    ['', true],
  ])('%s', (selector, expected) => {
    expect(parseSelector(selector)(LABELS)).toBe(expected);
  });

  it.each(['app in', 'app in (', '=x', 'a b', 'app in (x) y', ','])('refuses %j', (selector) => {
    expect(() => parseSelector(selector)).toThrow(UsageError);
  });
});

describe('selectorOf', () => {
  it('asks for each of the labels', () => {
    expect(selectorOf(new Map([['app', 'reviews']]))(LABELS)).toBe(true);
    expect(selectorOf(new Map([['app', 'ratings']]))(LABELS)).toBe(false);
  });
});
