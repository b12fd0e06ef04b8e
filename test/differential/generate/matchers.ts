/** Random conditions on strings, headers and query parameters. */
import type { Random } from '../rig/random';
import type { Message } from './message';
import { HEADERS, HOSTS, METHODS, PATHS } from './vocabulary';

export function stringMatcher(random: Random, values: readonly string[]): Message {
  const value = random.pick(values) || 'x';
  const pieces: Message = random.weighted<Message>([
    [3, () => ({ exact: value })],
    [2, () => ({ prefix: value.slice(0, 3) })],
    [2, () => ({ suffix: value.slice(-3) })],
    [1, () => ({ contains: value.slice(1, 4) || value })],
    [2, () => ({ safe_regex: { regex: regexFor(random, value) } })],
  ]);
  return 'safe_regex' in pieces ? pieces : { ...pieces, ...random.maybe(0.2, 'ignore_case', () => true) };
}

function regexFor(random: Random, value: string): string {
  const escaped = value.replace(/[.()+*?|[\]{}\\^$]/g, '\\$&');
  return random.pick([
    escaped,
    '.*',
    `${escaped.slice(0, 1)}.*`,
    '[a-z]+',
    `^${escaped}$`,
    `(?i)${escaped}`,
    '[^/]*',
    '\\d+',
  ]);
}

export function headerMatcher(random: Random): Message {
  const condition = random.weighted<Message>([
    [12, () => namedHeader(random)],
    [2, () => ({ name: ':method', string_match: { exact: random.pick(METHODS) } })],
    [1, () => ({ name: ':authority', string_match: stringMatcher(random, HOSTS) })],
    [1, () => ({ name: ':scheme', string_match: { exact: random.pick(['http', 'https']) } })],
    [1, () => ({ name: ':path', string_match: stringMatcher(random, PATHS) })],
  ]);
  return {
    ...condition,
    ...random.maybe(0.2, 'invert_match', () => true),
    ...('present_match' in condition ? {} : random.maybe(0.12, 'treat_missing_header_as_empty', () => true)),
  };
}

function namedHeader(random: Random): Message {
  const name = random.pick(Object.keys(HEADERS));
  if (name === 'x-number' && random.chance(0.6)) {
    const start = random.pick([-5, 0, 5, 10]);
    return { name, range_match: { start, end: start + random.pick([1, 5, 10]) } };
  }
  if (random.chance(0.2)) return { name, present_match: random.chance(0.75) };
  if (random.chance(0.03)) return { name };
  const spelled = random.chance(0.1) ? name.toUpperCase() : name;
  const old = random.aside('old spellings');
  if (old.chance(0.15)) {
    const value = old.pick(HEADERS[name] ?? []) || 'x';
    const field = old.pick(['exact_match', 'prefix_match', 'suffix_match', 'contains_match'] as const);
    return { name: spelled, [field]: value.slice(0, 4) };
  }
  return { name: spelled, string_match: stringMatcher(random, HEADERS[name] ?? []) };
}

export function queryParameterMatcher(random: Random): Message {
  const name = random.pick(['debug', 'user', 'v', 'page', 'q']);
  if (random.chance(0.4)) return { name, present_match: random.chance(0.8) };
  return { name, string_match: stringMatcher(random, ['1', 'a', '3', '2', 'b%20c', 'b c', 'a=b', '']) };
}
