/**
 * `envoy.config.route.v3.QueryParameterMatcher`: names and values are compared as they are written, undecoded.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-queryparametermatcher
 */
import type { QueryParameterMatcher } from '../envoy/route';
import { otherKind } from './other-kind';
import { describeStringMatcher, matchString } from './string-matcher';
import type { Ternary } from './ternary';
import { watcher } from './watch';

/**
 * The query's parameters; of a repeated name the first counts.
 * @param decode what names and values go through: routes compare them as they are written, matcher trees decoded
 */
export function parseQuery(
  path: string,
  decode: (text: string) => string = (text) => text,
): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const mark = path.indexOf('?');
  if (mark < 0) return parameters;
  const fragment = path.indexOf('#', mark);
  const query = path.slice(mark + 1, fragment < 0 ? undefined : fragment);
  for (const part of query.split('&')) {
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    if (!parameters.has(name)) parameters.set(name, equals < 0 ? '' : decode(part.slice(equals + 1)));
  }
  return parameters;
}

/** Percent escapes of two digits replaced by their bytes; everything else, a plus too, stays as it is. */
export function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString());
}

/** Whether a query parameter is as the matcher wants it; of a repeated one the first value counts. */
export function matchQueryParameter(matcher: QueryParameterMatcher, query: ReadonlyMap<string, string>): Ternary {
  watcher()?.query(matcher);
  const value = query.get(matcher.name ?? '');
  if (matcher.string_match !== undefined) return value !== undefined && matchString(matcher.string_match, value);
  const other = otherKind(matcher, 'a query parameter matcher', ['name', 'present_match']);
  return other ?? (value !== undefined) === (matcher.present_match ?? true);
}

/** What the matcher wants, in words. */
export function describeQueryParameter(matcher: QueryParameterMatcher): string {
  const wanted =
    matcher.string_match === undefined
      ? (matcher.present_match ?? true)
        ? 'present'
        : 'absent'
      : describeStringMatcher(matcher.string_match, matcher.name);
  return `query parameter ${matcher.name ?? ''}: ${wanted}`;
}
