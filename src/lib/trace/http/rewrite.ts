/**
 * The request as a route sends it on: path, authority and headers rewritten.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routeaction
 */
import { messageOf, messageTypeOf } from '../../envoy/any';
import type { Route, RouteAction, WeightedClusterEntry } from '../../envoy/route';
import { replaceAll } from '../../match/regex';
import { isUnknown, type Unknown, unknown } from '../../match/ternary';
import { type Rewrite, watcher } from '../../match/watch';
import { matchUriTemplate } from '../../match/uri-template';
import {
  firstHeader,
  type HeaderValue,
  type HttpMessage,
  joinedHeader,
  pathOnly,
  withHeader,
} from '../../http/message';

/** The part of the path that the route's match takes, which a prefix rewrite replaces: all of it but for prefixes. */
export function matchedPart(route: Route, message: HttpMessage): string {
  const path = pathOnly(message.path);
  const prefix = route.match?.prefix ?? route.match?.path_separated_prefix;
  return prefix === undefined ? path : path.slice(0, prefix.length);
}

/** The path that goes upstream, query kept. */
export function rewrittenPath(route: Route, action: RouteAction, message: HttpMessage): string {
  const path = pathOnly(message.path);
  const query = message.path.slice(path.length);
  if ((action.prefix_rewrite ?? '') !== '') {
    return `${action.prefix_rewrite ?? ''}${message.path.slice(matchedPart(route, message).length)}`;
  }
  if (action.regex_rewrite !== undefined) {
    const replaced = replacedPath(action.regex_rewrite, path);
    return replaced === null ? message.path : replaced + query;
  }
  const template = templateRewrite(route, action, path);
  return template === null ? message.path : template + query;
}

/**
 * A path as an expression rewrites it; null where it leaves it. Its surprise: a path of which nothing would be left stays as it is.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (regex_rewrite)
 */
export function replacedPath(rewrite: NonNullable<RouteAction['regex_rewrite']>, path: string): string | null {
  const pattern = rewrite.pattern?.regex;
  const replaced = pattern === undefined ? '' : replaceAll(pattern, path, rewrite.substitution ?? '');
  return replaced === '' ? null : replaced;
}

const TEMPLATE = '.UriTemplateRewriteConfig';

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/path/rewrite/uri_template/v3/uri_template_rewrite.proto */
function templateRewrite(route: Route, action: RouteAction, path: string): string | null {
  const policy = action.path_rewrite_policy?.typed_config;
  if (!messageTypeOf(policy).endsWith(TEMPLATE)) return null;
  const { path_template_rewrite: rewrite } = messageOf<{ path_template_rewrite?: string }>(policy);
  const match = route.match?.path_match_policy?.typed_config;
  const { path_template: template } = messageOf<{ path_template?: string }>(match);
  const variables = matchUriTemplate(template ?? '', path);
  if (variables === null || rewrite === undefined) return null;
  return rewrite.replace(/\{([^{}]*)\}/g, (_whole, name: string) => variables.get(name) ?? '');
}

/** What host rewriting goes by beside the route. */
export interface HostRewrite {
  readonly weighted: WeightedClusterEntry | null;
  /** The host name of the upstream host that was chosen; empty where it has none. */
  readonly hostname: string;
  /** Whether the router keeps the path and the authority that came in no headers (`suppress_envoy_headers`). */
  readonly isSilent: boolean;
}

/** The authority that the route gives the request, after that of a weighted cluster; null where it leaves it. */
export function ownAuthority(action: RouteAction, message: HttpMessage, hostname: string): string | null {
  return given(action.host_rewrite_literal) ?? given(hostFrom(action, message, hostname));
}

