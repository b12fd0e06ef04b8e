/**
 * Runs of routes that differ in one exact value of one header, or of one parameter of the query, and in nothing else: which of them
 * takes a request is one question to who watches, and not thousands.
 */
import type { HeaderMatcher, QueryParameterMatcher, Route, RouteMatch } from '../envoy/route';
import type { HeaderAmong, QueryAmong } from '../match/watch';
import { rememberedFor } from '../remembered';
import type { RouteInput } from './route-input';

/** Routes `from` to `to`, the last one not among them, each with its matcher of the header or the parameter. */
export type ValueRun = { readonly from: number; readonly to: number } & (
  { readonly of: 'header'; readonly asked: HeaderAmong } | { readonly of: 'query'; readonly asked: QueryAmong }
);

/** Fewer routes than this are asked one by one. */
const LEAST = 32;

/** In the order of the routes. */
export const valueRuns = rememberedFor(runsIn);

/** The number of the run's first route that takes the request; null where none does, undefined where that has to be asked. */
export function takenIn(
  { from, of, asked }: ValueRun,
  { message, headers, query }: RouteInput,
): number | null | undefined {
  const values = of === 'header' ? headers.values(asked.name) : [query.get(asked.name)];
  const [value] = values;
  if (!message.path.startsWith('/') || values.length > 1 || (value !== undefined && typeof value !== 'string')) {
    return undefined;
  }
  const place = value === undefined ? undefined : asked.places.get(value);
  return place === undefined ? null : from + place;
}

function runsIn(routes: readonly Route[]): readonly ValueRun[] {
  const runs: ValueRun[] = [];
  for (let from = 0; from < routes.length;) {
    const headers = matchersFrom(routes, from, onlyHeader, lowerName);
    const query = headers.length > 0 ? [] : matchersFrom(routes, from, onlyParameter, ownName);
    const to = from + Math.max(headers.length, query.length);
    if (headers.length >= LEAST) runs.push({ from, to, of: 'header', asked: amongOf(headers, lowerName) });
    else if (query.length >= LEAST) runs.push({ from, to, of: 'query', asked: amongOf(query, ownName) });
    from = Math.max(to, from + 1);
  }
  return runs;
}

type Named = Pick<QueryParameterMatcher, 'name' | 'string_match'>;

/** Matchers of one name, one a route, as far as they go. */
function matchersFrom<M extends Named>(
  routes: readonly Route[],
  from: number,
  onlyOf: (match: RouteMatch) => M | null,
  nameOf: (matcher: Named) => string,
): readonly M[] {
  const matchers: M[] = [];
  for (let at = from; at < routes.length; at += 1) {
    const own = onlyOf(routes[at]?.match ?? {});
    if (own === null || (matchers[0] !== undefined && nameOf(own) !== nameOf(matchers[0]))) break;
    matchers.push(own);
  }
  return matchers;
}

/** The one exact value that the route asks of a header, where it asks nothing else. */
function onlyHeader({ prefix, headers = [], ...others }: RouteMatch): HeaderMatcher | null {
  const [matcher, ...more] = headers;
  if (prefix !== '/' || more.length > 0 || matcher === undefined || !isBare(others)) return null;
  const { name = '' } = matcher;
  return name.startsWith(':') || name.toLowerCase() === 'host' || !asksValue(matcher) ? null : matcher;
}

/** The same of a parameter of the query. */
function onlyParameter({ prefix, query_parameters: query = [], ...others }: RouteMatch): QueryParameterMatcher | null {
  const [matcher, ...more] = query;
  if (prefix !== '/' || more.length > 0 || matcher === undefined || !isBare(others)) return null;
  return asksValue(matcher) ? matcher : null;
}

/** Whether it wants one exact text and says nothing else. */
function asksValue({ name, string_match: text, ...rest }: Named): boolean {
  const { exact, ...flags } = text ?? {};
  return name !== undefined && exact !== undefined && isBare(rest) && isBare(flags);
}

/** What is written out as Envoy takes it where it is not, too. */
function isBare(fields: object): boolean {
  return Object.values(fields).every((value) => value === undefined);
}

function lowerName({ name = '' }: Named): string {
  return name.toLowerCase();
}

function ownName({ name = '' }: Named): string {
  return name;
}

/** Of each value the first route that asks for it. */
function amongOf<M extends Named>(
  matchers: readonly M[],
  nameOf: (matcher: Named) => string,
): { readonly name: string; readonly matchers: readonly M[]; readonly places: ReadonlyMap<string, number> } {
  const places = new Map<string, number>();
  for (const [place, { string_match: text }] of matchers.entries()) {
    const value = text?.exact ?? '';
    if (!places.has(value)) places.set(value, place);
  }
  return { name: nameOf(matchers[0] ?? {}), matchers, places };
}
