/** What a journey carries along, and the places that a connection can come to. */
import type { ProxyConfig } from '../../envoy/proxy-config';
import type { PodEntry } from '../../mesh/address-book';
import { type ProxyId, proxyName } from '../../proxy-id';
import type { ExplainOptions } from '../choice';
import type { Connection } from '../connection';
import type { Dead } from '../dead';
import type { Decisions } from '../decisions';
import type { StreamState } from '../filters/stream-state';
import type { HttpMessage } from '../http/message';
import type { Entry } from '../listener/entry';
import type { Direction, IpPort, Step } from '../model';
import type { TraceQuery } from '../request/query';
import { NeedsProxy, type World } from '../world';

/** What of something bigger is inside a connection. */
export function contentOf({ tls, payload, payloadFixed, message }: Content): Content {
  return { tls, payload, payloadFixed, message };
}

/** A connection with this inside it. */
export function connectionOf(destination: IpPort, sourceIp: string | null, content: Content): Connection {
  const { tls, payload, payloadFixed } = content;
  return { destination, source: { ip: sourceIp ?? '', port: null }, tls, payload, payloadFixed };
}

/** Constant through one walk. */
export interface Travel {
  readonly world: World;
  readonly query: TraceQuery;
  readonly decisions: Decisions;
  readonly explain: ExplainOptions;
}

/** What is inside a connection: TLS, and a request or bytes in it. */
export interface Content {
  readonly tls: Connection['tls'];
  readonly payload: Connection['payload'];
  /** Whether the HTTP version stays even where ALPN agrees on HTTP/2. */
  readonly payloadFixed: boolean;
  readonly message: HttpMessage | null;
}

/** What a CONNECT tunnel carries, and where that is addressed. */
export interface Tunnelled extends Content {
  readonly destination: IpPort;
}

/** What comes to a proxy. */
export interface Arrival extends Content {
  readonly connection: Connection;
  readonly entry: Entry;
  /** What a CONNECT tunnel carries; null where what comes is no tunnel. */
  readonly inner: Tunnelled | null;
  /** What filters of a listener before this one set. */
  readonly state?: StreamState;
}

/** A proxy, and what comes to it. */
export interface Stage {
  readonly config: ProxyConfig;
  readonly id: ProxyId | null;
  readonly direction: Direction;
  readonly arrival: Arrival;
}

/** Where a connection comes to, and how: `left` on the sender's side, `steps` on the side of the place. */
export type Place = { readonly left?: readonly Step[]; readonly steps: readonly Step[] } & (
  | { readonly kind: 'proxy'; readonly stage: Stage }
  /** No proxy stands in the way: an application, a host outside, a proxy that is not known. */
  | { readonly kind: 'reached'; readonly what: string }
  | { readonly kind: 'dead'; readonly dead: Dead }
);

/** The place with steps on the sender's side before it. */
export function leftBy(steps: readonly Step[], place: Place): Place {
  return { ...place, left: [...steps, ...(place.left ?? [])] };
}

/** Who sends a connection on its way. */
export interface Sender {
  readonly config: ProxyConfig | null;
  readonly entry: PodEntry | null;
  readonly ip: string | null;
}

/** A proxy's configuration; null where it cannot be had. Throws NeedsProxy where nobody has fetched it. */
export function configOf(world: World, id: ProxyId): ProxyConfig | null {
  const own = world.source.id;
  if (own !== null && proxyName(own) === proxyName(id)) return world.source;
  const config = world.configOf(id);
  if (config === undefined) throw new NeedsProxy([id]);
  return config;
}

/** A pod's iptables rules as text; null where they are not to be had. */
export function rulesTextOf(world: World, id: ProxyId | null): string | null {
  if (id === null) return null;
  const text = world.iptablesOf(id);
  if (text === undefined) throw new NeedsProxy([id]);
  return text;
}

/** Whether a pod has an Envoy beside it; null where that is not known. */
export function hasSidecar({ pod }: PodEntry): boolean | null {
  if (pod === null) return true;
  const names = [...pod.containers, ...pod.initContainers].map(({ name }) => name);
  if (names.includes('istio-proxy') || pod.annotations['sidecar.istio.io/status'] !== undefined) return true;
  // istiod's injector writes this label; endpoints are then called with mutual TLS.
  if (pod.labels['security.istio.io/tlsMode'] === 'istio') return true;
  return names.length === 0 ? null : false;
}

/** Whether ztunnel takes a pod's traffic. https://istio.io/latest/docs/ambient/architecture/traffic-redirection/ */
export function isAmbient({ pod }: PodEntry): boolean {
  return pod?.annotations['ambient.istio.io/redirection'] === 'enabled';
}
