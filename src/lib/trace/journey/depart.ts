/** Where a request begins: at an application behind its sidecar's rules, or in front of a proxy's port. */
import { targetPortOf } from '../../mesh/address-book';
import type { ProxyConfig } from '../../envoy/proxy-config';
import { ending } from '../hop/ending';
import { listenerIndex } from '../listener/listener-index';
import { redirectedTo } from '../listener/accept';
import { roleOf } from '../listener/role';
import { step } from '../hop/record';
import { isLoopback } from '../../match/cidr';
import type { DestinationSource } from '../facts/destination';
import type { StepFacts } from '../facts/step';
import type { Direction, IpPort } from '../model';
import type { RequestPlan } from '../request/plan';
import type { Destination } from '../request/destination';
import { arrive, isOwnAddress } from './arrive';
import { applicationUser, capture, type PodRules, rulesOf } from './capture';
import { departAmbient } from './ztunnel-departure';
import { HBONE_PORT } from '../ztunnel/walk';
import { tunnelTo } from './tunnel';
import { rulesTextOf, type JourneyContext } from './journey-context';
import {
  connectionOf,
  type ConnectionContent,
  contentOf,
  leftBy,
  type Place,
  type Sender,
  type Tunnelled,
} from './place';

/** The direction that a query means where it does not say: outbound from a sidecar, into a gateway or a waypoint. */
export function modeOf(config: ProxyConfig, mode: Direction | undefined): Direction {
  if (mode !== undefined) return mode;
  const role = roleOf(config);
  if (role === 'router') return 'gateway';
  return role === 'waypoint' ? 'waypoint' : 'outbound';
}

/** Whether connections come to a proxy's own ports, with no rules before them: a gateway of another product than Istio. */
function isMetDirectly(config: ProxyConfig): boolean {
  return config.proxyType === null && roleOf(config) === 'router';
}

export interface Departure {
  readonly mode: Direction;
  readonly plan: RequestPlan;
  readonly destination: Destination;
  readonly sourceIp: string | null;
}

/** The first place that the request comes to. */
export function depart(context: JourneyContext, departure: Departure): Place {
  switch (departure.mode) {
    case 'inbound':
      return isMetDirectly(context.mesh.source)
        ? enterBound(context, departure, contentOf(departure.plan), null)
        : departInbound(context, departure);
    case 'gateway':
      return enterBound(context, departure, contentOf(departure.plan), null);
    case 'waypoint':
      return departToWaypoint(context, departure);
    default:
      return departOutbound(context, departure);
  }
}

/** OUTPUT decides whether Envoy sees it. */
function departOutbound(context: JourneyContext, { plan, destination, sourceIp }: Departure): Place {
  const { mesh, query } = context;
  const config = mesh.source;
  const entry = config.id === null ? null : mesh.book.podOf(config.id);
  const sender: Sender = { config, entry, ip: sourceIp };
  const to = destination.address;
  const ambient = departAmbient(context, { plan, destination, sourceIp });
  if (ambient !== null) return ambient;
  const rules = rulesOf(config, rulesTextOf(mesh, config.id), entry);
  const home = isOwnAddress(to.ip, sender);
  const { fate, step: taken } = capture(rules, 'OUTPUT', {
    protocol: 'tcp',
    source: { ip: isLoopback(to.ip) ? to.ip : sourceIp },
    destination: to,
    inInterface: null,
    outInterface: home ? 'lo' : 'eth0',
    uid: query.uid ?? applicationUser(entry) ?? somebody(rules),
    gid: query.gid ?? null,
  });
  const parcel = { ...contentOf(plan), to, from: sender, inner: null };
  switch (fate.kind) {
    case 'redirected':
      return redirected(context, departOf(plan, to, sourceIp), { ...fate, fromHere: true }, taken);
    case 'passed': {
      if (isTakenAsCaptured(context, rules.derivedFrom !== null, to)) {
        const cause = { kind: 'taken-as-captured', to } as const;
        const asked = step('iptables', 'noted', taken.name, cause, { details: taken.details });
        return redirected(
          context,
          departOf(plan, to, sourceIp),
          { port: OUTBOUND_PORT, transparent: false, fromHere: true },
          asked,
        );
      }
      return leftBy([taken], arrive(context, parcel));
    }
    case 'rewritten':
      return leftBy([taken], arrive(context, { ...parcel, to: { ip: fate.ip, port: fate.port } }));
    case 'dropped':
      return { kind: 'ended', ending: ending('failed', 'no-next-hop', taken.cause), steps: [taken] };
    case 'unknown':
      return { kind: 'ended', ending: ending('unknown', 'unknown-input', taken.cause), steps: [taken] };
  }
}

/** An application's user where nobody says who that is: the rules that a mesh writes ask alone whether it is Envoy, which it is not. */
function somebody({ derivedFrom }: PodRules): number | null {
  return derivedFrom?.kind === 'mesh' ? 0 : null;
}

const OUTBOUND_PORT = 15001;
const INBOUND_PORT = 15006;

interface Bare extends ConnectionContent {
  readonly to: IpPort;
  readonly sourceIp: string | null;
}

function departOf(plan: RequestPlan, to: IpPort, sourceIp: string | null): Bare {
  return { ...contentOf(plan), to, sourceIp };
}

