/** What often surprises people and is no failure: one line each, only where it applies. */
import { parseIstioClusterName } from '../../envoy/cluster';
import { FACTS, type Hop, PRODUCT, type Step, type TracedRequest } from '../../trace/model';
import { objectsOf } from './product-advice';
import { factsOf, sendsOf, serviceAskedFor } from '../step-facts';
import { takenCluster } from './chosen-upstream';
import { entryText } from '../telling/manager';
import { isGood, type Walk } from './dead-end';
import { hostOf, serviceOf } from './facts';

type Remark = (hop: Hop, request: TracedRequest, walk: Walk) => string | null;

/** Remarks on a walk, in the order of its hops. */
export function remarksOn(request: TracedRequest, walk: Walk): readonly string[] {
  const all = walk.hops.flatMap((hop) => REMARKS.flatMap((remark) => remark(hop, request, walk) ?? []));
  return [...new Set(all)];
}

const REMARKS: readonly Remark[] = [
  otherVips,
  forwardedClient,
  tunnelDropped,
  ownRoutesAlone,
  httpOnTcp,
  grpcOverHttp1,
  tlsInTls,
  anotherHostsCluster,
  localities,
  portOfNoService,
  fieldsNotEvaluated,
];

/** Fields that may act on the request, and of which only the name is told. */
function fieldsNotEvaluated({ steps }: Hop): string | null {
  const named = steps.flatMap(({ name, [FACTS]: facts }) =>
    (facts?.notEvaluated ?? []).map((field) => (name === null ? field : `${field} of ${name}`)),
  );
  return named.length === 0 ? null : `Set, and not evaluated though it may act on the request: ${named.join(', ')}.`;
}

function isIstio(hop: Hop): boolean {
  return objectsOf(hop[PRODUCT]) === null;
}

function stepOf({ steps }: Hop, stage: Step['stage']): Step | undefined {
  return steps.findLast((one) => one.stage === stage && one.outcome === 'matched');
}

/** A Service of two IP families, or a ServiceEntry of several addresses. https://istio.io/latest/docs/reference/config/networking/service-entry/ (addresses) */
function otherVips({ steps }: Hop, request: TracedRequest): string | null {
  const { address, otherVips: others } = steps.flatMap(({ [FACTS]: facts }) => facts?.destination ?? [])[0] ?? {};
  if (address === undefined || others === undefined || others.length === 0) return null;
  const host = hostOf(request);
  const [other = ''] = others;
  const rest = others.length === 1 ? other : `${other} or ${others.length - 1} more`;
  return `${host} has ${others.length + 1} virtual addresses, and this is the way to ${address.ip}: a caller whose DNS answers ${rest} may go another (--resolve ${host}:${address.port}:${other}).`;
}

/** https://istio.io/latest/docs/ops/configuration/traffic-management/network-topologies/ */
function forwardedClient({ steps }: Hop): string | null {
  const settings = steps.flatMap((step) => factsOf(step, 'http-connection-manager')?.details ?? []);
  const client = settings.find((setting) => setting.kind === 'client-address');
  if (client === undefined) return null;
  return `The client's address is taken from X-Forwarded-For: ${client.address}, ${entryText(client.fromRight)}.`;
}

/**
 * istiod's own route. Of a request that ends badly behind it, at TLS or by a policy, the route is not what is wrong.
 * https://istio.io/latest/docs/reference/config/networking/virtual-service/ (gateways)
 */
function ownRoutesAlone(hop: Hop, _request: TracedRequest, walk: Walk): string | null {
  if (!isGood(walk)) return null;
  const route = stepOf(hop, 'route');
  const service = serviceOf(parseIstioClusterName(takenCluster(hop)?.name ?? '')?.fqdn ?? '');
  if (hop.direction !== 'outbound' || route?.name !== 'default' || route.origin !== null || service === null)
    return null;
  return `No VirtualService applies to ${service.name}.${service.namespace} here: one that lists only a gateway needs \`mesh\` in its gateways, too.`;
}

