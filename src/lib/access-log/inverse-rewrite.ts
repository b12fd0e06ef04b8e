/** Paths that a route may have rewritten to the one that it sent on: its rewrites, backwards. */
import { literalExpression } from '../literal-expression';
import { type Any, messageOf } from '../envoy/any';
import type { Route, RouteMatch } from '../envoy/route';
import { pathWitnesses } from '../http/conditions/path-witness';
import { pathOnly } from '../http/message';
import { regexWitness } from '../match/regex-witness';
import { matchUriTemplate } from '../match/uri-template';
import { fullMatch, replaceAll } from '../match/regex';

/** Of one route. */
const MOST_PATHS = 4;

/**
 * Paths, query and all, of which the route's rewrite makes this one; none where it has no rewrite, or none is found. What the
 * route's match asks beside the rewrite is not looked at: a trace tells.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (prefix_rewrite, regex_rewrite, path_rewrite_policy)
 */
export function pathsBefore({ match = {}, route, redirect }: Route, sentOn: string): readonly string[] {
  const { path_rewrite_policy: policy } = route ?? {};
  // A redirect rewrites the path of the request, too, before it answers.
  const { prefix_rewrite: prefix = '', regex_rewrite: regex } = route ?? redirect ?? {};
  if (prefix !== '') return beforePrefix(match, prefix, sentOn);
  const path = pathOnly(sentOn);
  const query = sentOn.slice(path.length);
  const before =
    regex === undefined
      ? beforeTemplate(match, policy?.typed_config, path)
      : beforeRegex(match, regex.pattern?.regex ?? '', regex.substitution ?? '', path);
  return [...new Set(before)].slice(0, MOST_PATHS).map((found) => `${found}${query}`);
}

/** What the match takes of the path, all of it but for prefixes, is replaced. */
function beforePrefix(match: RouteMatch, by: string, sentOn: string): readonly string[] {
  if (!sentOn.startsWith(by)) return [];
  const rest = sentOn.slice(by.length);
  const prefix = match.prefix ?? match.path_separated_prefix;
  if (prefix !== undefined) return [`${prefix}${rest}`];
  const isWhole = rest === '' || rest.startsWith('?');
  return isWhole
    ? pathWitnesses(match)
        .slice(0, MOST_PATHS)
        .map((path) => `${path}${rest}`)
    : [];
}

/** Found by guessing at the places of the substitution, and kept where the expression makes the path of it. */
function beforeRegex(match: RouteMatch, pattern: string, substitution: string, path: string): readonly string[] {
  const guesses = [path, ...pathWitnesses(match), ...substitutedIn(pattern, substitution, path)];
  return guesses.filter((guess) => guess.startsWith('/') && replaceAll(pattern, guess, substitution) === path);
}

/** Steps that an expression may take over a path, about: each group multiplies them. */
const MOST_STEPS = 100_000_000;

function* substitutedIn(pattern: string, substitution: string, path: string): Generator<string> {
  const { expression, groups } = substitutionExpression(substitution);
  if (path.length ** (groups.length + 1) > MOST_STEPS) return;
  const taken = (found: RegExpExecArray | null): string | null => found && takenBy(pattern, groups, found);
  for (const around of [`^()${expression}()$`, `^(.*?)${expression}(.*)$`, `^(.*)${expression}(.*)$`]) {
    const found = new RegExp(around, 's').exec(path);
    const part = taken(found);
    if (part !== null) yield `${found?.[1] ?? ''}${part}${found?.at(-1) ?? ''}`;
  }
  if (path.length ** (groups.length + 2) <= MOST_STEPS)
    yield everySubstitution(new RegExp(expression, 'sy'), taken, path);
}

/** Wherever a part of the path can be the substitution, from the left, what it was made of stands in its place. */
function everySubstitution(
  expression: RegExp,
  taken: (found: RegExpExecArray | null) => string | null,
  path: string,
): string {
  let before = '';
  for (let at = 0; at < path.length;) {
    expression.lastIndex = at;
    const found = expression.exec(path);
    const part = found?.[0] === '' ? null : taken(found);
    before += part ?? path.charAt(at);
    at += part === null ? 1 : (found?.[0].length ?? 1);
  }
  return before;
}

/** A text that the expression takes and of which the substitution makes what was found. */
function takenBy(pattern: string, groups: readonly number[], { groups: found = {} }: RegExpExecArray): string | null {
  const values = new Map(groups.map((group) => [group, found[`g${group}`] ?? '']));
  const whole = values.get(0);
  if (whole !== undefined) return fullMatch(pattern, whole) ? whole : null;
  return regexWitness(withGroups(pattern, values));
}

/** A substitution of RE2 as an expression that takes what it may have made; a group that stands there again is the same text. */
function substitutionExpression(substitution: string): {
  readonly expression: string;
  readonly groups: readonly number[];
} {
  const groups: number[] = [];
  const expression = substitution
    .split(/(\\[0-9\\])/)
    .map((part) => {
      if (!/^\\[0-9]$/.test(part)) return literalExpression(part === '\\\\' ? '\\' : part);
      const group = Number(part.slice(1));
      if (groups.includes(group)) return String.raw`\k<g${group}>`;
      groups.push(group);
      return `(?<g${group}>.*)`;
    })
    .join('');
  return { expression, groups };
}

/** An expression with texts in place of its groups, as far as no group stands in another. */
function withGroups(pattern: string, values: ReadonlyMap<number, string>): string {
  let number = 0;
  return pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?)(?:\\.|\[(?:\\.|[^\]\\])*\]|[^()\\[])*\)/gs, (part) => {
    if (!part.startsWith('(')) return part;
    const value = values.get((number += 1));
    return value === undefined ? part : literalExpression(value);
  });
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/path/rewrite/uri_template/v3/uri_template_rewrite.proto */
function beforeTemplate(match: RouteMatch, policy: Any | undefined, path: string): readonly string[] {
  const { path_template_rewrite: rewrite } = messageOf<{ path_template_rewrite?: string }>(policy);
  const matcher = messageOf<{ path_template?: string }>(match.path_match_policy?.typed_config);
  if (rewrite === undefined) return [];
  const values = matchUriTemplate(rewrite.replace(/\{([^{}]*)\}/g, '{$1=**}'), path);
  if (values === null) return [];
  const before = (matcher.path_template ?? '')
    .replace(/\{([^{}=]*)(?:=([^{}]*))?\}/g, (_whole, name: string, inner = '*') => values.get(name) ?? String(inner))
    .replace(/\*\*?/g, 'x');
  return [before];
}
