/**
 * The walk of one request through one Envoy: listener, filter chain, network filters, HTTP, cluster, endpoint.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/life_of_a_request
 */
import type { Connection } from './connection';
import { ending, isEnding } from './hop/ending';
import type { ConnectionFacts } from '../http/connection-facts';
import { inspectsStandardMethods } from '../envoy/version-behavior';
import { isKnownMethod } from '../http/methods';
import type { HopArrival, HopContext, HopEnd, HopWalk } from './hop/context';
import { HopRecord, step } from './hop/record';
import { connectionStream } from '../http/stream-facts';
import { StreamState } from '../http/stream-state';
import type { HttpMessage } from '../http/message';
import { accept, type Accepted } from './listener/accept';
import { chooseFilterChain } from './listener/filter-chain';
import { type Inside, terminateTls } from './listener/tls-termination';
import { endBeforeHandshake, runChain } from './tcp/network-chain';

/** Walks a request through a proxy; what was decided is in the hop, how it goes on in the end. */
export function walkHop(context: HopContext, arrival: HopArrival, record: HopRecord): HopWalk {
  const end = walk(context, arrival, record);
  return { hop: record.toHop(), end };
}

function walk(context: HopContext, arrival: HopArrival, record: HopRecord): HopEnd {
  const { connection: sent, entry, message } = arrival;
  const accepted = accept(context, { ...sent, overlooked: isOverlooked(context, message) }, entry, record);
  if (isEnding(accepted)) return accepted;
  const end = within(context, accepted, arrival, record);
  const isOpen = accepted.open !== null && !(end.kind === 'end' && end.outcome.verdict === 'unknown');
  return isOpen ? openByListenerFilter(accepted.open, record) : end;
}

/** A listener filter that is not known may have closed the connection before, or made another of it. */
function openByListenerFilter(filter: string, record: HopRecord): HopEnd {
  const input = `what the listener filter ${filter} does with the connection, which is not evaluated`;
  const cause = { kind: 'listener-filter-open', input } as const;
  record.add(step('listener-filters', 'unknown', null, cause));
  return ending('unknown', 'unknown-input', cause);
}

/** The connection once a listener has it. */
function within(
  context: HopContext,
  accepted: Accepted,
  { connection: sent, message, state, again }: HopArrival,
  record: HopRecord,
): HopEnd {
  const connection = accepted.hasProxyHeader ? behindProxyHeader(sent) : sent;
  const { restored } = accepted;
  const facts = factsOf(connection, accepted, null);
  const matched = connectionStream(facts, new StreamState(state ?? null));
  const chain = chooseFilterChain(accepted.entry, matched, record, context.explain.limit);
  if (isEnding(chain)) return chain;
  const filterChain = chain.chain.name ?? '';
  const handshake = new HopRecord(context.proxy, context.direction);
  const inside = terminateTls(context, chain, connection, handshake);
  const made = { context, restored, cluster: null, forward: null, isAgain: again !== undefined, state: state ?? null };
  if (isEnding(inside)) {
    const unread = { connection: { ...facts, filterChain }, payload: connection.payload, message: null, opaque: null };
    const before = endBeforeHandshake(chain, { ...made, ...unread }, record);
    if (before !== null) return before;
    record.addAll(handshake.toHop().steps);
    return inside;
  }
  record.addAll(handshake.toHop().steps);
  const stream = {
    ...made,
    connection: { ...factsOf(connection, accepted, inside), filterChain },
    payload: inside.payload,
    message: messageInside(message, inside),
    opaque: inside.opaque,
  };
  return runChain(chain, stream, inside, record);
}

/** Where nobody takes a PROXY protocol header off, it is part of the bytes, which are neither TLS nor HTTP then. */
function behindProxyHeader(connection: Connection): Connection {
  return { ...connection, tls: null, payload: 'tcp' };
}

/** Before 1.39 the HTTP inspector knows the standard methods alone. */
function isOverlooked({ config }: HopContext, message: HttpMessage | null): boolean {
  return (
    message !== null &&
    message.protocol !== 'HTTP/2' &&
    !isKnownMethod(message.method) &&
    inspectsStandardMethods(config)
  );
}

/** @param inside what TLS that was terminated holds; null before a chain is chosen */
function factsOf(
  connection: Connection,
  { local, detected, source }: Accepted,
  inside: Inside | null,
): ConnectionFacts {
  return {
    local,
    directSource: connection.source,
    source,
    detected,
    tls: (inside?.terminated ?? null) === null ? null : { certificate: inside?.terminated?.client.certificate ?? null },
  };
}

/** ALPN may have made HTTP/2 of what was planned as HTTP/1.1. */
function messageInside(message: HttpMessage | null, { payload }: Inside): HttpMessage | null {
  if (message === null) return null;
  const protocol = payload === 'http/2' ? 'HTTP/2' : payload === 'http/1.0' ? 'HTTP/1.0' : 'HTTP/1.1';
  return { ...message, protocol };
}
