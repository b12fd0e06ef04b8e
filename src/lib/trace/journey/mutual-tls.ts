/** Whether two proxies agree on TLS: what the one offers, what the other's filter chain asks for. */
import { downstreamTlsContext } from '../../envoy/tls-context';
import type { FilterChain } from '../../envoy/listener';
import { listenerIndex } from '../listener/listener-index';
import { step } from '../hop/record';
import type { Cause, StepFacts, TlsRefusal } from '../facts/step';
import type { HopFacts } from '../model';
import type { Stop } from './place';
import type { ProxyWalk } from './walk-proxy';

/** The step that says how the client's and the server's side meet; null where there is nothing to say. */
export function meetingStep({ config, arrival }: Stop, { hop, end }: ProxyWalk): StepFacts | null {
  const { tls } = arrival.connection;
  const side = serverSide(config, hop);
  const who = hop.proxy ?? 'the server';
  const refused =
    end.kind === 'end' && (end.outcome.reason === 'no-filter-chain' || end.outcome.reason === 'tls-error');
  if (refused) return step('tls', 'ended', hop.listener?.name ?? null, refusal(tls !== null, who, end.cause));
  if (side === null) return null;
  if (tls === null) return side.tls ? null : step('tls', 'noted', null, { kind: 'taken-in-plain-text', who });
  if (!side.tls)
    return step('tls', 'noted', null, { kind: 'goes-through-unopened', who, sni: tls.sni, alpn: tls.alpn });
  const isMutual = side.requiresCertificate && tls.certificate !== null;
  return step('tls', 'matched', null, { kind: 'agreed', who, isMutual });
}

/** Why the server's side refuses, as the client's hop says it. */
function refusal(isTls: boolean, who: string, why: Cause): TlsRefusal {
  return { kind: 'refused-by', who, isTls, why };
}

interface ServerSide {
  readonly tls: boolean;
  readonly requiresCertificate: boolean;
}

/** What the filter chain that was taken asks for; null where none was. */
function serverSide(config: Stop['config'], hop: HopFacts): ServerSide | null {
  const { listener, filterChain } = hop;
  if (listener === null || filterChain === null) return null;
  const found = listenerIndex(config).entries.find(({ name }) => name === listener.name)?.resource;
  const chain: FilterChain | undefined = filterChain.default
    ? found?.default_filter_chain
    : found?.filter_chains?.[filterChain.index ?? -1];
  if (chain === undefined) return null;
  const context = downstreamTlsContext(chain.transport_socket);
  return { tls: context !== null, requiresCertificate: context?.require_client_certificate === true };
}