function given(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** What a header that rewrites says; one that is not known has ended the walk before (`unknownRewrite`). */
function headerText(value: HeaderValue | null): string {
  return typeof value === 'string' ? value : '';
}

/** What path or authority are made of where that is not known; null where everything is. */
export function unknownRewrite(action: RouteAction, message: HttpMessage): Unknown | null {
  const policy = messageTypeOf(action.path_rewrite_policy?.typed_config);
  if (policy !== '' && !policy.endsWith(TEMPLATE)) return unknown(`the path that ${policy} makes of the request's`);
  const header = given(action.host_rewrite_literal) === null ? given(action.host_rewrite_header) : null;
  const value = header === null ? null : firstHeader(message, header);
  return isUnknown(value) ? value : null;
}

function hostFrom(action: RouteAction, message: HttpMessage, hostname: string): string {
  const header = given(action.host_rewrite_header);
  if (header !== null) return headerText(firstHeader(message, header));
  const regex = action.host_rewrite_path_regex;
  const pattern = regex?.pattern?.regex;
  if (pattern !== undefined) return replaceAll(pattern, pathOnly(message.path), regex?.substitution ?? '');
  return action.auto_host_rewrite === true ? hostname : '';
}

/** The request with path and authority as the route rewrites them, the former ones kept in headers as Envoy does. */
export function rewritten(route: Route, action: RouteAction, message: HttpMessage, host: HostRewrite): HttpMessage {
  const path = message.path === '' ? '' : rewrittenPath(route, action, message);
  watcher()?.rewrites({ ...rewriteOf(route, action, message, host), sentOn: path });
  const isKept = rewritesPath(action, message) && !host.isSilent;
  const moved = { ...(isKept ? withHeader(message, 'x-envoy-original-path', message.path) : message), path };
  // What a weighted cluster's own rewrite replaces is kept in no header.
  const weighted = given(host.weighted?.host_rewrite_literal);
  const before = weighted === null ? moved : { ...moved, authority: weighted };
  const own = ownAuthority(action, message, host.hostname);
  if (own === null) return before;
  return withAuthority(before, own, { keeps: !host.isSilent, forwards: action.append_x_forwarded_host === true });
}

/** What the route changes, for who asks which requests end alike. */
function rewriteOf(
  route: Route,
  action: RouteAction,
  message: HttpMessage,
  host: HostRewrite,
): Omit<Rewrite, 'sentOn'> {
  const last = given(action.host_rewrite_literal) ?? given(host.weighted?.host_rewrite_literal);
  const other = action.host_rewrite_header ?? action.host_rewrite_path_regex;
  const isMade = other !== undefined && given(action.host_rewrite_literal) === null;
  const isNamed = action.auto_host_rewrite === true && host.hostname !== '';
  const authority = isMade ? 'other' : last !== null || isNamed ? 'literal' : 'kept';
  return { path: pathRewriteOf(route, action, message), authority };
}

function pathRewriteOf(route: Route, action: RouteAction, message: HttpMessage): Rewrite['path'] {
  const { prefix_rewrite: by = '' } = action;
  if (!rewritesPath(action, message)) return { kind: 'kept' };
  if (by === '') return { kind: 'other' };
  const prefix = route.match?.prefix ?? route.match?.path_separated_prefix;
  return prefix === undefined ? { kind: 'whole' } : { kind: 'prefix', length: matchedPart(route, message).length, by };
}

/** Whether the route has a rewrite at all, be it one that changes nothing of this path. */
function rewritesPath(
  { prefix_rewrite: prefix = '', regex_rewrite: regex, path_rewrite_policy: policy }: RouteAction,
  { path }: HttpMessage,
): boolean {
  const isReplaced = regex !== undefined && replacedPath(regex, pathOnly(path)) !== null;
  return prefix !== '' || isReplaced || policy !== undefined;
}

/** What becomes of the authority that came: kept in a header of its own, and behind those that proxies before had. */
interface Former {
  readonly keeps: boolean;
  readonly forwards: boolean;
}

/** The former authority is kept where the new one is the same, too. */
function withAuthority(before: HttpMessage, authority: string, { keeps, forwards }: Former): HttpMessage {
  const former = before.authority ?? '';
  if (former === '') return { ...before, authority };
  const moved = { ...before, authority };
  const kept = keeps ? withHeader(moved, 'x-envoy-original-host', former) : moved;
  return forwards ? withHeader(kept, 'x-forwarded-host', forwardedHosts(kept, former)) : kept;
}

/** The former authority behind those that are there, unless it is the last of them already. */
function forwardedHosts(message: HttpMessage, former: string): HeaderValue {
  const there = joinedHeader(message, 'x-forwarded-host');
  if (there === null || isUnknown(there)) return there ?? former;
  const hosts = there.split(',').filter((host) => host !== '');
  return hosts.at(-1) === former ? there : [...(there === '' ? [] : [there]), former].join(',');
}
