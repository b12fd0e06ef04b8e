import { fullMatch } from '../../../src/lib/match/regex';
import { parseRegex } from '../../../src/lib/match/regex-syntax';
import { regexPrefix, regexWitness } from '../../../src/lib/match/regex-witness';

describe('regexWitness', () => {
  it.each([
    '/reviews/[0-9]+',
    '/v[12]/(?:a|bb)*',
    '^/static/.*\\.(css|js)$',
    '(?i)/Foo/\\d{3,5}',
    '/a\\.b\\/c',
    '/[^/]+/x',
    '.*',
    '.+',
    '',
    '/(?P<name>[a-z]{2})/\\w+\\s?',
    '/[[:alpha:]][[:digit:]-]*',
    '\\Q/a.b+\\E/c',
    '/x{0}/y',
    '/\\x41\\x{42}\\103',
    '(a|(b|(c|d)))+?/e',
    '/[\\]\\-a]+',
    '/[]a]b',
    '/[a-]b',
    '(?s).*(?-s)x',
    '/\\bfoo\\b',
    '/a$',
    '[^\\x00-\\x7f]',
  ])('finds a text for %s', (regex) => {
    const text = regexWitness(regex);
    expect(text).not.toBeNull();
    expect(fullMatch(regex, text ?? '')).toBe(true);
  });

  it.each(['a\\bb', '(', ')', '*a', '[', 'a{2,1}', '(?=x)', '\\p{Foo}', '[b-a]'])('finds none for %s', (regex) => {
    expect(regexWitness(regex)).toBeNull();
  });

  it('goes other ways until the text is as wanted', () => {
    expect(regexWitness('(x|/y)', (text) => text.startsWith('/'))).toBe('/y');
    expect(regexWitness('.*', (text) => text.startsWith('/'))).toMatch(/^\//);
  });

  it('is bounded', () => {
    expect(regexWitness('((a{1000}){1000}){10}')).toBeNull();
    // Each state of the automaton is tried at each character: what is not wanted anyway is not matched.
    expect(regexWitness('(?:a?){1000}a{1000}', (text) => text.startsWith('/'))).toBeNull();
    // Counts within counts of what takes no text at all.
    expect(regexWitness('(?:(?:(?:(?:){1000}){1000}){1000}){1000}')).toBeNull();
    expect(parseRegex('('.repeat(5000) + ')'.repeat(5000))).toBeNull();
  });
});

describe('regexPrefix', () => {
  it.each([
    ['/reviews/[0-9]+', '/reviews/'],
    ['^/a/(b)c.*', '/a/bc'],
    ['(?i)/a', ''],
    ['/a|/b', ''],
    ['/a(/b)?', '/a'],
    ['/a+b', '/a'],
    ['(/ab)+c', '/ab'],
    ['.*', ''],
  ])('of %s is %s', (regex, prefix) => {
    expect(regexPrefix(regex)).toBe(prefix);
  });
});
