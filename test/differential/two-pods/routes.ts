/** The outbound route configuration of a caller, in the shape that istiod pushes. */
import { type Message, typed } from '../generate/message';
import type { MeshPlan, ServicePlan } from './plan';

export const fqdn = (service: ServicePlan): string => `${service.name}.bookinfo.svc.cluster.local`;

export const clusterName = (service: ServicePlan, subset: string): string =>
  `outbound|${service.port}|${subset}|${fqdn(service)}`;

export function outboundRoutes(plan: MeshPlan): Message {
  const hosts = plan.services
    .filter(({ http }) => http)
    .map((service) => {
      const names = [
        service.name,
        `${service.name}.bookinfo`,
        `${service.name}.bookinfo.svc`,
        fqdn(service),
        service.ip,
      ];
      const single = [forward('default', { cluster: clusterName(service, '') })];
      return {
        name: `${fqdn(service)}:${service.port}`,
        domains: names.flatMap((name) => [name, `${name}:${service.port}`]),
        routes: service.subsets.length > 0 ? subsetRoutes(plan, service) : single,
      };
    });
  const blocked = { name: 'block_all', match: { prefix: '/' }, direct_response: { status: 502 } };
  const rest =
    plan.outboundPolicy === 'ALLOW_ANY'
      ? { name: 'allow_any', domains: ['*'], routes: [forward('allow_any', { cluster: 'PassthroughCluster' })] }
      : { name: 'block_all', domains: ['*'], routes: [blocked] };
  return {
    ...typed('envoy.config.route.v3.RouteConfiguration'),
    name: '9080',
    virtual_hosts: [...hosts, rest],
    validate_clusters: false,
    ignore_port_in_host_matching: true,
  };
}

/** As a VirtualService becomes: a user's own version, old paths sent away or rewritten, the rest by weight. */
function subsetRoutes({ random }: MeshPlan, service: ServicePlan): readonly Message[] {
  const to = (subset: string): string => clusterName(service, subset);
  const [first, second] = random.pick([
    [80, 20],
    [50, 50],
    [100, 0],
  ]);
  const weighted = {
    clusters: [
      { name: to('v1'), weight: first },
      { name: to('v2'), weight: second },
    ],
  };
  const rest = random.weighted<Message>([
    [3, () => ({ cluster: to('v1') })],
    [2, () => ({ weighted_clusters: weighted })],
    [2, () => ({ cluster: to('') })],
    [0.5, () => ({ cluster: to('v9') })],
  ]);
  const user = { prefix: '/', headers: [{ name: 'end-user', string_match: { exact: 'luffy' } }] };
  const moved = { name: 'old', match: { prefix: '/old' }, redirect: { path_redirect: '/reviews/0' } };
  const renamed = forward('renamed', { cluster: to('v2'), prefix_rewrite: '/admin' });
  return [
    ...(random.chance(0.6) ? [{ ...forward('luffy', { cluster: to('v2') }), match: user }] : []),
    ...(random.chance(0.3) ? [moved] : []),
    ...(random.chance(0.3) ? [{ ...renamed, match: { prefix: '/renamed' } }] : []),
    forward('default', rest),
  ];
}

function forward(name: string, target: Message): Message {
  return { name, match: { prefix: '/' }, route: { ...target, timeout: '0s' } };
}
