/** From a connection to the listener that serves it: the bound listener, its filters, and the hand-off. */
import { productOf } from '../../envoy/product';
import { configOrigin } from '../../envoy/product-origin';
import {
  isBound,
  type ListenerAtAddress,
  type ListenerEntry,
  listenerIndex,
  type ListenerIndex,
} from './listener-index';
import { refuseOldApi } from '../../envoy/old-api';
import { absentListener } from './absent-listener';
import { runListenerFilters, type SocketState } from './listener-filters';
import type { ProxyConfig } from '../../envoy/proxy-config';
import type { HopContext } from '../hop/context';
import type { Connection } from '../connection';
import type { Detected, Peer } from '../../http/connection-facts';
import { type HopRecord, step, unevaluated } from '../hop/record';
import { familyOf } from '../../match/cidr';
import { ipPortText } from '../../match/ip-port';
import type { ListenerCause } from '../facts/listener';
import type { MissOf } from '../facts/step';
import type { IpPort } from '../model';
import type { EntryPoint } from '../hop/context';
import { type Ending, ending } from '../hop/ending';

export type { EntryPoint } from '../hop/context';

export interface Accepted {
  readonly entry: ListenerEntry;
  readonly detected: Detected;
  /** The local address that filter chains match and filters see. */
  readonly local: IpPort;
  /** Whether that is an original destination that was restored. */
  readonly restored: boolean;
  /** The connection as its filter chain meets it: the source as a PROXY protocol header named it. */
  readonly source: Peer;
  /** Whether such a header is still in front of the bytes, so that they are no HTTP and no TLS. */
  readonly hasProxyHeader: boolean;
  /** A listener filter that is not known, and may decide; null where there is none. */
  readonly open: string | null;
}

const NOTHING_DETECTED: Detected = { transportProtocol: '', serverName: '', applicationProtocols: [] };

/** Finds the listener and runs the listener filters; fills in the hop's listener and steps. */
export function accept(
  context: HopContext,
  connection: Connection,
  how: EntryPoint,
  record: HopRecord,
): Accepted | Ending {
  const index = listenerIndex(context.config);
  const first = firstListener(index, connection, how);
  if (first === null)
    return noListener({ index, config: context.config, limit: context.explain.limit }, connection, how, record);
  const start: SocketState = {
    detected: NOTHING_DETECTED,
    local: localAddress(connection, how, first),
    restored: false,
    proxyHeader: connection.proxyHeader ?? null,
    source: null,
  };
  const mayHandOff = how.kind === 'redirected' || connection.proxyHeader?.destination !== undefined;
  return serve({ context, index, connection, record }, first, start, mayHandOff);
}

interface Work {
  readonly context: HopContext;
  readonly index: ListenerIndex;
  readonly connection: Connection;
  readonly record: HopRecord;
}

function serve(work: Work, found: ListenerAtAddress, start: SocketState, mayHandOff: boolean): Accepted | Ending {
  const { context, index, connection, record } = work;
  const { entry } = found;
  const { steps, closed, open, ...state } = runListenerFilters(entry.resource, entry.pointer, connection, start);
  const next =
    mayHandOff && closed === null && state.restored && entry.resource.use_original_dst === true
      ? index.at(state.local)
      : null;
  if (next !== null && next.entry !== entry) {
    const cause = { kind: 'hands-over', address: found.address, destination: state.local } as const;
    record.add(step('listener', 'passed', entry.name, cause, { config: entry.pointer }));
    record.addAll(steps);
    return serve(work, next, state, false);
  }
  refuseOldApi(context.config, entry);
  const handsOff = entry.resource.use_original_dst === true;
  const wanted = mayHandOff && !handsOff ? { ip: state.local.ip, port: found.address.port } : state.local;
  const { rejected, rejectedCount } = rejectedListeners(index, entry, wanted, context.explain.limit);
  const cause = whyListener(found, state, handsOff && mayHandOff);
  const origin = configOrigin(entry.resource.metadata);
  record.add(
    step('listener', 'matched', entry.name, cause, {
      config: entry.pointer,
      rejected,
      rejectedCount,
      origin,
      ...unevaluated([entry.resource, 'Listener']),
    }),
  );
  record.addAll(steps);
  record.fill({ listener: { name: entry.name, address: addressText(entry, found) } });
  if (closed !== null) return ending('failed', closed.reason, closed.cause);
  if (state.proxyHeader !== null) record.add(step('listener-filters', 'noted', null, { kind: 'proxy-header-left' }));
  return {
    entry,
    detected: state.detected,
    local: state.local,
    restored: state.restored,
    source: state.source ?? connection.source,
    hasProxyHeader: state.proxyHeader !== null,
    open,
  };
}

function addressText(entry: ListenerEntry, found: ListenerAtAddress): string {
  return entry.resource.internal_listener === undefined ? ipPortText(found.address) : `envoy://${entry.name}`;
}

