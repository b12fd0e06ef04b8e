/** Random requests from the application of the client's pod. */
import type { Call } from '../rig/call';
import { PROXY_UID } from '../rig/envoy';
import { CLIENT_IP, type MeshPlan } from './plan';

/** A call, and as whom it is made. */
export type PodCall = Call & { readonly uid: number };

const HOSTS = [
  'reviews:9080',
  'reviews.bookinfo',
  'reviews.bookinfo.svc.cluster.local',
  'productpage',
  'legacy:9080',
  'unknown',
  '10.96.0.10',
];
const PATHS = ['/reviews/0', '/reviews/0?debug=1', '/admin', '/admin/x?y=1', '/old', '/renamed/0', '/', '/a/../admin'];
const SERVICE_IPS = ['10.96.0.10', '10.96.0.10', '10.96.0.10', '10.96.0.12', '10.96.0.13'];
const OWN_SERVICE = '10.96.0.12';
const POD_IPS = ['10.244.1.1', '10.244.1.1', '10.244.2.1', '10.244.3.1'];

export function makePodCalls(plan: MeshPlan, count: number): readonly PodCall[] {
  return Array.from({ length: count }, () => makeCall(plan));
}

function makeCall({ random, client }: MeshPlan): PodCall {
  const uid = random.weighted([
    [10, () => 0],
    [2, () => 1000],
    [1, () => PROXY_UID],
  ]);
  const port = random.pick([9080, 9080, 9080, 3306, 9090]);
  const captured = uid !== PROXY_UID && !client.capture.excludeOutboundPorts.includes(port);
  // Where the rules let a connection out as it is, a service's address leads nowhere here.
  const toService = captured && port !== 9090 && random.chance(0.7);
  const address = toService
    ? port === 3306
      ? '10.96.0.10'
      : random.pick(SERVICE_IPS)
    : random.pick([...POD_IPS, CLIENT_IP]);
  const to = { mode: 'outbound', address, port, sourceIp: CLIENT_IP, uid } as const;
  const http = port === 9080 || random.chance(0.4);
  // A Service of the caller's own is reached through its route alone: its address would need the node to turn the call back.
  if (address === OWN_SERVICE)
    return {
      ...to,
      payload: 'http/1.1',
      tls: null,
      http: { ...httpCall(random), host: random.pick(['reviews', 'productpage', 'legacy:9080']) },
    };
  return random.weighted<PodCall>([
    [
      http ? 10 : 0,
      () => ({ ...to, payload: random.chance(0.85) ? 'http/1.1' : 'http/2', tls: null, http: httpCall(random) }),
    ],
    [http ? 0.7 : 6, () => ({ ...to, payload: 'tcp', tls: null, http: null })],
    [0.5, () => ({ ...to, payload: 'tcp', tls: { sni: 'reviews', alpn: [], certificate: null }, http: null })],
  ]);
}

function httpCall(random: MeshPlan['random']): NonNullable<Call['http']> {
  return {
    method: random.pick(['GET', 'GET', 'GET', 'POST', 'DELETE']),
    path: random.pick(PATHS),
    host: random.pick(HOSTS),
    headers: random.chance(0.4) ? [['end-user', random.pick(['luffy', 'nami'])]] : [],
  };
}
