/** Which of thousands of routes can take a request, so that not every one is asked. */
import type { HeaderMatcher, Route, RouteMatch } from '../envoy/route';
import { ConditionIndex, type Key, keysOfText, type Known, wholeText } from '../match/condition-index';
import { isPresenceMatcher, matchHeader, stringMatcherOf } from '../match/header-matcher';
import { type Watcher, watcher } from '../match/watch';
import { rememberedFor } from '../remembered';
import { takenIn, valueRuns } from './value-runs';
import { NO_HEADERS, pathOnly } from './message';
import type { RouteInput } from './route-input';

/** How many routes are asked one by one, before the index is: the rejected candidates that are told are among these. */
const ASKED = 100;

const PSEUDO_HEADERS = [':method', ':path', ':authority', ':scheme'];

/**
 * Numbers of the routes to ask, in order: the first hundred where some are told, then those of which an index says that their
 * conditions can hold. Every route that is left out is one that does not match. Under a watcher every
 * one is asked, for the answer to be seen, but for runs of which one question tells the same (`value-runs.ts`).
 * @param told how many rejected candidates are told: Infinity asks all, 0 the index alone
 */
export function* routesToAsk(
  routes: readonly Route[],
  input: RouteInput,
  told: number,
): Generator<number, void, undefined> {
  const watch = watcher();
  if (watch !== null && told === 0) {
    yield* watchedRoutes(routes, input, watch);
    return;
  }
  const isEveryOne = routes.length <= ASKED || told === Infinity || watch !== null;
  const some = isEveryOne ? routes.length : told === 0 ? 0 : ASKED;
  for (let number = 0; number < some; number++) yield number;
  if (some === routes.length) return;
  for (const number of indexOf(routes).find(knownIn(input))) if (number >= some) yield number;
}

/** Every one but those of runs that differ in one value alone, of which the one that takes the request is asked. */
function* watchedRoutes(
  routes: readonly Route[],
  input: RouteInput,
  watch: Watcher,
): Generator<number, void, undefined> {
  let next = 0;
  for (const run of valueRuns(routes)) {
    for (; next < run.from; next++) yield next;
    const taken = takenIn(run, input);
    if (taken === undefined) continue;
    const place = taken === null ? null : taken - run.from;
    if (run.of === 'header') watch.headerAmong(run.asked, place, input.message);
    else watch.queryAmong(run.asked, place);
    if (taken !== null) yield taken;
    next = run.to;
  }
  for (; next < routes.length; next++) yield next;
}

const indexOf = rememberedFor(
  (routes: readonly Route[]): ConditionIndex => new ConditionIndex(routes.map(({ match = {} }) => keysOf(match))),
);

/** Conditions of which each must hold. */
function keysOf(match: RouteMatch): readonly Key[] {
  const headers = (match.headers ?? []).flatMap(headerKey);
  const query = (match.query_parameters ?? []).flatMap(({ name = '', string_match: text }) =>
    text === undefined ? [] : keysOfText(`query ${name}`, text),
  );
  return [...headers, ...query, ...pathKey(match)];
}

/** What a missing header does not fail for certain has no key: one that must be absent, a kind that is not known. */
function headerKey(matcher: HeaderMatcher): readonly Key[] {
  if (matchHeader(matcher, NO_HEADERS) !== false) return [];
  const name = (matcher.name ?? '').toLowerCase();
  const subject = `header ${name === 'host' ? ':authority' : name}`;
  const text = matcher.invert_match === true || isPresenceMatcher(matcher) ? null : stringMatcherOf(matcher);
  return text === null ? [{ subject, kind: 'prefix', text: '' }] : keysOfText(subject, text);
}

function pathKey(match: RouteMatch): readonly Key[] {
  if (match.connect_matcher !== undefined || match.path_match_policy !== undefined) return [];
  const { prefix, path, path_separated_prefix: separated, safe_regex } = match;
  if (prefix !== undefined) return keysOfText('path', { prefix });
  if (path !== undefined) return keysOfText('path', { exact: path });
  if (separated !== undefined) return keysOfText('path', { prefix: separated });
  return safe_regex === undefined ? [] : keysOfText('path', { safe_regex });
}

function knownIn({ message, headers, query }: RouteInput): readonly Known[] {
  const path = pathOnly(message.path);
  // Parameters of the path count or not (ignore_path_parameters_in_path_matching): both are looked up.
  const paths = [...new Set([path, path.split(';')[0] ?? ''])];
  const names = new Set([...PSEUDO_HEADERS, ...message.headers.map(([name]) => name.toLowerCase())]);
  return [
    { subject: 'path', texts: paths.map(wholeText) },
    ...[...names].map((name) => ({ subject: `header ${name}`, texts: textsOf(headers.values(name)) })),
    ...[...query].map(([name, value]) => ({ subject: `query ${name}`, texts: [wholeText(value)] })),
  ];
}

/** Repeated values are matched each or joined, as the version has it; null where one of them is not known. */
function textsOf(values: readonly unknown[]): Known['texts'] {
  const texts = values.filter((value) => typeof value === 'string');
  if (texts.length < values.length) return null;
  return (texts.length > 1 ? [...texts, texts.join(',')] : texts).map(wholeText);
}
