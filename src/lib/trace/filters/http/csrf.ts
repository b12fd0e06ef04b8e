/**
 * `envoy.extensions.filters.http.csrf.v3.CsrfPolicy`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/csrf_filter
 */
import { tellHeader } from '../../../match/watch';
import type { RuntimeFraction } from '../../../match/runtime';
import type { StringMatcher } from '../../../envoy/route';
import { firstHeader, type HeaderValue, type HttpMessage } from '../../../http/message';
import { matchString } from '../../../match/string-matcher';
import { isUnknown, some } from '../../../match/ternary';
import type { HttpFilterCause } from '../../facts/filters';
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
  if (share <= 0) return goesOn(run, { kind: 'not-enabled' });
  tellHeader({ name: ':method', string_match: { safe_regex: { regex: [...MODIFYING].join('|') } } }, run.message);
  if (!MODIFYING.has(run.message.method)) {
    return goesOn(run, { kind: 'changes-nothing', method: run.message.method });
  }
  const source = sourceOrigin(run.message);
  const target = hostAndPort(run.message.authority ?? '');
  const refused = (origin: string): EndingBy<HttpFilterCause> =>
    localReply(run.message, ['denied', 'local-reply'], 403, { kind: 'foreign-origin', origin, target });
  if (isUnknown(source)) return open(run, source.unknown, refused('').outcome);
  if (source !== '' && source === target) return goesOn(run, { kind: 'own-origin', origin: source });
  const isAllowed = source !== '' && some(policy.additional_origins ?? [], (one) => matchString(one, source));
  if (isUnknown(isAllowed)) return open(run, isAllowed.unknown, refused(source).outcome);
  if (isAllowed) return goesOn(run, { kind: 'allowed-origin', origin: source });
  if (share < 1 && isSpared(run, share)) return goesOn(run, { kind: 'spared-by-share', share });
  return ends(run, refused(source));
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
