/** What ztunnel writes into its log where a connection fails. https://github.com/istio/ztunnel (src/proxy.rs, src/proxy/metrics.rs) */
import { ISTIO, type Term } from './term';

const TROUBLE = `${ISTIO}/ambient/usage/troubleshoot-ztunnel/`;

const WORKLOAD = 'mctl zc workload --node NODE -o wide';
const SERVICE = 'mctl zc service --node NODE -o wide';
const POLICY = 'mctl zc policy --node NODE -o wide';
const TRACE = 'mctl pc trace POD.NAMESPACE URL --all-branches';

const ROWS: readonly (readonly [name: string, says: string, cause: string | null, next: string])[] = [
  [
    'failed to fetch information about local workload',
    'ztunnel serves a pod of which istiod has not told it, by name, namespace, service account and node.',
    'The pod has just started, istiod cannot be reached, or its service account is another than istiod knows.',
    WORKLOAD,
  ],
  [
    'no healthy upstream',
    'The Service that was called has no endpoint that ztunnel may take; the connection is closed.',
    'No pod is ready, the Service lacks the port, the traffic distribution leaves none, or its VIP is a range of addresses.',
    SERVICE,
  ],
  [
    'unknown waypoint',
    'The waypoint of the Service or workload is not found. ztunnel closes the connection: it never goes round a waypoint.',
    'The waypoint was deleted, or has no ready pod, and the label istio.io/use-waypoint still names it.',
    'mctl lint --snapshot DIR --rule missing-waypoint',
  ],
  [
    'unknown network gateway',
    'The endpoint is on another network, and the gateway of that network is not found.',
    'There is no east-west gateway for that network, or it has no address yet.',
    WORKLOAD,
  ],
  [
    'no valid routing destination for workload',
    'The endpoint that was chosen has no address that the Service allows, and no gateway leads to its network.',
    'A Service of one IP family with pods of the other, or another network without a gateway.',
    SERVICE,
  ],
  [
    'no ip addresses were resolved for workload',
    'The endpoint is known by its host name alone, and DNS has no address for it.',
    'A WorkloadEntry or ServiceEntry with a host name that does not resolve.',
    WORKLOAD,
  ],
  [
    'no service for target address',
    "The address is a pod's and a Service's, and the endpoint that was chosen is on another network.",
    null,
    SERVICE,
  ],
  [
    'http status: 401',
    "The source's side of a refusal by policy: the ztunnel of the destination answered the CONNECT with 401. Why is in that one's log.",
    'An AuthorizationPolicy or a PeerAuthentication, as the destination sees caller and port.',
    POLICY,
  ],
  [
    'http status: 400',
    'The destination refused the address of the CONNECT: it is neither its own nor that of something whose waypoint it is.',
    'The address of a pod has gone over to another one and the source does not know yet.',
    WORKLOAD,
  ],
  [
    'http status: 503',
    'The destination took the tunnel and found no application: nothing listens, the port is not known, or it is one of ztunnel itself.',
    'The target port of the Service is not the port on which the application listens.',
    SERVICE,
  ],
  [
    'ip mismatch',
    'The CONNECT names another address than that of the pod which it came to, and that pod is not its waypoint.',
    null,
    WORKLOAD,
  ],
  [
    'no service or workload for hostname',
    'The CONNECT names a host that no Service visible to the pod has.',
    'The Service is not there on this side of the networks, or is not exported to the namespace.',
    SERVICE,
  ],
  [
    'attempted recursive call to ourselves',
    'A connection to one of the ports of ztunnel itself (15001, 15006, 15008), which nothing can be sent to through it.',
    'A plain call to port 15008 of a waypoint.',
    TRACE,
  ],
  [
    'io error: Connection refused',
    'Nothing listens at the next hop: for HBONE on port 15008 of the pod, in plain text on the port itself.',
    'A pod is known as HBONE that no ztunnel serves, or the application does not listen.',
    WORKLOAD,
  ],
  [
    'connection timed out, maybe a NetworkPolicy is blocking HBONE port 15008',
    'No answer on port 15008 within 10 s.',
    'A NetworkPolicy that names the ports of the application and not 15008, which is the one that ztunnel uses.',
    TRACE,
  ],
  [
    'invalid peer certificate',
    "The other side's certificate is not one of the identities that are expected, not of the mesh, or out of date.",
    'Another network whose Service has no subjectAltNames, two trust domains, or two root certificates.',
    'mctl zc certificate --node NODE',
  ],
  [
    'identity error',
    'ztunnel has no certificate for the pod.',
    'istiod did not issue one, or cannot be reached.',
    'mctl zc certificate --node NODE',
  ],
  [
    'explicitly denied by',
    "A DENY policy matched, whose namespace and name follow. In the log of the destination's ztunnel.",
    'An AuthorizationPolicy, or a PeerAuthentication with mode STRICT (istio_converted_static_strict).',
    POLICY,
  ],
  [
    'requested service',
    'A tunnel asked for a Service by its host name, and the port of the pod, or the VIP that its own tunnel is told, cannot be had: 503.',
    'The Service lacks that port, targets one by a name that the pod does not have, or has no IP address.',
    SERVICE,
  ],
  [
    'connection failed',
    "The destination's ztunnel let it through and could not connect to the application.",
    'Nothing listens on the port of the pod, or only on 127.0.0.1.',
    TRACE,
  ],
  [
    'tls error',
    'The handshake between ztunnels, or with a waypoint, failed.',
    'What listens on port 15008 is not a proxy of the mesh, or a certificate is not accepted.',
    'mctl zc certificate --node NODE',
  ],
  [
    'tls handshake error',
    'What came to port 15008 of a pod was no TLS, or ended in the middle of the handshake.',
    'Something calls port 15008 in plain text.',
    TRACE,
  ],
  [
    'io error',
    'The network between the two ends failed, as the words behind it say.',
    'The next hop is not there any more, or cannot be reached from this node.',
    TRACE,
  ],
  [
    'http2 handshake failed',
    'The tunnel was opened, and HTTP/2 could not begin in it.',
    'What listens on port 15008 is not a proxy of the mesh.',
    TRACE,
  ],
  [
    'expected method CONNECT',
    'A request other than CONNECT came to port 15008 of a pod: 400.',
    'Something calls port 15008 as if it were the application.',
    TRACE,
  ],
  [
    'connection closed: peer certificate revoked by CRL',
    "The other side's certificate is on the list of those that are revoked, which came while the connection was open.",
    null,
    'mctl zc certificate --node NODE',
  ],
  [
    'while closing connection',
    'The data had passed; one side went before the connection was closed in order.',
    null,
    TRACE,
  ],
  [
    'client disconnected before all data was written',
    'The caller closed the connection before it had all of the answer.',
    'A timeout of the caller.',
    TRACE,
  ],
  [
    'destination disconnected before all data was written',
    'The application closed the connection before it had all of the request.',
    'The application restarted, or ended an idle connection.',
    TRACE,
  ],
  [
    'connection closed due to connection drain',
    'ztunnel, or the pod, is going down, and what is open is closed.',
    'ztunnel was upgraded, or the pod deleted.',
    TRACE,
  ],
  [
    'allow policies exist, but none allowed',
    "ALLOW policies act on the destination, and none of them allows this. In the log of the destination's ztunnel.",
    'The policy names another identity or port: ztunnel sees the port of the pod, and behind a waypoint the identity of the waypoint.',
    POLICY,
  ],
  [
    'connection closed due to policy change',
    'A policy that came while the connection was open denies it.',
    'An AuthorizationPolicy or a PeerAuthentication was applied.',
    POLICY,
  ],
];

