/** Whether two proxies agree on TLS: what the one offers, what the other's filter chain asks for. */
import { downstreamTlsContext } from '../../envoy/tls-context';
import type { FilterChain } from '../../envoy/listener';
import { listenerIndex } from '../listener/listener-index';
import { step } from '../hop/record';
import type { Hop, Step } from '../model';
import type { Stop } from './place';
import type { ProxyWalk } from './walk-proxy';

/** The step that says how the client's and the server's side meet; null where there is nothing to say. */
export function meetingStep({ config, arrival }: Stop, { hop, end }: ProxyWalk): Step | null {
  const { tls } = arrival.connection;
  const side = serverSide(config, hop);
  const who = hop.proxy ?? 'the server';
  const refused =
    end.kind === 'end' && (end.outcome.reason === 'no-filter-chain' || end.outcome.reason === 'tls-error');
  if (refused) return refusedStep(tls !== null, hop, who, end.because);
  if (side === null) return null;
  if (tls === null) {
    return side.tls ? null : step('tls', 'noted', null, `plain text: ${who} takes it without TLS`);
  }
  const offer = `SNI ${tls.sni ?? '(none)'}, ALPN ${tls.alpn.join(', ') || '(none)'}`;
  if (!side.tls) return step('tls', 'noted', null, `TLS goes through the filter chain of ${who} unopened: ${offer}`);
  const mutual = side.requiresCertificate && tls.certificate !== null;
  const kind = mutual ? 'mutual TLS' : 'TLS';
  return step('tls', 'matched', null, `${kind} is agreed with ${who}`);
}

function refusedStep(isTls: boolean, hop: Hop, who: string, because: string): Step {
  const change = isTls
    ? `${who} takes plain text on this port: change its PeerAuthentication, or set a DestinationRule with tls mode DISABLE for the client`
    : `${who} may ask for mutual TLS: set a DestinationRule with tls mode ISTIO_MUTUAL for the client, or PeerAuthentication PERMISSIVE on the server`;
  return step('tls', 'ended', hop.listener?.name ?? null, `${because}. ${change}`);
}

interface ServerSide {
  readonly tls: boolean;
  readonly requiresCertificate: boolean;
}

/** What the filter chain that was taken asks for; null where none was. */
function serverSide(config: Stop['config'], hop: Hop): ServerSide | null {
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
