/** The words of TLS: what a proxy speaks, what it terminates, and how the two sides of a connection meet. */
import type { Cause, TlsRefusal } from '../../trace/facts/step';
import type { TlsCause } from '../../trace/facts/upstream';
import type { Tellings } from './tellings';
import { PAST_SIDECAR } from './upstream';

/** @param causeText tells the cause of another stage, which this side repeats */
export function tlsTellings(causeText: (cause: Cause) => string): Tellings<TlsCause | TlsRefusal> {
  return {
    'speaks-to': ({ what, endpoint, socket }) => {
      const spoken = {
        'plain-text': 'plain text',
        'callers-tls': "the caller's own TLS goes on as it is",
        tls: 'TLS',
        'mutual-tls': 'mutual TLS',
      };
      return `${spoken[what]} to ${endpoint}: ${socketText(socket)}`;
    },
    terminates: ({ alpn, client }) => `terminates TLS: ${alpn ?? 'no application protocol'}, ${peerText(client)}`,
    'plain-text-to-tls': () => 'the filter chain expects TLS, and plain text comes',
    'client-certificate-missing': () => 'the filter chain requires a client certificate, and the caller presents none',
    'foreign-authority': ({ authority }) =>
      `the filter chain trusts the authority in ${authority}, and a sidecar's certificate is signed by the mesh's`,
    'client-certificate-name': ({ names, wanted }) =>
      `the client certificate names ${names.join(', ')}, and the listener allows ${wanted.join(' or ')}`,
    distrust: ({ who, why }) =>
      who === 'client'
        ? `the client does not trust the server's certificate: ${why}`
        : `the server does not trust the client's certificate: ${why}`,
    'server-certificate-name': ({ names, wanted }) =>
      `the server's certificate names ${names.join(', ')}, and the client expects ${wanted.join(' or ')}`,
    'socket-not-evaluated': ({ socket }) =>
      `it depends on the transport socket ${socket}, which mctl does not evaluate`,
    'certificate-hash': () =>
      "it depends on the hash of the client's certificate (verify_certificate_hash, verify_certificate_spki)",
    'depends-on-certificate': ({ input }) => `it depends on ${input}`,
    'taken-in-plain-text': ({ who }) => `plain text: ${who} takes it without TLS`,
    'goes-through-unopened': ({ who, sni, alpn }) =>
      `TLS goes through the filter chain of ${who} unopened: SNI ${sni ?? '(none)'}, ALPN ${alpn.join(', ') || '(none)'}`,
    agreed: ({ who, isMutual }) => `${isMutual ? 'mutual TLS' : 'TLS'} is agreed with ${who}`,
    'refused-by': ({ who, isTls, why }) => {
      const change = isTls
        ? `${who} takes plain text on this port: change its PeerAuthentication, or set a DestinationRule with tls mode DISABLE for the client`
        : `${who} may ask for mutual TLS: set a DestinationRule with tls mode ISTIO_MUTUAL for the client, or PeerAuthentication PERMISSIVE on the server`;
      return `${causeText(why)}. ${change}`;
    },
    'no-sidecar': ({ pod, why }) =>
      `mutual TLS comes to the application of ${pod} itself, which does not speak it: ${PAST_SIDECAR[why]}. Inject a sidecar there, or set a DestinationRule with tls mode DISABLE for its host`,
  };
}

function socketText({ match, isThere }: { readonly match: string | null; readonly isThere: boolean }): string {
  if (match !== null) return `transport socket match ${match} matches the endpoint's metadata`;
  return isThere ? "the cluster's transport socket" : 'the cluster has no transport socket';
}

function peerText(client: readonly string[] | null): string {
  if (client === null) return 'no client certificate';
  return client.length === 0 ? 'a client certificate' : `client ${client.join(', ')}`;
}