export const ZTUNNEL_ERRORS: readonly Term[] = ROWS.map(([name, says, cause, next]) => ({
  name,
  kind: 'error of ztunnel',
  says,
  cause,
  next,
  page: TROUBLE,
}));

/** What stands before a reason in the log. */
const BEFORE = /^(?:connection closed due to policy rejection|io error(?=: invalid peer certificate)): /;

/** Words of which an error is known before its text ends. */
const ENOUGH_WORDS = 3;

/**
 * The error that a text begins with or is the beginning of, or that a log line of ztunnel has in its field `error`; null where it
 * is neither.
 */
export function ztunnelErrorIn(text: string): Term | null {
  const error = /\berror="?([^"]*)/.exec(text)?.[1] ?? text;
  const folded = error.toLowerCase().replace(BEFORE, '');
  const found = ZTUNNEL_ERRORS.filter(({ name }) => folded.startsWith(name.toLowerCase()));
  return found[0] ?? begunBy(folded);
}

function begunBy(text: string): Term | null {
  const begun = text.trim().replace(/[\s:….]+$/u, '');
  if (begun.split(/\s+/).length < ENOUGH_WORDS) return null;
  const [found, ...others] = ZTUNNEL_ERRORS.filter(({ name }) => name.toLowerCase().startsWith(`${begun} `));
  return others.length > 0 ? null : (found ?? null);
}
