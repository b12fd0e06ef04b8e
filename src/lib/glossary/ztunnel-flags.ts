/**
 * The label `response_flags` of ztunnel's metrics: why a connection failed. https://github.com/istio/ztunnel (src/proxy/metrics.rs)
 */
import { ISTIO, type Term } from './term';

const POLICY = 'mctl zc policy --node NODE -o wide';
const TRACE = 'mctl pc trace POD.NAMESPACE URL --all-branches';
const CERTIFICATE = 'mctl zc certificate --node NODE';

const ROWS: readonly (readonly [name: string, says: string, cause: string | null, next: string])[] = [
  [
    'DENY',
    'A policy refused the connection. In the metrics of ztunnel, whose log names the policy.',
    'An AuthorizationPolicy, or a PeerAuthentication with mode STRICT, as the destination sees caller and port.',
    POLICY,
  ],
  [
    'CONNECT',
    'ztunnel could not connect, or the other side closed: every failure that none of the other flags stands for.',
    'Nothing listens at the next hop, or the destination answered the CONNECT with an error, 401 of a policy among them.',
    TRACE,
  ],
  [
    'TLS_FAILURE',
    'The TLS handshake of HBONE failed.',
    "The other side's certificate is not of an identity that is expected, is out of date, or plain text came to port 15008.",
    CERTIFICATE,
  ],
  [
    'H2_HANDSHAKE_FAILURE',
    'After the TLS handshake of HBONE, HTTP/2 could not be begun.',
    'What takes port 15008 there does not speak HBONE, or closed the connection.',
    TRACE,
  ],
  [
    'NETWORK_POLICY',
    'No answer came on port 15008 in time, which ztunnel takes for a NetworkPolicy that stops it.',
    'A NetworkPolicy without port 15008, or a pod that is marked HBONE and is gone.',
    TRACE,
  ],
  [
    'IDENTITY_ERROR',
    'ztunnel has no certificate for the pod that it speaks for.',
    'istiod did not issue one, or cannot be reached.',
    CERTIFICATE,
  ],
  ['CERT_REVOKED', 'The certificate of the other side is in the list of revoked ones.', null, CERTIFICATE],
];

export const ZTUNNEL_FLAGS: readonly Term[] = ROWS.map(([name, says, cause, next]) => ({
  name,
  kind: 'response flag of ztunnel',
  says,
  cause,
  next,
  page: `${ISTIO}/ambient/usage/troubleshoot-ztunnel/`,
}));
