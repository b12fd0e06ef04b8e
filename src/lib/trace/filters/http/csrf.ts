/**
 * `envoy.extensions.filters.http.csrf.v3.CsrfPolicy`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/csrf_filter
 */
import { tellHeader } from '../../../match/watch';
import type { RuntimeFraction } from '../../../match/runtime';
import type { StringMatcher } from '../../../envoy/route';
import { firstHeader, type HeaderValue, type HttpMessage } from '../../../http/message';
import { percentText } from '../../../match/fraction';
import { matchString } from '../../../match/string-matcher';
import { isUnknown, some } from '../../../match/ternary';
import type { Worded } from '../../facts/worded';
import type { EndingBy } from '../../hop/ending';
import { localReply } from '../../hop/local-reply';
import { enabledShare } from '../shared/enabled-share';
import { configOf, ends, type FilterResult, type FilterRun, goesOn, open } from './handler';

interface CsrfPolicy {
  readonly filter_enabled?: RuntimeFraction;
  readonly additional_origins?: readonly StringMatcher[];
}

/** Methods that change something; all others are let through. */
const MODIFYING: ReadonlySet<string> = new Set(['POST', 'PUT', 'DELETE', 'PATCH']);

/**
 * 403 where the host and port of Origin (without it, of Referer) are not those of the request's authority, to the letter: a
 * port that one of them leaves out tells them apart, too.
 */
export function runCsrf(run: FilterRun): FilterResult {
  const policy = configOf<CsrfPolicy>(run);
  const share = enabledShare(run.input.context, policy.filter_enabled);
  if (share <= 0) return goesOn(run, 'is not enabled (filter_enabled)');
  tellHeader({ name: ':method', string_match: { safe_regex: { regex: [...MODIFYING].join('|') } } }, run.message);
  if (!MODIFYING.has(run.message.method)) return goesOn(run, `${run.message.method} changes nothing`);
  const source = sourceOrigin(run.message);
  const refused = (because: string): EndingBy<Worded> =>
    localReply(run.message, ['denied', 'local-reply'], 403, because);
  if (isUnknown(source)) return open(run, source.unknown, refused(source.unknown).outcome);
  const target = hostAndPort(run.message.authority ?? '');
  if (source !== '' && source === target) return goesOn(run, `the request comes from its own origin ${source}`);
  const isAllowed = source !== '' && some(policy.additional_origins ?? [], (one) => matchString(one, source));
  if (isUnknown(isAllowed)) return open(run, isAllowed.unknown, refused(isAllowed.unknown).outcome);
  if (isAllowed) return goesOn(run, `the request comes from an origin that is allowed, ${source}`);
  const because = `the request ${source === '' ? 'says of no origin (Origin, Referer)' : `comes from the origin ${source}`}, and its target is ${target}`;
  if (share < 1 && isSpared(run, share)) {
    return goesOn(run, `is enabled for ${percentText(share)} of requests, and not for this one`);
  }
  return ends(run, refused(because));
}

function isSpared(run: FilterRun, share: number): boolean {
  return (
    run.input.context.decisions.draw([
      { of: { kind: 'csrf', isEnabled: true }, share },
      { of: { kind: 'csrf', isEnabled: false }, share: 1 - share },
    ]) === 1
  );
}

function sourceOrigin(message: HttpMessage): HeaderValue {
  const origin = firstHeader(message, 'origin') ?? '';
  if (isUnknown(origin) || origin !== '') return isUnknown(origin) ? origin : hostAndPort(origin);
  const referer = firstHeader(message, 'referer') ?? '';
  return isUnknown(referer) ? referer : hostAndPort(referer);
}

/** Host and port of a URL as they are written; a text that is no URL stays as it is. */
function hostAndPort(text: string): string {
  return /^[A-Za-z]+:\/\/(?:[^@/?#]*@)?([^@/?#\s]+)/.exec(text)?.[1] ?? text;
}
