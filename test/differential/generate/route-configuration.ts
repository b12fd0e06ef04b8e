/** Random route configurations: virtual hosts by name, wildcards and port, as istiod writes them and odder. */
import type { Random } from '../rig/random';
import { headerChanges, virtualClusters } from './header-changes';
import { routeFilters } from './http-filters';
import { extension, type Message, typed } from './message';
import { hedges, route } from './route';
import { DOMAINS, VHOST_HEADER } from './vocabulary';

export function routeConfiguration(random: Random, name: string, clusters: readonly string[]): Message {
  const domains = random.sample(DOMAINS, random.int(8, DOMAINS.length));
  if (random.chance(0.85)) domains.splice(random.int(0, domains.length), 0, '*');
  const hosts: Message[] = [];
  while (domains.length > 0) {
    const taken = domains.splice(0, random.int(1, 4));
    hosts.push(virtualHost(random, `${name}-host-${hosts.length}`, taken, clusters));
  }
  return {
    name,
    virtual_hosts: hosts,
    validate_clusters: false,
    ...random.maybe(0.25, 'ignore_port_in_host_matching', () => true),
    ...random.maybe(0.08, 'ignore_path_parameters_in_path_matching', () => true),
    ...routeFilters(random, 0.03),
    ...random.aside('internal').maybe(0.15, 'internal_only_headers', () => ['x-env', 'End-User']),
    ...headerChanges(random.aside('headers of all'), 0.12),
    ...random.aside('names of hosts').maybe(0.06, 'vhost_header', () => VHOST_HEADER),
    ...random.aside('order').maybe(0.3, 'most_specific_header_mutations_wins', () => true),
  };
}

/** The one virtual host of an inbound port, as istiod writes it. */
export function inboundRoutes(random: Random, port: number, cluster: string): Message {
  const name = `inbound|${port}||`;
  const match = random.chance(0.8) ? { prefix: '/' } : { prefix: '/reviews' };
  const routes = [{ name: 'default', match, route: { cluster, timeout: '0s' }, ...routeFilters(random, 0.1) }];
  return { name, virtual_hosts: [{ name: `inbound|http|${port}`, domains: ['*'], routes }], validate_clusters: false };
}

function virtualHost(random: Random, name: string, domains: readonly string[], clusters: readonly string[]): Message {
  const routes = Array.from({ length: random.int(1, 6) }, (_, index) =>
    route(random, `${name}-route-${index}`, clusters),
  );
  const rest = { name: `${name}-rest`, match: { prefix: '/' }, route: { cluster: random.pick(clusters) } };
  const all = random.chance(0.6) ? [...routes, rest] : routes;
  return {
    name,
    domains,
    ...(random.chance(0.06) ? { matcher: routeTree(random, all) } : { routes: all }),
    ...random.maybe(0.08, 'require_tls', () => random.pick(['ALL', 'EXTERNAL_ONLY'])),
    ...routeFilters(random, 0.05),
    ...headerChanges(random, 0.1),
    ...random.maybe(0.1, 'retry_policy', () => ({ retry_on: '5xx', num_retries: 0 })),
    ...hedges(random.aside('hedges'), 0.06),
    ...virtualClusters(random.aside('virtual clusters'), 0.4),
  };
}

/** A virtual host's matcher tree over a request header, whose leaves are routes or lists of them. */
function routeTree(random: Random, routes: readonly Message[]): Message {
  const input = extension('header', 'envoy.type.matcher.v3.HttpRequestHeaderMatchInput', {
    header_name: random.pick([':path', 'end-user', 'x-env']),
  });
  const leaf = (route: Message): Message => ({
    action: { name: 'route', typed_config: typed('envoy.config.route.v3.Route', route) },
  });
  const list = (some: readonly Message[]): Message => ({
    action: { name: 'routes', typed_config: typed('envoy.config.route.v3.RouteList', { routes: some }) },
  });
  const [first, ...others] = routes;
  const keys = random.sample(['/reviews', 'luffy', '/', 'prod', '/api/v1/products'], 2);
  const map = { [keys[0]!]: leaf(first!), [keys[1]!]: list(routes) };
  const kind = random.chance(0.5) ? 'exact_match_map' : 'prefix_match_map';
  const named = random.aside('domains');
  return {
    matcher_tree: named.chance(0.4) ? byDomain(named, leaf(first!), list(routes)) : { input, [kind]: { map } },
    ...random.maybe(0.7, 'on_no_match', () => (others.length > 0 ? list(others) : leaf(first!))),
  };
}

/** Domains of the authority or of a header, whose letters count as they are. */
function byDomain(random: Random, one: Message, all: Message): Message {
  const input = extension('header', 'envoy.type.matcher.v3.HttpRequestHeaderMatchInput', {
    header_name: random.pick([':authority', ':authority', 'end-user']),
  });
  const names = random.sample(['reviews', 'reviews.bookinfo', '*.bookinfo', '*.com', '*.example.com', '*', 'luffy'], 4);
  const domain_matchers = names.map((name, index) => ({ domains: [name], on_match: index % 2 === 0 ? one : all }));
  return { input, custom_match: extension('domains', 'xds.type.matcher.v3.ServerNameMatcher', { domain_matchers }) };
}
