/** The condition on the path, one of several kinds; all see it without query and fragment. */
import { messageOf, messageTypeOf } from '../../envoy/any';
import type { RouteConfiguration, RouteMatch } from '../../envoy/route';
import { fullMatch } from '../../match/regex';
import { asciiLower } from '../../match/string-matcher';
import { type Ternary, unknown } from '../../match/ternary';
import { watcher } from '../../match/watch';
import { matchUriTemplate } from '../../match/uri-template';
import { type HttpMessage, pathOnly } from '../message';
import type { RouteInput } from '../route-input';
import type { RouteCondition } from './condition';
import { impliesPath } from './path-implication';

export const path: RouteCondition = {
  name: 'path',
  holds: matchPath,
  describe: (match) => [describePath(match)],
  miss: (match, { message }) => pathMiss(match, message),
  implies: impliesPath,
  // Which paths it takes, `path-witness.ts` says: they are tried one after the other.
  witness: (match) => (match.connect_matcher === undefined ? {} : { method: 'CONNECT' }),
};

function matchPath(match: RouteMatch, { message }: RouteInput, configuration: RouteConfiguration): Ternary {
  if (match.connect_matcher !== undefined) return message.method === 'CONNECT';
  if (message.path === '') return false;
  const whole = pathOnly(message.path);
  const own = configuration.ignore_path_parameters_in_path_matching === true ? (whole.split(';')[0] ?? '') : whole;
  if (match.path_match_policy === undefined) watcher()?.path({ kind: 'route', match }, own);
  return match.path_match_policy === undefined ? takesPath(match, own) : matchPolicy(match, whole);
}

/** Whether a route's own condition takes a path without its query; of matchers that are extensions nothing is known here. */
export function takesPath(match: RouteMatch, own: string): Ternary {
  const fold = (text: string): string => (match.case_sensitive === false ? asciiLower(text) : text);
  if (match.prefix !== undefined) return fold(own).startsWith(fold(match.prefix));
  if (match.path !== undefined) return fold(own) === fold(match.path);
  if (match.path_separated_prefix !== undefined) {
    const prefix = fold(match.path_separated_prefix);
    return fold(own) === prefix || fold(own).startsWith(`${prefix}/`);
  }
  if (match.safe_regex !== undefined) return fullMatch(match.safe_regex.regex ?? '', own);
  // A kind of path that mctl does not know is a condition of its own (`other.ts`).
  return true;
}

function matchPolicy(match: RouteMatch, path: string): Ternary {
  const policy = match.path_match_policy;
  if (!messageTypeOf(policy?.typed_config).endsWith('.UriTemplateMatchConfig')) {
    return unknown(`the path matcher ${policy?.name ?? ''}`);
  }
  const { path_template: template } = messageOf<{ path_template?: string }>(policy?.typed_config);
  watcher()?.path({ kind: 'template', template: template ?? '' }, path);
  return matchUriTemplate(template ?? '', path) !== null;
}

/** What a route's path condition is, in words. */
function describePath(match: RouteMatch): string {
  const fold = match.case_sensitive === false ? ' (any case)' : '';
  if (match.connect_matcher !== undefined) return 'CONNECT';
  if (match.prefix !== undefined) return `prefix ${match.prefix}${fold}`;
  if (match.path !== undefined) return `path ${match.path}${fold}`;
  if (match.path_separated_prefix !== undefined) return `path-separated prefix ${match.path_separated_prefix}${fold}`;
  if (match.safe_regex !== undefined) return `regular expression ${match.safe_regex.regex ?? ''}`;
  const { path_template: template } = messageOf<{ path_template?: string }>(match.path_match_policy?.typed_config);
  return template === undefined ? 'any path' : `template ${template}`;
}

function pathMiss(match: RouteMatch, message: HttpMessage): string {
  const came = message.path === '' ? `${message.method} without a path` : pathOnly(message.path);
  return `${describePath(match)} does not match ${came}`;
}
