/**
 * Whether a route's conditions hold for a request, and which failed first.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routematch
 */
import { messageOf, messageTypeOf } from '../envoy/any';
import type { FractionalPercent, RouteConfiguration, RouteMatch } from '../envoy/route';
import type { MetadataMatcher } from '../envoy/rbac';
import { describeHeaderMatcher, describeHeaderMiss, type HeaderView, matchHeader } from '../match/header-matcher';
import { describeMetadataMatcher, describeMetadataValue, matchMetadata } from '../match/metadata-matcher';
import { describeQueryParameter, matchQueryParameter, parseQuery } from '../match/query-parameter';
import { fractionOf } from '../match/fraction';
import { fullMatch } from '../match/regex';
import { asciiLower, matchString } from '../match/string-matcher';
import { isUnknown, not, type Ternary, unknown } from '../match/ternary';
import { matchUriTemplate } from '../match/uri-template';
import { cookieValue } from './cookies';
import { type HttpMessage, isGrpc, pathOnly } from './message';
import type { StreamFacts } from './stream-facts';

/** Who draws lots where Envoy does: gives the number of the option that is taken. */
export interface Draws {
  /** @param options what can come, each with its chance from 0 to 1 */
  draw(options: readonly { readonly label: string; readonly share: number }[]): number;
}

/** What routes match. */
export interface RouteInput extends StreamFacts {
  readonly message: HttpMessage;
  readonly query: ReadonlyMap<string, string>;
  /** The client's certificate: null where the connection is not TLS. */
  readonly tls: PeerCertificate | null;
  readonly decisions: Draws;
}

export interface PeerCertificate {
  readonly presented: boolean;
  /** Whether it was verified: a chain without a trusted authority takes any. */
  readonly validated: boolean;
}

export function routeInput(parts: Omit<RouteInput, 'query'>): RouteInput {
  return { ...parts, query: parseQuery(parts.message.path) };
}

/** A condition that did not hold. */
export interface FailedCondition {
  /** How far the match came: the number of the condition in Envoy's order. */
  readonly depth: number;
  readonly because: () => string;
  /** Set where the condition hangs on something that is not in the configuration. */
  readonly unknown: string | null;
}

interface Condition {
  readonly holds: (match: RouteMatch, input: RouteInput, configuration: RouteConfiguration) => Ternary;
  readonly because: (match: RouteMatch, input: RouteInput) => string;
}

/** Null where every condition holds. Chance comes last, so that it is drawn only where it decides. */
export function failedCondition(
  match: RouteMatch,
  input: RouteInput,
  configuration: RouteConfiguration,
): FailedCondition | null {
  let open: FailedCondition | null = null;
  for (const [depth, condition] of CONDITIONS.entries()) {
    const holds = condition.holds(match, input, configuration);
    if (holds === true) continue;
    const failed = {
      depth,
      because: () => condition.because(match, input),
      unknown: isUnknown(holds) ? holds.unknown : null,
    };
    if (!isUnknown(holds)) return failed;
    open ??= failed;
  }
  return open;
}

const CONDITIONS: readonly Condition[] = [
  {
    holds: (match, { message }) => match.grpc === undefined || isGrpc(message),
    because: () => 'gRPC wanted: the content type is not application/grpc',
  },
  {
    holds: (match, { headers }) => firstOpen((match.headers ?? []).map((matcher) => matchHeader(matcher, headers))),
    because: (match, { headers }) => {
      for (const matcher of match.headers ?? []) {
        const result = matchHeader(matcher, headers);
        if (result !== true) return describeHeaderMiss(matcher, headers, result);
      }
      return 'headers do not match';
    },
  },
  {
    holds: (match, { query }) =>
      firstOpen((match.query_parameters ?? []).map((matcher) => matchQueryParameter(matcher, query))),
    because: (match, { query }) => {
      const failed = (match.query_parameters ?? []).find((matcher) => matchQueryParameter(matcher, query) !== true);
      const came = query.get(failed?.name ?? '');
      return `${describeQueryParameter(failed ?? {})} wanted, ${came === undefined ? 'it is not there' : `came ${JSON.stringify(came)}`}`;
    },
  },
  {
    holds: (match, { headers }) => firstOpen((match.cookies ?? []).map((cookie) => matchCookie(cookie, headers))),
    because: (match) => `cookies ${(match.cookies ?? []).map((cookie) => cookie.name ?? '').join(', ')} do not match`,
  },
  {
    holds: (match, { tls }) => matchTls(match.tls_context, tls),
    because: () => 'the client certificate is not as tls_context wants it',
  },
  {
    holds: (match, { metadata }) => firstOpen(metadataOf(match).map((one) => matchOwn(one, metadata))),
    because: (match, { metadata }) => metadataMiss(metadataOf(match), metadata),
  },
  {
    holds: (match) => (match.filter_state ?? []).length === 0 || unknown('filter state that other filters set'),
    because: () => 'hangs on filter state',
  },
  { holds: matchPath, because: (match, { message }) => pathMiss(match, message) },
  {
    holds: (match, { decisions }) => matchFraction(match.runtime_fraction?.default_value, decisions),
    because: () => 'left out by chance (runtime_fraction)',
  },
];

