/** istioctl's short texts for route matches and actions. */
import type { Route, RouteConfiguration, RouteMatch } from '../envoy/route';
import type { FieldMask } from '../scan/field-mask';

/** The fields of a route match that its text is made from. */
export const MATCH: FieldMask = { prefix: true, path_separated_prefix: true, path: true, safe_regex: true };

/** The fields of an inline route configuration that its text is made from. */
export const INLINE_ROUTES: FieldMask = {
  virtual_hosts: { domains: true, routes: { match: MATCH, route: { cluster: true } } },
};

/** The path of a route match; headers, parameters and methods are not in it. */
export function matchText(match: RouteMatch | undefined): string {
  if ((match?.prefix ?? '') !== '') return `${match?.prefix ?? ''}*`;
  if (match?.path_separated_prefix !== undefined) return `PathPrefix:${match.path_separated_prefix}`;
  if (match?.path !== undefined) return match.path;
  if (match?.safe_regex !== undefined) return `regex ${match.safe_regex.regex ?? ''}`;
  return '';
}

/** A cluster as a destination: bare where it is one of Istio's own `…Cluster`s. */
export function clusterText(name: string): string {
  return name.includes('Cluster') ? name : `Cluster: ${name}`;
}

/** An inline route configuration in one cell. */
export function inlineRouteText(configuration: RouteConfiguration): string {
  const hosts = configuration.virtual_hosts ?? [];
  const [host] = hosts;
  const [route] = host?.routes ?? [];
  const isPlain = hosts.length === 1 && host?.domains?.join() === '*' && host.routes?.length === 1;
  const cluster = isPlain && route?.match?.prefix === '/' ? route.route?.cluster : undefined;
  if (cluster !== undefined) return clusterText(cluster);
  return `Inline Route: ${hosts.map((one) => hostText(one.domains ?? [], one.routes ?? [])).join('; ')}`;
}

function hostText(domains: readonly string[], routes: readonly Route[]): string {
  const names = domains.length === 1 && domains[0] === '*' ? '' : `${domains.join('/')} `;
  return names + routes.map((route) => matchText(route.match)).join(', ');
}
