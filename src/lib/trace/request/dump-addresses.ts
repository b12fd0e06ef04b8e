/** Addresses of hosts as an Envoy's own configuration gives them away. */
import { isIP } from 'node:net';
import { parseIstioClusterName } from '../../envoy/cluster';
import { domainsOf, inlineDomains } from '../../envoy/entry-keys';
import { isServing } from '../../envoy/serving';
import { messageOf, messageTypeOf } from '../../envoy/any';
import type { LbEndpoint } from '../../envoy/endpoint';
import type { FilterChain, HttpConnectionManager, Listener, TcpProxy } from '../../envoy/listener';
import type { ProxyConfig } from '../../envoy/proxy-config';
import type { RouteConfiguration, VirtualHost } from '../../envoy/route';
import { isAnyAddress } from '../../match/cidr';
import type { LookedUp } from '../facts/destination';

export interface DumpAddresses {
  /** Empty where the host is known and its address is not. */
  readonly ips: readonly string[];
  readonly as: LookedUp;
}

/**
 * Addresses of a host: those that istiod writes among the domains of its virtual host (cluster IPs and allocated ones),
 * the address of a listener that goes to its cluster, or its cluster's endpoints. Null where the dump does not know it.
 */
export function addressesInDump(config: ProxyConfig, host: string, port: number): DumpAddresses | null {
  let known: readonly string[] | null = null;
  const patterns = (): readonly string[] => (known ??= patternsOn(config, port));
  for (const name of searched(config, host)) {
    const found = addressesOf(config, name, port, patterns);
    if (found !== null) return found;
  }
  return null;
}

/** The name itself, then what a resolver makes of it with the search path of the pod's own namespace. */
function searched({ node }: ProxyConfig, host: string): readonly string[] {
  const domain = node.id?.split('~')[3] ?? '';
  const labels = domain.split('.');
  const path = domain === '' ? [] : labels.map((_label, index) => labels.slice(index).join('.')).slice(0, 3);
  return [host, ...path.map((suffix) => `${host}.${suffix}`)];
}

/** @param patterns see patternsOn: asked for only where nothing else knows the host */
function addressesOf(
  config: ProxyConfig,
  host: string,
  port: number,
  patterns: () => readonly string[],
): DumpAddresses | null {
  const hosts = virtualHostsOf(config, host, port);
  const ips = [...new Set(hosts.flatMap(({ domains = [] }) => domains.flatMap(literalIn)))];
  if (ips.length > 0) return { ips, as: { kind: 'virtual-host', host } };
  const names = new Set([host, ...hosts.flatMap(({ domains = [] }) => domains.map(hostOf))]);
  const listening = listenersFor(config, names, port);
  if (listening.length > 0) return { ips: listening, as: { kind: 'listener', host } };
  const endpoints = endpointsFor(config, names, port);
  if (endpoints !== null && endpoints.length > 0) return { ips: endpoints, as: { kind: 'endpoint', host } };
  const isKnown = hosts.length > 0 || endpoints !== null || patterns().some((pattern) => isTaken(pattern, host));
  return isKnown ? { ips: [], as: { kind: 'host-without-address', host } } : null;
}

/** What may take a host that is asked for on this port: the domains of virtual hosts, and the server names of chains. */
function patternsOn(config: ProxyConfig, port: number): readonly string[] {
  const domains = config.routesNamed(String(port)).flatMap(({ brief }) => [...domainsOf(brief)]);
  const serverNames = config
    .listenersOnPort(port)
    .flatMap(({ resource }) => chainsOf(resource).flatMap((chain) => chain.filter_chain_match?.server_names ?? []));
  return [...domains, ...serverNames];
}

/** Whether a pattern takes the host, as its name or as a wildcard. */
function isTaken(pattern: string, host: string): boolean {
  const mayTake = pattern.startsWith('*.') || pattern.startsWith('[') || pattern.toLowerCase().startsWith(host);
  if (!mayTake) return false;
  const lower = hostOf(pattern);
  return lower === host || (lower.startsWith('*.') && host.endsWith(lower.slice(1)));
}

/** Every host that the configuration names, for messages. */
export function hostsInDump({ dump }: ProxyConfig): Iterable<string> {
  const hosts = new Set<string>();
  const add = (host: string): void => {
    if (!host.includes('*') && !isAddress(host)) hosts.add(host.endsWith('.') ? host.slice(0, -1) : host);
  };
  for (const { brief } of dump.eachRoute()) for (const domain of domainsOf(brief)) add(hostOf(domain));
  for (const entry of dump.eachListener()) {
    if (isServing(entry)) for (const domain of inlineDomains(entry)) add(hostOf(domain));
  }
  for (const { name } of dump.eachCluster()) {
    const fqdn = parseIstioClusterName(name)?.fqdn ?? '';
    if (fqdn !== '') add(fqdn);
  }
  return hosts;
}

