/** Paths that a route's condition takes. */
import { messageOf, messageTypeOf } from '../../envoy/any';
import type { RouteMatch } from '../../envoy/route';
import { rememberedFor } from '../../remembered';
import { regexWitness } from '../../match/regex-witness';
import { matchUriTemplate } from '../../match/uri-template';

/** What a request line can hold as it is. */
const PATH = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]{}|^"<>\\]*$/;

/** What is put behind a prefix that a route before this one takes as it stands. */
const BEHIND = ['', 'x', '/', '/x', '/x/y', '-z9'];

/** Paths to try, the plainest first; empty where none is found. */
export const pathWitnesses = rememberedFor((match: RouteMatch): readonly string[] =>
  [...new Set(wanted(match))].filter((path) => PATH.test(path)),
);

function wanted(match: RouteMatch): readonly string[] {
  if (match.path !== undefined) return [match.path];
  if (match.path_separated_prefix !== undefined) {
    return ['', '/', '/x', '/x/y'].map((rest) => `${match.path_separated_prefix ?? ''}${rest}`);
  }
  if (match.safe_regex !== undefined) return regexPaths(match.safe_regex.regex ?? '');
  if (match.path_match_policy !== undefined) return templatePaths(match);
  const prefix = match.prefix ?? '/';
  const own = prefix.startsWith('/') ? prefix : `/${prefix}`;
  return BEHIND.map((rest) => `${own}${own.endsWith('/') ? rest.replace(/^\//, '') : rest}`);
}

function regexPaths(regex: string): readonly string[] {
  const found: string[] = [];
  for (let count = 0; count < 4; count++) {
    const path = regexWitness(regex, (text) => PATH.test(text) && !found.includes(text));
    if (path === null) break;
    found.push(path);
  }
  return found;
}

function templatePaths(match: RouteMatch): readonly string[] {
  const config = match.path_match_policy?.typed_config;
  if (!messageTypeOf(config).endsWith('.UriTemplateMatchConfig')) return [];
  const { path_template: template = '' } = messageOf<{ path_template?: string }>(config);
  return ['x', 'y9']
    .map((word) =>
      template
        .replace(/\{[^}=]*\}/g, word)
        .replace(/\{[^}=]*=([^}]*)\}/g, (_whole, pattern: string) => pattern)
        .replace(/\*\*?/g, word),
    )
    .filter((path) => matchUriTemplate(template, path) !== null);
}
