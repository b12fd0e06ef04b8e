/**
 * Whether every path that one route takes is taken by another. False where that is not certain.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routematch
 */
import { isDeepStrictEqual } from 'node:util';
import { messageOf, messageTypeOf } from '../../envoy/any';
import type { RouteMatch, StringMatcher } from '../../envoy/route';
import { regexPrefix } from '../../match/regex-witness';
import { impliesString } from '../../match/string-implication';
import { asciiLower } from '../../match/string-matcher';
import { matchUriTemplate } from '../../match/uri-template';

/** Whether every path that the narrow match takes is taken by the wide one; false where that is not sure. */
export function impliesPath(narrow: RouteMatch, wide: RouteMatch): boolean {
  if (wide.connect_matcher !== undefined || narrow.connect_matcher !== undefined) {
    return wide.connect_matcher !== undefined && narrow.connect_matcher !== undefined;
  }
  if (wide.path_match_policy !== undefined) return impliesTemplate(narrow, wide);
  if (wide.path_separated_prefix !== undefined) return impliesSeparated(narrow, wide);
  const other = pathMatcher(wide);
  // A route without a condition on the path is one that Envoy would refuse; it is taken for one that takes every path.
  if (other === null) return true;
  // Every path begins with a slash: a request without one is refused before any route is looked at.
  if (other.prefix === '/' && wide.case_sensitive !== false) return true;
  const own = pathMatcher(narrow) ?? { prefix: templateStart(narrow) };
  return impliesString(own, other);
}

/** The path's condition as a string matcher, or one that is wider; null for those that are none. */
function pathMatcher(match: RouteMatch): StringMatcher | null {
  const anyCase = match.case_sensitive === false ? { ignore_case: true } : {};
  if (match.prefix !== undefined) return { prefix: match.prefix, ...anyCase };
  if (match.path !== undefined) return { exact: match.path, ...anyCase };
  if (match.path_separated_prefix !== undefined) return { prefix: match.path_separated_prefix, ...anyCase };
  if (match.safe_regex !== undefined) return { safe_regex: { regex: match.safe_regex.regex ?? '' } };
  return null;
}

function impliesSeparated(narrow: RouteMatch, wide: RouteMatch): boolean {
  if (narrow.case_sensitive === false && wide.case_sensitive !== false) return false;
  const fold = (text: string): string => (wide.case_sensitive === false ? asciiLower(text) : text);
  const prefix = fold(wide.path_separated_prefix ?? '');
  const isBelow = (text: string): boolean => fold(text).startsWith(`${prefix}/`);
  const whole = narrow.path ?? narrow.path_separated_prefix;
  if (whole !== undefined) return fold(whole) === prefix || isBelow(whole);
  if (narrow.prefix !== undefined) return isBelow(narrow.prefix);
  if (narrow.safe_regex !== undefined) return isBelow(regexPrefix(narrow.safe_regex.regex ?? ''));
  return isBelow(templateStart(narrow));
}

function impliesTemplate(narrow: RouteMatch, wide: RouteMatch): boolean {
  if (isDeepStrictEqual(narrow.path_match_policy, wide.path_match_policy)) return true;
  const template = templateOf(wide);
  return template !== null && narrow.path !== undefined && matchUriTemplate(template, narrow.path) !== null;
}

/** The URI template of a route that asks for one; null where it does not, or that is not understood. */
export function templateOf(match: RouteMatch): string | null {
  const config = match.path_match_policy?.typed_config;
  if (!messageTypeOf(config).endsWith('.UriTemplateMatchConfig')) return null;
  return messageOf<{ path_template?: string }>(config).path_template ?? null;
}

/**
 * What every path that the route takes begins with, whatever its case; empty for a route that takes every path. A route is
 * only taken by one whose start its own begins with.
 */
export function pathStart(match: RouteMatch): string {
  const { prefix, path, path_separated_prefix: separated, safe_regex: regex } = match;
  if (prefix !== undefined) return prefix === '/' ? '' : prefix;
  if (path !== undefined) return path;
  if (separated !== undefined) return separated;
  return regex === undefined ? templateStart(match) : regexPrefix(regex.regex ?? '');
}

/** The literal text that every path of a template begins with. */
function templateStart(match: RouteMatch): string {
  return /^[^*{]*/.exec(templateOf(match) ?? '')?.[0] ?? '';
}
