/** A route's settings that act on a request. */
import type { TypedExtension } from '../../envoy/any';
import type { HttpConnectionManager } from '../../envoy/listener';
import type {
  HashPolicy,
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
import { fractionOf } from '../../match/fraction';
import { shownValue } from '../../secrets/redact';
import type { HeaderSetting, RouteSetting } from '../facts/routing';
import type { ClusterSetting } from '../facts/upstream';
import { effectiveRetry, retryFacts } from './retries';
import { ownAuthority, rewrittenPath, unknownRewrite } from './rewrite';
import { timeoutSettings, triesOf } from './timeouts';

/** What stands above a route. */
export interface RouteLevels {
  readonly manager: HttpConnectionManager;
  readonly virtualHost: VirtualHost;
  readonly configuration: RouteConfiguration;
}

/** What a route that leads to a cluster does to the request and for it. */
export function routeSettings(route: Route, levels: RouteLevels, input: RouteInput): readonly RouteSetting[] {
  return route.route === undefined ? [] : actionSettings(route, route.route, levels, input);
}

function actionSettings(
  route: Route,
  action: RouteAction,
  { manager, virtualHost, configuration }: RouteLevels,
  { message, headers }: RouteInput,
): readonly RouteSetting[] {
  const tries = triesOf(action, virtualHost);
  const retry = effectiveRetry(tries.retry, message, headers);
  const mirrors =
    action.request_mirror_policies ??
    virtualHost.request_mirror_policies ??
    configuration.request_mirror_policies ??
    [];
  return [
    ...rewriteSettings(route, action, message),
    ...timeoutSettings(manager, action, tries, message),
    ...(action.idle_timeout === undefined ? [] : [{ kind: 'idle-timeout' as const, duration: action.idle_timeout }]),
    ...(retry === null ? [] : [{ kind: 'retries' as const, ...retryFacts(retry) }]),
    ...mirrors.map(mirrorSetting),
    ...(action.hash_policy ?? []).map(hashSetting),
    ...(action.priority === 'HIGH' ? [{ kind: 'priority-high' as const }] : []),
    ...headerSettings([route, virtualHost, configuration]),
  ];
}

function rewriteSettings(route: Route, action: RouteAction, message: HttpMessage): readonly RouteSetting[] {
  const path = message.path === '' ? '' : rewrittenPath(route, action, message);
  const isRewritten = path !== message.path;
  const policy = isRewritten ? undefined : action.path_rewrite_policy;
  const host = hostRewrite(action, message);
  return [
    ...(isRewritten ? [{ kind: 'path-rewrite' as const, from: message.path, to: path }] : []),
    ...(host === null ? [] : [host]),
    ...(policy === undefined ? [] : [{ kind: 'path-rewrite-policy' as const, extension: nameOf(policy) }]),
  ];
}

/** The authority that is sent; null where it stays as it is: a header that rewrites may not be there. */
function hostRewrite(action: RouteAction, message: HttpMessage): RouteSetting | null {
  const kind = 'host-rewrite';
  if (action.auto_host_rewrite === true) return { kind, by: 'upstream', header: null, authority: null };
  const header = action.host_rewrite_header ?? '';
  const isOpen = header !== '' && unknownRewrite(action, message) !== null;
  if (isOpen) return { kind, by: 'header', header, authority: null };
  const authority = ownAuthority(action, message, '');
  if (authority === null) return null;
  if (header !== '') return { kind, by: 'header', header, authority: shownValue(header, authority) };
  const by = action.host_rewrite_path_regex === undefined ? 'literal' : 'path';
  return { kind, by, header: null, authority };
}

function nameOf(extension: TypedExtension): string {
  return extension.name ?? 'an extension';
}

function mirrorSetting({ cluster = '', cluster_header: header = '', ...mirror }: RequestMirrorPolicy): RouteSetting {
  const fraction = mirror.runtime_fraction?.default_value;
  const share = fraction === undefined ? null : fractionOf(fraction);
  return { kind: 'mirror', cluster, header: cluster === '' ? header : null, share };
}

function hashSetting({
  terminal,
  header,
  cookie,
  query_parameter: query,
  connection_properties: connection,
  filter_state: state,
}: HashPolicy): RouteSetting {
  const made = (
    by: Extract<RouteSetting, { kind: 'hash-policy' }>['by'],
    name: string | null = null,
  ): RouteSetting => ({
    kind: 'hash-policy',
    isTerminal: terminal === true,
    by,
    name,
  });
  if (header !== undefined) return made('header', header.header_name ?? '');
  if (cookie !== undefined) return made('cookie', cookie.name ?? '');
  if (query !== undefined) return made('query parameter', query.name ?? '');
  if (connection?.source_ip === true) return made('source IP');
  return state === undefined ? made('other') : made('filter state', state.key ?? '');
}

/** Headers that levels of a route add and remove. */
function headerSettings(levels: readonly (HeaderChanges | null)[]): readonly HeaderSetting[] {
  return levels.flatMap((level): readonly HeaderSetting[] => [
    ...(level?.request_headers_to_remove ?? []).map((name) => ({ kind: 'removes-header', name }) as const),
    ...(level?.request_headers_to_add ?? []).map(({ header }): HeaderSetting => {
      const name = header?.key ?? '';
      return { kind: 'adds-header', name, value: shownValue(name, header?.value ?? '') };
    }),
  ]);
}

/** What the entry of a weighted cluster does to the request before the route's own changes. */
export function weightedSettings(weighted: WeightedClusterEntry | null): readonly ClusterSetting[] {
  const authority = weighted?.host_rewrite_literal ?? '';
  const rewrite = { kind: 'host-rewrite', by: 'literal', header: null, authority } as const;
  return [...(authority === '' ? [] : [rewrite]), ...headerSettings([weighted])];
}