/** --original-dst together with --mode says that iptables redirected the connection, so no rules are asked. */
function isTakenAsCaptured({ query }: JourneyContext, isDerived: boolean, to: IpPort): boolean {
  const isTold = query.mode === 'outbound' && query.originalDst !== undefined;
  return isTold && isDerived && query.uid === undefined && query.gid === undefined && isLoopback(to.ip);
}

function redirected(
  { mesh }: JourneyContext,
  bare: Bare,
  { port, transparent, fromHere }: { readonly port: number; readonly transparent: boolean; readonly fromHere: boolean },
  taken: StepFacts,
): Place {
  const { to, sourceIp } = bare;
  const entry = { kind: 'redirected', port, transparent, fromHere } as const;
  const content = contentOf(bare);
  const config = mesh.source;
  const own = listenerIndex(config).at(redirectedTo({ destination: to }, entry));
  if (own === null && port !== OUTBOUND_PORT && port !== INBOUND_PORT) {
    return { kind: 'reached', what: { kind: 'own-port', port }, steps: [taken] };
  }
  const inbound = own?.entry.resource.traffic_direction === 'INBOUND' || port === INBOUND_PORT;
  return {
    kind: 'proxy',
    stop: {
      config,
      id: config.id,
      direction: inbound ? 'inbound' : 'outbound',
      arrival: {
        ...content,
        connection: connectionOf(to, sourceIp, content),
        entry,
        inner: null,
      },
    },
    steps: [taken],
  };
}

/** From outside the pod to its sidecar. */
function departInbound(context: JourneyContext, { plan, destination, sourceIp }: Departure): Place {
  const { mesh } = context;
  const config = mesh.source;
  const entry = config.id === null ? null : mesh.book.podOf(config.id);
  const rules = rulesOf(config, rulesTextOf(mesh, config.id), entry);
  const to = destination.address;
  const { fate, step: taken } = capture(rules, 'PREROUTING', {
    protocol: 'tcp',
    source: { ip: sourceIp },
    destination: to,
    inInterface: 'eth0',
    outInterface: null,
    uid: null,
    gid: null,
  });
  if (fate.kind === 'redirected') return redirectedInbound(context, departOf(plan, to, sourceIp), fate, taken);
  if (fate.kind === 'dropped')
    return { kind: 'ended', ending: ending('failed', 'no-next-hop', taken.cause), steps: [taken] };
  if (fate.kind === 'unknown')
    return { kind: 'ended', ending: ending('unknown', 'unknown-input', taken.cause), steps: [taken] };
  const place = arrive(context, { ...contentOf(plan), to, from: { config, entry, ip: sourceIp }, inner: null });
  return { ...place, steps: [taken, ...place.steps] };
}

function redirectedInbound(
  context: JourneyContext,
  bare: Bare,
  fate: { readonly port: number; readonly transparent: boolean },
  taken: StepFacts,
): Place {
  const place = redirected(context, bare, { ...fate, fromHere: false }, taken);
  return place.kind === 'proxy' ? { ...place, stop: { ...place.stop, direction: 'inbound' } } : place;
}

function enterBound(
  { mesh }: JourneyContext,
  { destination, sourceIp, mode }: Departure,
  content: ConnectionContent,
  inner: Tunnelled | null,
): Place {
  const config = mesh.source;
  const to = destination.address;
  return {
    kind: 'proxy',
    stop: {
      config,
      id: config.id,
      direction: mode,
      arrival: {
        ...content,
        connection: connectionOf(to, sourceIp, content),
        entry: { kind: 'bound' },
        inner,
      },
    },
    steps: [],
  };
}

/** ztunnel opens a tunnel to the waypoint; what is inside is addressed to the Service or pod. */
function departToWaypoint(context: JourneyContext, departure: Departure): Place {
  const { plan, destination } = departure;
  const tunnel = tunnelTo(destination.address, context.query.sourcePrincipal);
  const inner = { ...contentOf(plan), destination: destination.address };
  const to = { ip: context.mesh.source.ip ?? destination.address.ip, port: HBONE_PORT };
  return enterBound(context, { ...departure, destination: { ...destination, address: to } }, tunnel, inner);
}

/**
 * The port that a gateway has bound for a port of its Service: by the Service where it is known, else Istio's usual
 * 8080 and 8443 for 80 and 443.
 */
export function boundPort(
  { source, book }: JourneyContext['mesh'],
  port: number,
): { port: number; found: DestinationSource | null } {
  const index = listenerIndex(source);
  const entry = source.id === null ? null : book.podOf(source.id);
  for (const service of entry === null ? [] : book.servicesOf(entry)) {
    const found = service.ports.find((one) => one.port === port);
    const target = found === undefined || entry === null ? null : targetPortOf(entry.pod, found);
    if (target !== null) {
      return { port: target, found: { kind: 'port-of-service', port, service: service.name, target } };
    }
  }
  if (index.onPort(port).length > 0) return { port, found: null };
  const usual = port === 80 ? 8080 : port === 443 ? 8443 : port;
  if (usual === port || index.onPort(usual).length === 0) return { port, found: null };
  return { port: usual, found: { kind: 'usual-port', port, usual } };
}
