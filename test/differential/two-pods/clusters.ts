/** The clusters of a pod's Envoy and their endpoints, in the shapes that istiod pushes. */
import { fileName, fromFile } from '../rig/envoy';
import { type Message, typed } from '../generate/message';
import type { MeshPlan, PodPlan, ServicePlan } from './plan';
import { clusterName, fqdn } from './routes';
import { RAW, upstreamTls } from './tls';

const CLUSTER = typed('envoy.config.cluster.v3.Cluster');

export function makeClusters(plan: MeshPlan, pod: PodPlan, directory: string): readonly Message[] {
  return [
    ...subsetsOf(plan).map(({ service, subset }) => serviceCluster(plan, service, subset, directory)),
    ...pod.ports.map(({ port }) => toApplication(`inbound|${port}||`)),
    passthrough('PassthroughCluster'),
    toApplication('InboundPassthroughCluster'),
    { ...CLUSTER, name: 'BlackHoleCluster', type: 'STATIC', connect_timeout: '2s' },
  ];
}

export function makeLoadAssignments(plan: MeshPlan): readonly Message[] {
  return subsetsOf(plan).map(({ service, subset }) => {
    const pods = [plan.client, ...plan.servers].filter((pod) => pod.app === service.name);
    const endpoints = pods
      .filter((pod) => subset === '' || pod.version === subset)
      .map((pod) => ({
        endpoint: { address: { socket_address: { address: pod.ip, port_value: service.port } } },
        health_status: 'HEALTHY',
        ...(pod.sidecar
          ? { metadata: { filter_metadata: { 'envoy.transport_socket_match': { tlsMode: 'istio' } } } }
          : {}),
      }));
    return {
      ...typed('envoy.config.endpoint.v3.ClusterLoadAssignment'),
      cluster_name: clusterName(service, subset),
      endpoints: [{ lb_endpoints: endpoints }],
    };
  });
}

function subsetsOf({ services }: MeshPlan): readonly { readonly service: ServicePlan; readonly subset: string }[] {
  return services.flatMap((service) => ['', ...service.subsets].map((subset) => ({ service, subset })));
}

function serviceCluster(plan: MeshPlan, service: ServicePlan, subset: string, directory: string): Message {
  const name = clusterName(service, subset);
  const sni = `outbound_.${service.port}_.${subset}_.${fqdn(service)}`;
  const tls = upstreamTls(directory, sni, plan.wrongSan ? ['someone-else'] : []);
  const matches = [
    { name: 'tlsMode-istio', match: { tlsMode: 'istio' }, transport_socket: tls },
    { name: 'tlsMode-disabled', match: {}, transport_socket: RAW },
  ];
  const secured = { auto: { transport_socket_matches: matches }, always: { transport_socket: tls }, never: {} };
  return {
    ...CLUSTER,
    name,
    type: 'EDS',
    connect_timeout: '2s',
    eds_cluster_config: { service_name: name, eds_config: fromFile(`${directory}/eds-${fileName(name)}.json`) },
    ...singleRequests(),
    ...secured[plan.clientTls],
  };
}

/** From the proxy to its own application, from an address that the capture rules let pass. */
function toApplication(name: string): Message {
  return { ...passthrough(name), upstream_bind_config: { source_address: { address: '127.0.0.6', port_value: 0 } } };
}

function passthrough(name: string): Message {
  const original = { type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', connect_timeout: '2s' };
  return { ...CLUSTER, name, ...original, ...singleRequests() };
}

/** A connection for each request, so that each is told apart in the logs of both sides. */
function singleRequests(): Message {
  const type = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const options = {
    common_http_protocol_options: { max_requests_per_connection: 1 },
    explicit_http_config: { http_protocol_options: {} },
  };
  return { typed_extension_protocol_options: { [type]: typed(type, options) } };
}
