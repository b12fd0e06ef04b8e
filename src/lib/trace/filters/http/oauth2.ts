/**
 * `envoy.extensions.filters.http.oauth2.v3.OAuth2`, as far as Envoy decides by itself: who is let pass without a session, and what becomes of
 * a request that brings no cookie at all. https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/oauth2_filter
 */
import { messageOf } from '../../../envoy/any';
import type { HeaderMatcher, StringMatcher } from '../../../envoy/route';
import { joinsHeaders } from '../../../envoy/version-behavior';
import { firstHeader, headerView, pathOnly, withoutHeaders } from '../../../http/message';
import { matchHeader } from '../../../match/header-matcher';
import { matchString } from '../../../match/string-matcher';
import { isUnknown, some, type Ternary } from '../../../match/ternary';
import { tellHeader, watcher } from '../../../match/watch';
import { outcome } from '../../outcome';
import { ending } from '../../hop/ending';
import { localReply } from '../../hop/local-reply';
import { MAY_ANSWER } from './catalogue';
import { ends, type FilterResult, type FilterRun, goesOn, mayAnswer, open } from './handler';

interface PathMatcher {
  readonly path?: StringMatcher;
}

interface Config {
  readonly pass_through_matcher?: readonly HeaderMatcher[];
  readonly deny_redirect_matcher?: readonly HeaderMatcher[];
  readonly redirect_path_matcher?: PathMatcher;
  readonly signout_path?: PathMatcher;
  readonly preserve_authorization_header?: boolean;
}

const TYPE = 'envoy.extensions.filters.http.oauth2.v3.OAuth2';
/** Fields by which an Envoy may let a request pass that has no session, which are not evaluated. */
const OTHER = 'allow_failed';

/**
 * Its surprises: a matcher that lets pass comes first, even on the paths of the login. A token in Authorization or in the query is no
 * session, and Authorization is taken away before `deny_redirect_matcher` looks, but with `preserve_authorization_header`. The redirect
 * is 302 to gRPC, too, while 401 becomes 200. Whether cookies are one hangs on their signature, and the paths of the login on what they bring: both stay unknown.
 */
export function runOauth2(run: FilterRun): FilterResult {
  const { config } = messageOf<{ config?: Config }>(run.config);
  const whether = MAY_ANSWER[TYPE] ?? TYPE;
  if (
    config === undefined ||
    run.perRoute.configs.length > 0 ||
    Object.keys(config).some((field) => field.includes(OTHER))
  ) {
    return mayAnswer(run, whether);
  }
  const holds = (matchers: readonly HeaderMatcher[] = [], message = run.message): Ternary => {
    const view = headerView(message, joinsHeaders(run.input.context.config));
    return some(matchers, (one) => matchHeader(one, view));
  };
  const passes = holds(config.pass_through_matcher);
  if (isUnknown(passes)) return open(run, passes.unknown, outcome('unknown', null));
  if (passes) return goesOn(run, { kind: 'login-not-required' });
  const path = pathOnly(run.message.path);
  const isOwn = some([config.redirect_path_matcher, config.signout_path], (one) => matchesPath(one, path));
  tellHeader({ name: 'cookie', present_match: true }, run.message);
  if (isOwn !== false || firstHeader(run.message, 'cookie') !== null) return mayAnswer(run, whether);
  const keepsToken = config.preserve_authorization_header === true;
  const left = keepsToken ? run.message : withoutHeaders(run.message, ['authorization']);
  const denies = holds(config.deny_redirect_matcher, left);
  if (isUnknown(denies)) return open(run, denies.unknown, outcome('unknown', null));
  const cause = { kind: 'login-required', denies } as const;
  return ends(
    run,
    denies
      ? localReply(run.message, ['denied', 'local-reply'], 401, cause)
      : ending('redirected', null, cause, { status: 302 }),
  );
}

function matchesPath({ path: matcher }: PathMatcher = {}, path: string): Ternary {
  if (matcher === undefined) return false;
  watcher()?.path({ kind: 'text', matcher }, path);
  return matchString(matcher, path);
}
