/** One proxy from where a connection comes in to where it goes out, through its internal listeners. */
import type { ProxyId } from '../../proxy-id';
import { proxyName } from '../../proxy-id';
import { ending } from '../hop/ending';
import { StreamState } from '../../http/stream-state';
import { walkHop } from '../walk-hop';
import type { Forward, HopContext, HopEnd } from '../hop/context';
import { HopRecord } from '../hop/record';
import { parseIpPort } from '../../match/ip-port';
import { isUnknown } from '../../match/ternary';
import type { StepFacts } from '../facts/step';
import { type HopFacts, type IpPort, PRODUCT } from '../model';
import type { ProxyConfig } from '../../envoy/proxy-config';
import { productOf } from '../../envoy/product';
import { tunnelTo } from './tunnel';
import { type JourneyContext } from './journey-context';
import { type Arrival, connectionOf, contentOf, type Stop, type Tunnelled } from './place';

/** A forward that leaves the proxy. */
export type Leaving = Forward & { readonly to: Extract<Forward['to'], { readonly ip: string }> };

type Internal = Extract<Forward['to'], { readonly internal: string }>;

export interface ProxyWalk {
  readonly hop: HopFacts;
  readonly end:
    | Extract<HopEnd, { kind: 'end' }>
    | { readonly kind: 'forward'; readonly forward: Leaving; readonly inner: Tunnelled | null };
}

/** Internal listeners that hand on to each other: no more than this. */
const MOST_LISTENERS = 8;

/**
 * Walks a proxy. Its hop shows the listener that handles the request itself: neither the one that ends a tunnel before it,
 * nor the one that opens a tunnel behind it; their steps are there.
 */
export function walkProxy(journey: JourneyContext, stop: Stop, before: readonly StepFacts[]): ProxyWalk {
  const context = contextOf(journey, stop);
  const product = productMark(stop.config);
  const steps: StepFacts[] = [...before];
  let main: HopFacts | null = null;
  let arrival = stop.arrival;
  for (let count = 0; count < MOST_LISTENERS; count += 1) {
    const record = new HopRecord(context.proxy, stop.direction);
    const walk = walkHop(context, arrival, record);
    for (const step of walk.hop.steps) steps.push(step);
    if (main === null && arrival.inner === null) main = walk.hop;
    const hop = { ...(main ?? walk.hop), ...product, steps };
    if (walk.end.kind === 'end') return { hop, end: walk.end };
    const { forward } = walk.end;
    if (!('internal' in forward.to)) return { hop, end: leaving(forward, forward.to, arrival) };
    arrival = handedOver(forward, forward.to, arrival);
  }
  const end = ending('failed', 'no-listener', { kind: 'listeners-go-round' });
  return { hop: { ...(main ?? new HopRecord(context.proxy, stop.direction).toHop()), ...product, steps }, end };
}

function contextOf({ mesh, query, decisions, explain }: JourneyContext, { config, id, direction }: Stop): HopContext {
  return {
    config,
    proxy: nameOf(id),
    direction,
    book: mesh.book,
    decisions,
    explain,
    claims: query.claims ?? null,
    rightCredentials: query.rightCredentials === true,
    now: mesh.now,
    capturedAt: mesh.capturedAt ?? null,
  };
}

/** What a hop says of who configured its proxy; nothing of one that Istio did. */
export function productMark(config: ProxyConfig): Pick<HopFacts, typeof PRODUCT> {
  const product = productOf(config);
  return product === 'istio' ? {} : { [PRODUCT]: product };
}

/** A proxy as `pod.namespace`; null where it is not known. */
export function nameOf(id: ProxyId | null): string | null {
  return id === null ? null : proxyName(id);
}

/** What an internal listener gets: the inside of a tunnel that ends here, a tunnel that begins here, or the request as it was forwarded. */
function handedOver(forward: Forward, to: Internal, arrival: Arrival): Arrival {
  const { connection, inner } = arrival;
  const content = forward.isTunnel === true ? contentOf(tunnelled(forward, arrival)) : (inner ?? contentOf(forward));
  return {
    ...content,
    connection: {
      ...connectionOf(destinationBehind(forward, to) ?? inner?.destination ?? connection.destination, null, content),
      source: connection.source,
    },
    entry: { kind: 'internal', listener: to.internal },
    inner: null,
    state: stateBehind(forward, to),
  };
}

function stateBehind({ state }: Forward, { metadata }: Internal): StreamState {
  const behind = new StreamState(state ?? null);
  for (const [namespace, fields] of metadata) behind.setMetadata(namespace, fields);
  return behind;
}

/** Where filters say that an internal connection is addressed. */
const LOCAL_ADDRESS = 'envoy.filters.listener.original_dst.local_ip';

function destinationBehind({ state }: Forward, to: Internal): IpPort | null {
  const named = state?.filterState(LOCAL_ADDRESS) ?? null;
  return to.destination ?? (typeof named === 'string' ? parseIpPort(named) : null);
}

/** A TCP proxy that tunnels sends CONNECT in HTTP/2; what it got goes inside. */
function leaving(forward: Forward, to: Leaving['to'], arrival: Arrival): ProxyWalk['end'] {
  if (forward.isTunnel !== true) return { kind: 'forward', forward: { ...forward, to }, inner: null };
  return {
    kind: 'forward',
    forward: { ...tunnelled(forward, arrival), to },
    inner: { ...contentOf(arrival), destination: arrival.connection.destination },
  };
}

/** What is sent on, as the tunnel around it. */
function tunnelled(forward: Forward, { connection }: Arrival): Forward {
  const uris = forward.tls?.certificate?.uriSans ?? [];
  const tunnel = tunnelTo(connection.destination, isUnknown(uris) ? undefined : uris[0]);
  return { ...forward, ...tunnel, tls: forward.tls ?? tunnel.tls };
}
