/**
 * Runs of routes that differ in one exact value of one header and in nothing else: which of them takes a request is one question
 * to who watches, and not thousands.
 */
import type { HeaderMatcher, Route } from '../envoy/route';
import type { HeaderAmong } from '../match/watch';
import { rememberedFor } from '../remembered';
import type { RouteInput } from './route-input';

/** Routes `from` to `to`, the last one not among them, each with its matcher of the header. */
export interface HeaderRun extends HeaderAmong {
  readonly from: number;
  readonly to: number;
}

/** Fewer routes than this are asked one by one. */
const LEAST = 32;

/** In the order of the routes. */
export const headerRuns = rememberedFor(runsIn);

/** The number of the run's first route that takes the request; null where none does, undefined where that has to be asked. */
export function takenIn(
  { from, name, places }: HeaderRun,
  { message, headers }: RouteInput,
): number | null | undefined {
  const values = headers.values(name);
  const [value] = values;
  if (!message.path.startsWith('/') || values.length > 1 || (value !== undefined && typeof value !== 'string')) {
    return undefined;
  }
  const place = value === undefined ? undefined : places.get(value);
  return place === undefined ? null : from + place;
}

function runsIn(routes: readonly Route[]): readonly HeaderRun[] {
  const runs: HeaderRun[] = [];
  for (let from = 0; from < routes.length;) {
    const matchers = matchersFrom(routes, from);
    const name = nameOf(matchers[0]);
    if (matchers.length >= LEAST)
      runs.push({ from, to: from + matchers.length, name, matchers, places: placesOf(matchers) });
    from += Math.max(1, matchers.length);
  }
  return runs;
}

function matchersFrom(routes: readonly Route[], from: number): readonly HeaderMatcher[] {
  const matchers: HeaderMatcher[] = [];
  for (let at = from; at < routes.length; at += 1) {
    const own = onlyValue(routes[at]);
    if (own === null || (matchers.length > 0 && nameOf(own) !== nameOf(matchers[0]))) break;
    matchers.push(own);
  }
  return matchers;
}

/** The one exact value that the route asks of a header, where it asks nothing else. */
function onlyValue(route: Route | undefined): HeaderMatcher | null {
  const { prefix, headers = [], ...others } = route?.match ?? {};
  const [matcher, ...more] = headers;
  if (prefix !== '/' || more.length > 0 || matcher === undefined || !isBare(others)) return null;
  const { name, string_match: text, ...rest } = matcher;
  if (name === undefined || name.startsWith(':') || name.toLowerCase() === 'host' || !isBare(rest)) return null;
  const { exact, ...flags } = text ?? {};
  return exact !== undefined && isBare(flags) ? matcher : null;
}

/** What is written out as Envoy takes it where it is not, too. */
function isBare(fields: object): boolean {
  return Object.values(fields).every((value) => value === undefined);
}

function nameOf(matcher: HeaderMatcher | undefined): string {
  return (matcher?.name ?? '').toLowerCase();
}

/** Of each value the first route that asks for it. */
function placesOf(matchers: readonly HeaderMatcher[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [place, { string_match: text }] of matchers.entries()) {
    const value = text?.exact ?? '';
    if (!places.has(value)) places.set(value, place);
  }
  return places;
}
