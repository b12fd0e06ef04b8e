/**
 * Which hosts cannot lead to a destination, told by their virtual hosts without a walk: of a mesh with hundreds of Services all but a
 * few are such. Nothing is told of a virtual host or a connection manager that may send requests elsewhere than its routes say.
 */
import { messageTypeOf } from '../envoy/any';
import { httpManagers } from '../envoy/http-managers';
import type { HttpConnectionManager } from '../envoy/listener';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Route, RouteConfiguration, VirtualHost } from '../envoy/route';
import { watching } from '../match/watch';
import type { Trace } from '../trace/model';
import { chooseVirtualHost } from '../trace/http/virtual-host';
import type { Observed } from './explore';
import { type AskedRequests, Recorder } from './recorder';

/** HTTP filters that answer or let through, and change neither the host nor the route. */
const KEEPS_ROUTE =
  /\.(?:router\.v3\.Router|cors\.v3\.Cors|fault\.v3\.HTTPFault|rbac\.v3\.RBAC|jwt_authn\.v3\.JwtAuthentication|grpc_stats\.v3\.FilterConfig)$|^stats\.PluginConfig$|^io\.istio\.http\.peer_metadata\.Config$|^istio\.envoy\.config\.filter\.http\.alpn\./;

/** Of one destination of one sender. */
export class OtherHosts {
  readonly #config: ProxyConfig;
  readonly #leads: (cluster: string) => boolean;
  readonly #known = new Map<VirtualHost, boolean>();
  #routes: RouteConfiguration | null = null;

  /** @param leads whether requests to a cluster may end where it is wanted */
  constructor(config: ProxyConfig, leads: (cluster: string) => boolean) {
    this.#config = config;
    this.#leads = leads;
  }

  /** Takes from a walk of a request to the destination which routes all of them are given to. */
  learn(trace: Trace, recorder: Recorder): void {
    const [hop] = trace.hops;
    const routes = recorder.routesAsSent;
    if (this.#routes !== null || routes === null || hop?.listener == null) return;
    const own = httpManagers(this.#config).filter(({ listener }) => listener.name === hop.listener?.name);
    // Whichever of the listener's chains it was.
    if (own.length > 0 && own.every(({ manager }) => keepsRoute(manager))) this.#routes = routes;
  }

  /** Null where a walk must tell. */
  judge(authority: string, asked: AskedRequests, sent: object): Observed<boolean> | null {
    if (this.#routes === null) return null;
    const recorder = new Recorder(asked);
    recorder.beginsWith(sent);
    const routes = this.#routes;
    const { chosen } = watching(recorder, () => chooseVirtualHost(routes, authority, 0));
    if (chosen !== null && this.#mayLead(chosen.host)) return null;
    return { conditions: recorder.conditions, unsplit: recorder.unsplit, result: false };
  }

  #mayLead(host: VirtualHost): boolean {
    const known = this.#known.get(host);
    if (known !== undefined) return known;
    const clusters = host.matcher === undefined ? (host.routes ?? []).map(clustersOf) : [null];
    const found = clusters.some((names) => names === null || names.some((name) => this.#leads(name)));
    this.#known.set(host, found);
    return found;
  }
}

function keepsRoute(manager: HttpConnectionManager): boolean {
  return (
    (manager.early_header_mutation_extensions ?? []).length === 0 &&
    (manager.http_filters ?? []).every(({ typed_config: config }) => KEEPS_ROUTE.test(messageTypeOf(config)))
  );
}

/** The clusters that a route sends requests to; null where it does not say. */
function clustersOf({ route, redirect, direct_response: direct }: Route): readonly string[] | null {
  if (redirect !== undefined || direct !== undefined) return [];
  if (route === undefined || 'internal_redirect_policy' in route || 'internal_redirect_action' in route) return null;
  if (route.cluster !== undefined) return [route.cluster];
  const weighted = route.weighted_clusters?.clusters;
  const names = weighted?.map(({ name }) => name ?? null);
  return names === undefined || names.includes(null) ? null : names.flatMap((name) => name ?? []);
}