function whyListener({ entry, address }: ListenerAtAddress, state: SocketState, couldHandOff: boolean): ListenerCause {
  if (entry.resource.internal_listener !== undefined) return { kind: 'internal-listener' };
  if (couldHandOff && !state.restored) return { kind: 'destination-not-restored' };
  if (couldHandOff) return { kind: 'no-listener-of-its-own', destination: state.local };
  return address.ip === state.local.ip
    ? { kind: 'listens-on', address }
    : { kind: 'wildcard-address', port: address.port };
}

function firstListener(index: ListenerIndex, connection: Connection, how: EntryPoint): ListenerAtAddress | null {
  switch (how.kind) {
    case 'internal': {
      const entry = index.internal(how.listener);
      return entry === null ? null : { entry, address: connection.destination };
    }
    case 'bound': {
      const found = index.at(connection.destination);
      return found !== null && isBound(found.entry.resource) ? found : null;
    }
    case 'redirected': {
      const own = index.at(redirectedTo(connection, how));
      return own !== null && isBound(own.entry.resource) ? own : null;
    }
  }
}

/**
 * Where netfilter's REDIRECT sends a connection: to the loopback address what was sent on this machine, everything else to the
 * address of the interface that it comes in by, which is the pod's. https://man7.org/linux/man-pages/man8/iptables-extensions.8.html (REDIRECT)
 */
export function redirectedTo(
  { destination: { ip } }: Pick<Connection, 'destination'>,
  { port, transparent, fromHere }: Extract<EntryPoint, { kind: 'redirected' }>,
): IpPort {
  if (fromHere !== true || transparent) return { ip, port };
  return { ip: familyOf(ip) === 6 ? '::1' : '127.0.0.1', port };
}

/** Before the original destination is restored: the redirect's target, or the true destination with TPROXY. */
function localAddress(connection: Connection, how: EntryPoint, first: ListenerAtAddress): IpPort {
  if (how.kind !== 'redirected' || how.transparent) return connection.destination;
  return { ip: first.address.ip, port: how.port };
}

interface Searched {
  readonly index: ListenerIndex;
  readonly config: ProxyConfig;
  readonly limit: number;
}

function noListener(
  { index, config, limit }: Searched,
  { destination }: Connection,
  how: EntryPoint,
  record: HopRecord,
): Ending {
  const wanted = how.kind === 'redirected' ? redirectedTo({ destination }, how) : destination;
  const { rejected, rejectedCount } = rejectedListeners(index, null, wanted, limit);
  if (how.kind === 'internal') {
    const cause = { kind: 'no-internal-listener', name: how.listener } as const;
    record.add(step('listener', 'missed', null, cause, { rejected, rejectedCount }));
    return ending('failed', 'no-listener', cause);
  }
  const absent = absentListener(config, wanted);
  if (absent === null && productOf(config) === 'cilium') {
    const open = { kind: 'listener-open', address: wanted } as const;
    record.add(step('listener', 'unknown', null, open, { rejected, rejectedCount }));
    return ending('unknown', 'unknown-input', open);
  }
  const cause = { kind: 'no-listener', address: wanted, absent: absent?.listener ?? null } as const;
  const place = absent === null ? {} : { config: absent.pointer };
  record.add(step('listener', 'missed', absent?.listener.name ?? null, cause, { rejected, rejectedCount, ...place }));
  return ending('failed', 'no-listener', cause);
}

/** Those of the same port first; of the others, only their number. */
function rejectedListeners(
  index: ListenerIndex,
  chosen: ListenerEntry | null,
  wanted: IpPort,
  limit: number,
): { readonly rejected: readonly MissOf<'listener'>[]; readonly rejectedCount: number } {
  const samePort = index.onPort(wanted.port).filter(({ entry }) => entry !== chosen);
  const rejected: MissOf<'listener'>[] = samePort.slice(0, limit).map(({ entry, address }) => ({
    name: entry.name,
    cause: { kind: 'other-address', address, wanted: isMoreGeneral(chosen, address) ? null : wanted },
  }));
  if (rejected.length < limit) {
    for (const entry of index.entries) {
      if (rejected.length >= limit) break;
      const [address] = addressesOfEntry(entry);
      if (entry === chosen || address === undefined || address.port === wanted.port) continue;
      rejected.push({ name: entry.name, cause: { kind: 'other-port', port: address.port, wanted: wanted.port } });
    }
  }
  return { rejected, rejectedCount: index.entries.length - (chosen === null ? 0 : 1) };
}

function addressesOfEntry(entry: ListenerEntry): readonly IpPort[] {
  const socket = entry.brief?.address?.socket_address;
  return socket === undefined ? [] : [{ ip: socket.address ?? '', port: socket.port_value ?? 0 }];
}

function isMoreGeneral(chosen: ListenerEntry | null, address: IpPort): boolean {
  return chosen !== null && (address.ip === '0.0.0.0' || address.ip === '::');
}
