/** One request through the real configuration of every proxy on its way: the verdict, and why. */
import { certificateOf } from '../http/connection-facts';
import { isUnknown } from '../match/ternary';
import { type WatchedClient, watcher } from '../match/watch';
import { targetPortOf } from '../mesh/address-book';
import { BUT_ENDPOINTS, waysOf } from './branches';
import type { ExplainOptions } from './explain-options';
import { Decisions } from './decisions';
import { boundPort, type Departure, modeOf } from './journey/depart';
import { type Journey, walkJourney } from './journey/journey';
import { nameOf } from './journey/walk-proxy';
import { isBound, listenerIndex } from './listener/listener-index';
import { inboundListener } from './listener/role';
import { isAnyAddress } from '../match/cidr';
import type { Cause } from './facts/step';
import type { Direction, IpPort, TracedRequest, TraceFacts } from './model';
import { type Destination, destinationOf, ELSEWHERE, toldDestination } from './request/destination';
import { planRequest, type RequestPlan } from './request/plan';
import type { TraceQuery } from './request/query';
import type { KnownMesh } from './known-mesh';
import type { ProxyId } from '../proxy-id';

export interface TraceOptions {
  readonly explain: ExplainOptions;
  /** Whether to walk the other ways that it can go, too. */
  readonly allBranches: boolean;
  /** Whether other endpoints of the same cluster are left out of them. */
  readonly butEndpoints?: boolean;
}

export interface Traced {
  readonly trace: TraceFacts;
  /** Why it ends as it does, where no step says so. */
  readonly cause: Cause;
}

/**
 * Traces one request. Throws UsageError for a query that cannot be understood, NeedsProxy where a configuration and
 * NeedsObjects where an object of the cluster is still to be fetched: fetch it and ask again.
 */
export function trace(mesh: KnownMesh, query: TraceQuery, options: TraceOptions): Traced {
  const plan = planRequest(query);
  const departure = departureOf(mesh, query, plan);
  const walk = (decisions: Decisions): Journey => {
    watcher()?.begins(plan.message, clientOf(plan, query, departure));
    return walkJourney({ mesh, query, decisions, explain: options.explain }, departure);
  };
  const others = options.butEndpoints === true ? BUT_ENDPOINTS : undefined;
  const decisions = new Decisions();
  const main = walk(decisions);
  const untold = {
    request: tracedRequest(query, plan, departure, mesh),
    ...main.outcome,
    hops: main.hops,
    ...(options.allBranches ? waysOf(main, decisions, walk, others) : { branches: [] }),
  };
  return { trace: untold, cause: main.cause };
}

function clientOf({ tls }: RequestPlan, query: TraceQuery, { sourceIp, mode }: Departure): WatchedClient {
  const { claims, sourcePrincipal } = query;
  // What comes to a waypoint comes in a tunnel, which has the caller's certificate.
  const certificate = mode === 'waypoint' ? certificateOf(sourcePrincipal) : tls?.certificate;
  const uris = certificate?.uriSans ?? [];
  return { sourceIp, tls, principal: isUnknown(uris) ? null : (uris[0] ?? null), claims: claims ?? null };
}

function departureOf(mesh: KnownMesh, query: TraceQuery, plan: RequestPlan): Departure {
  const { source, book } = mesh;
  const mode = modeOf(source, query.mode);
  const own = source.ip ?? (source.id === null ? null : (book.podOf(source.id)?.ips[0] ?? workloadIp(mesh, source.id)));
  const destination = destinationFor(mode, { mesh, query, plan, own });
  return { mode, plan, destination, sourceIp: query.sourceIp ?? (mode === 'outbound' ? own : null) };
}

function workloadIp({ ztunnel }: KnownMesh, id: ProxyId): string | null {
  return ztunnel?.workloadOf(id)?.workloadIps?.[0] ?? null;
}

interface Question {
  readonly mesh: KnownMesh;
  readonly query: TraceQuery;
  readonly plan: RequestPlan;
  /** The proxy's own address. */
  readonly own: string | null;
}

function destinationFor(mode: Direction, { mesh, query, plan, own }: Question): Destination {
  const { source, book } = mesh;
  const ztunnel = mesh.callerHasNoEnvoy === true ? (mesh.ztunnel ?? null) : null;
  const where = { config: source, book, ztunnel, namespace: source.id?.namespace ?? null };
  if (query.originalDst !== undefined || mode === 'outbound' || mode === 'waypoint') {
    return destinationOf(query, plan.url, where);
  }
  const { port } = plan.url;
  const told = toldDestination(query, plan.url);
  if (told !== null && isBoundFor(mesh, told.address)) return told;
  return mode === 'gateway' ? atGateway({ mesh, own }, port) : atPod({ mesh, own }, plan.url.host, port);
}

function atGateway({ mesh, own }: Pick<Question, 'mesh' | 'own'>, port: number): Destination {
  const bound = boundPort(mesh, port);
  const ip = own ?? boundAddress(mesh, bound.port);
  return { address: { ip, port: bound.port }, found: bound.found ?? { kind: 'own-address', of: 'gateway' } };
}

function atPod({ mesh, own }: Pick<Question, 'mesh' | 'own'>, host: string, port: number): Destination {
  const target = targetPort(mesh, host, port) ?? port;
  const ip = own ?? boundAddress(mesh, inboundListener(mesh.source)?.port ?? target);
  return { address: { ip, port: target }, found: { kind: 'own-address', of: 'pod' } };
}

/**
 * The address that a proxy listens on at a port, for one whose own is not known: its listeners tell where they are bound to it. Where they
 * take any address, one that stands for it.
 */
function boundAddress({ source }: KnownMesh, port: number): string {
  const [first] = listenerIndex(source).onPort(port);
  return first === undefined || isAnyAddress(first.address.ip) ? ELSEWHERE : first.address.ip;
}

/** Whether a listener takes connections to exactly this address: no Service's or load balancer's in front of the proxy. */
function isBoundFor({ source, book }: KnownMesh, address: IpPort): boolean {
  const found = book.serviceAt(address.ip) === null ? listenerIndex(source).at(address) : null;
  return found !== null && isBound(found.entry.resource);
}

/** The pod's port behind a Service's, where the URL names a Service that selects this pod; null otherwise. */
function targetPort({ source, book }: KnownMesh, host: string, port: number): number | null {
  const entry = source.id === null ? null : book.podOf(source.id);
  const service = book.serviceNamed(host, source.id?.namespace ?? null);
  if (entry === null || service === null || !book.isBehind(entry, service)) return null;
  const found = service.ports.find((one) => one.port === port);
  return found === undefined ? null : targetPortOf(entry.pod, found);
}

function tracedRequest(
  query: TraceQuery,
  { message, url }: RequestPlan,
  { destination, mode, sourceIp }: Departure,
  { source }: KnownMesh,
): TracedRequest {
  return {
    method: message?.method ?? null,
    url: query.url,
    authority: message === null ? null : message.authority,
    path: message?.path ?? null,
    protocol: url.scheme,
    headers: message?.headers ?? [],
    destination: destination.address,
    source: { proxy: mode === 'outbound' ? nameOf(source.id) : null, ip: sourceIp },
  };
}