function metadataOf(match: RouteMatch): readonly MetadataMatcher[] {
  return match.dynamic_metadata ?? [];
}

function matchOwn(matcher: MetadataMatcher, metadata: RouteInput['metadata']): Ternary {
  return matchMetadata(matcher, metadata(matcher.filter ?? ''));
}

function metadataMiss(matchers: readonly MetadataMatcher[], metadata: RouteInput['metadata']): string {
  const failed = matchers.find((one) => matchOwn(one, metadata) !== true) ?? {};
  const came = describeMetadataValue(failed, metadata(failed.filter ?? ''), matchOwn(failed, metadata));
  return `${describeMetadataMatcher(failed)} wanted, ${came}`;
}

function firstOpen(results: readonly Ternary[]): Ternary {
  return results.find((result) => result === false) ?? results.find((result) => result !== true) ?? true;
}

function matchCookie(cookie: NonNullable<RouteMatch['cookies']>[number], headers: HeaderView): Ternary {
  const value = cookieValue(headers.values('cookie'), cookie.name ?? '');
  const holds = isUnknown(value) ? value : value !== null && matchString(cookie.string_match ?? {}, value);
  return cookie.invert_match === true ? not(holds) : holds;
}

function matchTls(wanted: RouteMatch['tls_context'], tls: RouteInput['tls']): Ternary {
  if (wanted === undefined) return true;
  const presented = tls?.presented ?? false;
  if (wanted.presented !== undefined && wanted.presented !== presented) return false;
  return wanted.validated === undefined || wanted.validated === (tls?.validated ?? false);
}

function matchFraction(percent: FractionalPercent | undefined, decisions: Draws): boolean {
  if (percent === undefined) return true;
  const share = fractionOf(percent);
  if (share <= 0 || share >= 1) return share >= 1;
  const drawn = decisions.draw([
    { label: 'within the runtime fraction', share },
    { label: 'outside the runtime fraction', share: 1 - share },
  ]);
  return drawn === 0;
}

function matchPath(match: RouteMatch, { message }: RouteInput, configuration: RouteConfiguration): Ternary {
  if (match.connect_matcher !== undefined) return message.method === 'CONNECT';
  if (message.path === '') return false;
  const whole = pathOnly(message.path);
  const path = configuration.ignore_path_parameters_in_path_matching === true ? (whole.split(';')[0] ?? '') : whole;
  const fold = (text: string): string => (match.case_sensitive === false ? asciiLower(text) : text);
  if (match.prefix !== undefined) return fold(path).startsWith(fold(match.prefix));
  if (match.path !== undefined) return fold(path) === fold(match.path);
  if (match.path_separated_prefix !== undefined) {
    const prefix = fold(match.path_separated_prefix);
    return fold(path) === prefix || fold(path).startsWith(`${prefix}/`);
  }
  if (match.safe_regex !== undefined) return fullMatch(match.safe_regex.regex ?? '', path);
  if (match.path_match_policy !== undefined) return matchPolicy(match, whole);
  return true;
}

function matchPolicy(match: RouteMatch, path: string): Ternary {
  const policy = match.path_match_policy;
  if (!messageTypeOf(policy?.typed_config).endsWith('.UriTemplateMatchConfig')) {
    return unknown(`the path matcher ${policy?.name ?? ''}`);
  }
  const { path_template: template } = messageOf<{ path_template?: string }>(policy?.typed_config);
  return matchUriTemplate(template ?? '', path) !== null;
}

/** A route's conditions in words. */
export function describeMatch(match: RouteMatch): string {
  const parts = [
    describePath(match),
    ...(match.grpc === undefined ? [] : ['gRPC']),
    ...(match.headers ?? []).map(describeHeaderMatcher),
    ...(match.query_parameters ?? []).map(describeQueryParameter),
    ...metadataOf(match).map(describeMetadataMatcher),
  ];
  return parts.join('; ');
}

/** What a route's path condition is, in words. */
export function describePath(match: RouteMatch): string {
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
  return `${describePath(match)} wanted, came ${came}`;
}
