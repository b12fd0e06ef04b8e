/**
 * Routes that nothing reaches because those before them take all that they would, one alone or several together: by the
 * emptiness of what is left. Exact where a virtual host has few routes; nothing is reported where that cannot be decided.
 */
import { regexLanguage } from '../algebra/build-language';
import { Cell, type ReachCondition, Spaces } from '../algebra/cell';
import { headerCondition, isAscii, pathCondition, queryCondition } from '../algebra/conditions';
import { Language, LanguageTooLarge } from '../algebra/language';
import type { HeaderMatcher, RouteMatch, VirtualHost } from '../envoy/route';
import { isPresenceMatcher } from '../match/header-matcher';

/** Virtual hosts with more routes than this are not looked at; `routesNotExamined` says so. */
export const MOST_ROUTES = 200;

/** Nor is what falls into more parts than this. */
const MOST_PARTS = 64;

/** Every text without a newline, which no path and no value has: a route is unreachable only if no request at all reaches it. */
const ANY_TEXT = { absent: false, values: regexLanguage('.*') ?? Language.all };
const ANYTHING = { ...ANY_TEXT, absent: true };

/** What a match may hold, each field of which is a condition that is understood here. */
const UNDERSTOOD = new Set([
  'prefix',
  'path',
  'path_separated_prefix',
  'safe_regex',
  'path_match_policy',
  'case_sensitive',
  'headers',
  'query_parameters',
]);

interface Taken {
  /** A set that holds all that the route takes. */
  readonly atMost: Cell;
  /** Whether the set holds nothing else. */
  readonly isExact: boolean;
  /** Whether a request with several values of a header is taken only if one with one of them is. */
  readonly goesByOneValue: boolean;
}

/**
 * Of each route the numbers of those before it that take all that it would; null where there is none such, or where it is not
 * decided.
 * @param joins whether the values of a repeated header are joined before they are matched; otherwise each is tried alone
 */
export function shadowsTogether(host: VirtualHost, joins: boolean): readonly (readonly number[] | null)[] {
  const matches = (host.routes ?? []).map(({ match = {} }) => match);
  if (matches.length < 2 || matches.length > MOST_ROUTES) return matches.map(() => null);
  try {
    const taken = takenBy(matches).map((one, number) =>
      joins ? one : ofEachValue(one, matches[number]?.headers ?? []),
    );
    return taken.map((one, number) => (one.goesByOneValue ? shadowing(one.atMost, taken.slice(0, number)) : null));
  } catch (error) {
    if (!(error instanceof LanguageTooLarge)) throw error;
    return matches.map(() => null);
  }
}

function takenBy(matches: readonly RouteMatch[]): readonly Taken[] {
  const spaces = new Spaces((dimension) => (/^(?:header|query):/.test(dimension) ? ANYTHING : ANY_TEXT));
  const conditions = matches.map(conditionsOf);
  const lost = new Set(spaces.add(conditions.flatMap(({ list }) => list)));
  return conditions.map(({ list, isExact }) => {
    const own = list.filter((condition) => !lost.has(condition));
    const whole = new Cell(spaces);
    const atMost = own.reduce((cell, condition) => cell.cut(condition.dimension, spaces.setOf(condition)), whole);
    return { atMost, isExact: isExact && own.length === list.length, goesByOneValue: true };
  });
}

/**
 * Where each value is tried alone, another value may keep a request from an inverted matcher, and two matchers of one header may
 * be met by two values.
 */
function ofEachValue(taken: Taken, matchers: readonly HeaderMatcher[]): Taken {
  const ofValues = matchers.filter((matcher) => !isPresenceMatcher(matcher));
  const wanted = ofValues.filter((matcher) => matcher.invert_match !== true);
  const names = new Set(wanted.map(({ name = '' }) => name.toLowerCase()));
  return {
    ...taken,
    isExact: taken.isExact && wanted.length === ofValues.length,
    goesByOneValue: names.size === wanted.length,
  };
}

/** Conditions of a match; not exact where it has others, or speaks of what is beyond ASCII, which is one character here. */
function conditionsOf(match: RouteMatch): { readonly list: readonly ReachCondition[]; readonly isExact: boolean } {
  const found = [
    pathCondition({ kind: 'route', match }),
    ...(match.headers ?? []).map((matcher) => {
      const name = (matcher.name ?? '').toLowerCase();
      const dimension =
        name === ':method' ? 'method' : name.startsWith(':') || name === 'host' ? null : `header:${name}`;
      return dimension === null ? null : headerCondition(matcher, dimension);
    }),
    ...(match.query_parameters ?? []).map(queryCondition),
  ];
  const list = found.filter((one) => one !== null);
  const others = Object.entries(match).filter(([key, value]) => !UNDERSTOOD.has(key) && !isNothing(value));
  const isExact = isAscii(match) && list.length === found.length && others.length === 0;
  return { list, isExact };
}

function isNothing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function shadowing(narrow: Cell, before: readonly Taken[]): readonly number[] | null {
  if (narrow.isEmpty()) return null;
  let rest: readonly Cell[] = [narrow];
  const by: number[] = [];
  for (const [number, { atMost, isExact }] of before.entries()) {
    if (!isExact || rest.every((cell) => cell.isApartFrom(atMost))) continue;
    rest = rest.flatMap((cell) => cell.minus(atMost));
    by.push(number);
    if (rest.length > MOST_PARTS) return null;
    if (rest.length === 0) return needed(narrow, by, before);
  }
  return null;
}

/** Leaves out those that the others make up for. */
function needed(narrow: Cell, by: readonly number[], before: readonly Taken[]): readonly number[] {
  const takeAll = (numbers: readonly number[]): boolean =>
    numbers.reduce<readonly Cell[]>(
      (rest, number) =>
        rest.flatMap((cell) => (before[number] === undefined ? [cell] : cell.minus(before[number].atMost))),
      [narrow],
    ).length === 0;
  return by.reduce((kept, number) => {
    const others = kept.filter((one) => one !== number);
    return takeAll(others) ? others : kept;
  }, by);
}
