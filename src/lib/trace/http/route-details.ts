/** A route's settings that act on a request, as label and text. */
import type { TypedExtension } from '../../envoy/any';
import type { HttpConnectionManager } from '../../envoy/listener';
import type {
  RequestMirrorPolicy,
  Route,
  RouteAction,
  RouteConfiguration,
  VirtualHost,
  WeightedClusterEntry,
} from '../../envoy/route';
import type { HeaderChanges } from '../../http/header-changes';
import type { HttpMessage } from '../../http/message';
import type { RouteInput } from '../../http/route-input';
import { fractionOf, percentText } from '../../match/fraction';
import { shownValue } from '../../secrets/redact';
import { effectiveRetry, retryText } from './retries';
import { ownAuthority, rewrittenPath, unknownRewrite } from './rewrite';
import { timeoutDetails } from './timeouts';

type Detail = readonly [label: string, text: string];

/** What stands above a route. */
export interface RouteLevels {
  readonly manager: HttpConnectionManager;
  readonly virtualHost: VirtualHost;
  readonly configuration: RouteConfiguration;
}

/** What a route that leads to a cluster does to the request and for it. */
export function routeDetails(route: Route, levels: RouteLevels, input: RouteInput): readonly Detail[] {
  return route.route === undefined ? [] : actionDetails(route, route.route, levels, input);
}

function actionDetails(
  route: Route,
  action: RouteAction,
  { manager, virtualHost, configuration }: RouteLevels,
  { message, headers }: RouteInput,
): readonly Detail[] {
  const policy = action.retry_policy ?? virtualHost.retry_policy;
  const retry = effectiveRetry(policy, message, headers);
  const mirrors =
    action.request_mirror_policies ??
    virtualHost.request_mirror_policies ??
    configuration.request_mirror_policies ??
    [];
  return [
    ...rewriteDetails(route, action, message),
    ...timeoutDetails(manager, action, policy?.per_try_timeout, message),
    ...(action.idle_timeout === undefined ? [] : ([['idle timeout', action.idle_timeout]] as const)),
    ...(retry === null ? [] : ([['retries', retryText(retry)]] as const)),
    ...mirrors.map((mirror): Detail => ['mirror', mirrorText(mirror)]),
    ...(action.hash_policy ?? []).map((policy): Detail => ['hash policy', hashText(policy)]),
    ...(action.priority === 'HIGH' ? ([['priority', 'HIGH']] as const) : []),
    ...headerDetails([route, virtualHost, configuration]),
  ];
}

function rewriteDetails(route: Route, action: RouteAction, message: HttpMessage): readonly Detail[] {
  const details: Detail[] = [];
  const path = message.path === '' ? '' : rewrittenPath(route, action, message);
  if (path !== message.path) details.push(['path rewrite', `${message.path} → ${path}`]);
  const authority = hostRewriteText(action, message);
  if (authority !== null) details.push(['host rewrite', authority]);
  if (action.path_rewrite_policy !== undefined && path === message.path) {
    details.push(['path rewrite', nameOf(action.path_rewrite_policy)]);
  }
  return details;
}

/** The authority that is sent; null where it stays as it is: a header that rewrites may not be there. */
function hostRewriteText(action: RouteAction, message: HttpMessage): string | null {
  if (action.auto_host_rewrite === true) return "the upstream host's name";
  const header = action.host_rewrite_header ?? '';
  if (header !== '' && unknownRewrite(action, message) !== null) return `the header ${header}`;
  const authority = ownAuthority(action, message, '');
  if (authority === null) return null;
  if (header !== '') return `${shownValue(header, authority)}, from the header ${header}`;
  return action.host_rewrite_path_regex === undefined ? authority : `${authority}, from the path`;
}

function nameOf(extension: TypedExtension): string {
  return extension.name ?? 'an extension';
}

function mirrorText(mirror: RequestMirrorPolicy): string {
  const name = (mirror.cluster ?? '') === '' ? `the header ${mirror.cluster_header ?? ''}` : (mirror.cluster ?? '');
  const fraction = mirror.runtime_fraction?.default_value;
  return fraction === undefined ? name : `${name}, ${percentText(fractionOf(fraction))}`;
}

interface HashPolicy {
  readonly header?: { readonly header_name?: string };
  readonly cookie?: { readonly name?: string; readonly ttl?: string };
  readonly query_parameter?: { readonly name?: string };
  readonly connection_properties?: { readonly source_ip?: boolean };
  readonly filter_state?: { readonly key?: string };
  readonly terminal?: boolean;
}

function hashText(raw: Readonly<Record<string, unknown>>): string {
  const policy = raw as HashPolicy;
  const terminal = policy.terminal === true ? ' (the last where it is there)' : '';
  if (policy.header !== undefined) return `header ${policy.header.header_name ?? ''}${terminal}`;
  if (policy.cookie !== undefined) return `cookie ${policy.cookie.name ?? ''}${terminal}`;
  if (policy.query_parameter !== undefined) return `query parameter ${policy.query_parameter.name ?? ''}${terminal}`;
  if (policy.connection_properties?.source_ip === true) return `source IP${terminal}`;
  return `${policy.filter_state === undefined ? 'other' : `filter state ${policy.filter_state.key ?? ''}`}${terminal}`;
}

/** Headers that levels of a route add and remove. */
function headerDetails(levels: readonly (HeaderChanges | null)[]): readonly Detail[] {
  return levels.flatMap((level): readonly Detail[] => [
    ...(level?.request_headers_to_remove ?? []).map((name): Detail => ['removes header', name]),
    ...(level?.request_headers_to_add ?? []).map(({ header }): Detail => [
      'adds header',
      `${header?.key ?? ''}: ${shownValue(header?.key ?? '', header?.value ?? '')}`,
    ]),
  ]);
}

/** What the entry of a weighted cluster does to the request before the route's own changes. */
export function weightedDetails(weighted: WeightedClusterEntry | null): readonly Detail[] {
  const authority = weighted?.host_rewrite_literal ?? '';
  return [...(authority === '' ? [] : [['host rewrite', authority] as const]), ...headerDetails([weighted])];
}