/** Virtual hosts that list the host by its exact name: of the routes of this port where there are any, else of all. */
function virtualHostsOf(config: ProxyConfig, host: string, port: number): readonly VirtualHost[] {
  const listed = [host, `${host}:${port}`].flatMap((domain) => [
    ...config.routesWithDomain(domain).flatMap(({ resource }) => listing(resource, domain)),
    ...config
      .listenersWithDomain(domain)
      .flatMap(({ resource }) => inlineRoutes(resource))
      .flatMap((routes) => listing(routes, domain)),
  ]);
  const ofPort = listed.filter(({ routes }) => routes === String(port) || routes.endsWith(`:${port}`));
  return [...new Set((ofPort.length > 0 ? ofPort : listed).map((one) => one.host))];
}

interface Listed {
  /** Name of the route configuration. */
  readonly routes: string;
  readonly host: VirtualHost;
}

/** Virtual hosts that list the domain, in whatever case, once for each time that they do. */
function listing(routes: RouteConfiguration | null, domain: string): readonly Listed[] {
  return (routes?.virtual_hosts ?? []).flatMap((host) =>
    (host.domains ?? [])
      .filter((own) => own.toLowerCase() === domain)
      .map(() => ({ routes: routes?.name ?? '', host })),
  );
}

function inlineRoutes(listener: Listener | null): readonly RouteConfiguration[] {
  return chainsOf(listener).flatMap(({ filters = [] }) =>
    filters.flatMap(({ typed_config: typed }) =>
      messageTypeOf(typed).endsWith('.HttpConnectionManager')
        ? (messageOf<HttpConnectionManager>(typed).route_config ?? [])
        : [],
    ),
  );
}

function chainsOf(listener: Listener | null): readonly FilterChain[] {
  if (listener === null) return [];
  const { filter_chains: chains = [], default_filter_chain: standard } = listener;
  return standard === undefined ? chains : [...chains, standard];
}

/** Addresses of listeners on the port whose TCP proxy goes to one of the hosts. */
function listenersFor(config: ProxyConfig, names: ReadonlySet<string>, port: number): readonly string[] {
  const found = config.listenersOnPort(port).flatMap((entry) => {
    const { address } = entry.brief?.address?.socket_address ?? {};
    if (address === undefined || isAnyAddress(address)) return [];
    return chainsOf(entry.resource).some((chain) => goesTo(chain, names)) ? [address] : [];
  });
  return [...new Set(found)];
}

function goesTo({ filters = [] }: FilterChain, names: ReadonlySet<string>): boolean {
  return filters.some(({ typed_config: typed }) => {
    const type = messageTypeOf(typed);
    if (type.endsWith('.TcpProxy')) {
      const proxy = messageOf<TcpProxy>(typed);
      const weighted = (proxy.weighted_clusters?.clusters ?? []).map(({ name }) => name ?? '');
      return [proxy.cluster ?? '', ...weighted].some((cluster) =>
        names.has(parseIstioClusterName(cluster)?.fqdn ?? ''),
      );
    }
    if (!type.endsWith('.HttpConnectionManager')) return false;
    // istiod names the route of a service with a listener of its own after the service: `echo.shop.svc.cluster.local:80`.
    const route = messageOf<HttpConnectionManager>(typed).rds?.route_config_name ?? '';
    return names.has(hostOf(route));
  });
}

/** IP addresses of the endpoints of the hosts' cluster on the port; null where there is no such cluster. */
function endpointsFor(config: ProxyConfig, names: ReadonlySet<string>, port: number): readonly string[] | null {
  const found = [...names].flatMap((host) =>
    config.clustersOfHost(host).flatMap(({ name }) => (isPlain(name, port) ? name : [])),
  );
  if (found.length === 0) return null;
  const endpoints = found.flatMap((name) => {
    const assignment = config.assignment(name)?.resource ?? config.cluster(name)?.resource?.load_assignment;
    return (assignment?.endpoints ?? []).flatMap((locality) => locality.lb_endpoints ?? []);
  });
  return [...new Set(endpoints.flatMap(ipOf))];
}

/** Whether a cluster of Istio's is that of the port, not of a subset. */
function isPlain(name: string, port: number): boolean {
  const parsed = parseIstioClusterName(name);
  return parsed?.port === port && parsed.subset === '';
}

function ipOf({ endpoint }: LbEndpoint): readonly string[] {
  const address = endpoint?.address?.socket_address?.address ?? '';
  return isAddress(address) ? [address] : [];
}

/** Whether a text is an IP address: of many names, Node need not be asked. */
function isAddress(text: string): boolean {
  const colon = text.indexOf(':');
  const mayBe = colon < 0 ? /^\d/.test(text) : text.lastIndexOf(':') > colon;
  return mayBe && isIP(text) !== 0;
}

/** The address that a domain is, with a port or without: `10.96.0.10`, `10.96.0.10:9080`, `[fd00::1]:80`. */
function literalIn(domain: string): readonly string[] {
  const host = hostOf(domain);
  return isAddress(host) ? [host] : [];
}

function hostOf(domain: string): string {
  if (isAddress(domain)) return domain;
  const bracketed = domain.startsWith('[') ? /^\[([^\]]*)\](?::\d+)?$/.exec(domain)?.[1] : undefined;
  if (bracketed !== undefined) return bracketed;
  const colon = domain.lastIndexOf(':');
  return (colon < 0 ? domain : domain.slice(0, colon)).toLowerCase();
}
