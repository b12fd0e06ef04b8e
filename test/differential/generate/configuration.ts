/** One pod's whole configuration from a seed. */
import { readFileSync } from 'node:fs';
import type { Resources } from '../rig/envoy';
import { Random } from '../rig/random';
import { LOGIN_SECRETS } from './answering-filters';
import { makeClusters } from './cluster';
import { gatewayListener, outboundListener, virtualInbound, virtualOutbound } from './listener';
import { type Message, typed } from './message';
import { routeConfiguration } from './route-configuration';
import type { Setting } from './setting';
import { OTHER_IPS, SERVICE_IPS, SERVICES } from './vocabulary';

const ROUTES = ['9080', '80', '8000'];
export const INBOUND_PORTS = [9080, 9090, 3306];
export const GATEWAY_PORTS = { plain: 8080, tls: 8443 };

/** A configuration, and what requests to it are made of. */
export interface Generated {
  readonly resources: Resources;
  readonly clusters: readonly string[];
  /** Goes on with the seed's numbers, for the requests. */
  readonly random: Random;
}

/** A sidecar's and gateway's resources in one Envoy; `setting` says where its files are. */
export function makeConfiguration(
  seed: number,
  setting: Pick<Setting, 'directory' | 'accessLog' | 'certificates'>,
): Generated {
  const random = new Random(seed);
  const names = SERVICES.flatMap((service) =>
    ['v1', 'v2', 'v3'].map((version) => `outbound|9080|${version}|${service}.bookinfo.svc.cluster.local`),
  );
  const inbound = INBOUND_PORTS.map((port) => `inbound|${port}||`);
  const all: Setting = { ...setting, random, clusters: names, routeConfigurations: ROUTES };
  const made = makeClusters(random, setting.directory, names);
  const local = inbound.map((name) => localCluster(random, name));
  const listeners = [
    virtualOutbound(all),
    virtualInbound(all, INBOUND_PORTS, inbound),
    ...[9080, 80, 443, 8000].map((port) => outboundListener(all, '0.0.0.0', port)),
    ...SERVICE_IPS.flatMap((ip) => [3306, 443].map((port) => outboundListener(all, ip, port))),
    outboundListener(all, OTHER_IPS[0]!, 27017),
    gatewayListener(all, GATEWAY_PORTS.plain, false),
    gatewayListener(all, GATEWAY_PORTS.tls, true),
  ];
  const resources: Resources = {
    listeners,
    clusters: [...made.clusters, ...local].map((cluster) => ({
      ...typed('envoy.config.cluster.v3.Cluster'),
      ...cluster,
    })),
    loadAssignments: made.loadAssignments.map((message) => ({
      ...typed('envoy.config.endpoint.v3.ClusterLoadAssignment'),
      ...message,
    })),
    routeConfigurations: ROUTES.map((name) => ({
      ...typed('envoy.config.route.v3.RouteConfiguration'),
      ...routeConfiguration(random, name, names),
    })),
    secrets: [...secrets(setting.certificates), ...LOGIN_SECRETS.map(genericSecret)],
    ...random.aside('layers').maybe(0.4, 'runtime', () => runtimeLayers(random.aside('runtime'), names)),
  };
  return { resources, clusters: names, random };
}

/** Values for keys that routes, weights and faults name; the last layer counts. */
function runtimeLayers(random: Random, clusters: readonly string[]): readonly Message[] {
  const values = (): Message => ({
    ...random.maybe(0.4, 'key-100', () => random.pick<unknown>([0, 100, { numerator: 0, denominator: 'MILLION' }])),
    ...random.maybe(0.4, 'key-0', () =>
      random.pick<unknown>([100, { numerator: 10_000, denominator: 'TEN_THOUSAND' }]),
    ),
    ...oddValues(random.aside('odd values')),
    ...maintained(random.aside('maintenance'), clusters),
    ...random.maybe(0.3, 'fault.http.abort.abort_percent', () => random.pick([0, 100])),
    ...random.maybe(0.2, 'fault.http.abort.http_status', () => 429),
    ...random.maybe(0.3, 'reply.status', () => random.pick([404, 503])),
    ...random.maybe(0.6, 'weights', () =>
      Object.fromEntries(random.sample(clusters, 5).map((name) => [name, random.pick([0, 0, 7, 100])])),
    ),
  });
  return [
    { name: 'base', static_layer: values() },
    ...(random.chance(0.5) ? [{ name: 'later', static_layer: values() }] : []),
  ];
}

/** Values that some take for numbers and fractions, and of which Envoy takes some. */
function oddValues(random: Random): Message {
  const value = (): unknown =>
    random.pick<unknown>(['0', ' 0x64 ', '1e2', 0.9, 100.9, -1, '50%', true, { numerator: 100, by: 'me' }]);
  return { ...random.maybe(0.2, 'key-100', value), ...random.maybe(0.2, 'key-0', value) };
}

/** Clusters that answer 503 for as long as the runtime says so. */
function maintained(random: Random, clusters: readonly string[]): Message {
  return Object.fromEntries(
    random
      .sample(clusters, random.pick([0, 0, 1]))
      .map((name) => [`upstream.maintenance_mode.${name}`, random.pick<unknown>([100, '100', 40, { numerator: 100 }])]),
  );
}

/** The application itself, as the inbound clusters of istiod name it. */
function localCluster(random: Random, name: string): Message {
  const port = Number(name.split('|')[1]);
  if (random.chance(0.5)) return { name, type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', connect_timeout: '2s' };
  const endpoint = { endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } } };
  return {
    name,
    type: 'STATIC',
    connect_timeout: '2s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [endpoint] }] },
  };
}

function genericSecret(name: string): Message {
  const secret = { inline_string: 'of-nobody' };
  return { ...typed('envoy.extensions.transport_sockets.tls.v3.Secret'), name, generic_secret: { secret } };
}

/** Certificate, key and trust root as istiod's agent gives them: in the message itself. */
export function secrets({ server, root }: Pick<Setting['certificates'], 'server' | 'root'>): readonly Message[] {
  const secret = typed('envoy.extensions.transport_sockets.tls.v3.Secret');
  const bytes = (file: string): Message => ({ inline_bytes: readFileSync(file).toString('base64') });
  const own = { certificate_chain: bytes(server.chain), private_key: bytes(server.key) };
  return [
    { ...secret, name: 'default', tls_certificate: own },
    { ...secret, name: 'ROOTCA', validation_context: { trusted_ca: bytes(root) } },
  ];
}