/** https://istio.io/latest/docs/ambient/usage/networkpolicy/ */
function tunnelDropped({ steps }: Hop): string | null {
  const stopped = steps.find((step) => factsOf(step, 'hbone')?.stopsTunnel === true);
  if (stopped === undefined) return null;
  return `NetworkPolicy ${stopped.name ?? ''} does not let this connection to port 15008 through: where the network plugin enforces it, the caller waits until it times out. Let TCP port 15008 in (${stopped.origin?.command ?? ''}).`;
}

function isTcpProxied(hop: Hop): boolean {
  return hop.virtualHost === null && stepOf(hop, 'network-filter') !== undefined;
}

/** https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/ */
function httpOnTcp(hop: Hop, request: TracedRequest): string | null {
  const isHttp = request.protocol === 'http' || request.protocol === 'grpc';
  const name = parseIstioClusterName(takenCluster(hop)?.name ?? '');
  if (!isHttp || hop.direction !== 'outbound' || !isTcpProxied(hop) || name === null) return null;
  return `Port ${name.port} of ${name.fqdn} is TCP to this proxy, so no HTTP rule, timeout or retry of a VirtualService acts: name the port http-… or set its appProtocol.`;
}

function grpcOverHttp1(hop: Hop): string | null {
  const sends = sendsOf(hop);
  if (sends?.isGrpc !== true || sends.payload === 'http/2' || hop.direction === 'inbound') return null;
  return isIstio(hop)
    ? 'gRPC goes on as HTTP/1.1, since the port is declared as HTTP: name it grpc-… or http2-…, or set its appProtocol to grpc.'
    : 'gRPC goes on as HTTP/1.1, since the cluster is not configured for HTTP/2 (http2_protocol_options).';
}

/** https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/ */
function tlsInTls(hop: Hop): string | null {
  const sends = sendsOf(hop);
  if (hop.direction === 'inbound' || sends?.callersTls !== true) return null;
  if (sends.tls !== 'SIMPLE' && sends.tls !== 'MUTUAL') return null;
  return isIstio(hop)
    ? "The caller's TLS goes inside TLS that the proxy adds (DestinationRule tls), which servers rarely understand: call http:// on a port that is declared as HTTP, or remove the tls setting."
    : "The caller's TLS goes inside TLS that the proxy adds, which servers rarely understand: call http://, or remove the cluster's transport socket.";
}

/** https://istio.io/latest/docs/reference/config/networking/service-entry/ (addresses) */
function anotherHostsCluster(hop: Hop, request: TracedRequest): string | null {
  const name = parseIstioClusterName(takenCluster(hop)?.name ?? '');
  const asked = hostOf(request).toLowerCase();
  if (hop.direction !== 'outbound' || !isTcpProxied(hop) || name === null || /^[\d.]+$|:/.test(asked)) return null;
  const isSame = name.fqdn === asked || name.fqdn.startsWith(`${asked}.`) || name.fqdn.startsWith('*');
  const service = serviceAskedFor(hop);
  if (isSame || (service !== null && name.fqdn.startsWith(`${service}.`))) return null;
  return `${name.fqdn} takes this connection, not ${asked}: hosts without addresses share the listener of port ${name.port}, and the first has it. Give each ServiceEntry its own addresses.`;
}

/** https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/failover/ */
function localities(hop: Hop): string | null {
  const told = sendsOf(hop)?.localities ?? [];
  return told.length === 0 ? null : `Endpoints by locality: ${told.join('; ')}.`;
}

/** Passed through by istiod's catch-all at the destination: no Service targets the port. */
function portOfNoService(hop: Hop, request: TracedRequest): string | null {
  if (hop.direction !== 'inbound' || takenCluster(hop)?.name.startsWith('InboundPassthroughCluster') !== true)
    return null;
  const endpoint = takenCluster(hop)?.endpoints[0];
  const port = endpoint?.port ?? request.destination?.port;
  const targets = hop.steps.flatMap((step) => factsOf(step, 'filter-chain')?.targets ?? []);
  const instead =
    targets.length === 0
      ? ''
      : ` Services target ${targets.join(', ')}: the address of a headless Service is the pod's own, and its port is not translated.`;
  return `No Service targets port ${port ?? ''} of ${hop.proxy ?? 'the pod'}, so it is passed through as it is.${instead}`;
}
