/** Advice about requests that no route takes, or that lead to no endpoint. */
import { parseIstioClusterName } from '../../envoy/cluster';
import { takenCluster } from './chosen-upstream';
import { type Advice, type DeadEnd, hostOf, mctl, serviceOf } from './facts';
import { shellWord } from '../../envoy/istio-config';

function routeCommand({ hop }: DeadEnd): string {
  const name = hop.routeConfiguration?.name;
  return mctl('route', hop.proxy, ...(name === undefined ? [] : ['--name', name]), '-o', 'wide');
}

export function noRouteConfiguration(end: DeadEnd): Advice {
  const name = end.hop.routeConfiguration?.name ?? end.step.name;
  return {
    text: `the proxy has no route configuration${name === null ? '' : ` \`${name}\``}: istiod has not sent it, or not all of it is in the dump`,
    commands: ['mctl proxy-status', mctl('route', end.hop.proxy)],
  };
}

export function noVirtualHost(end: DeadEnd): Advice {
  const host = hostOf(end.request);
  const declare =
    end.hop.direction === 'gateway'
      ? `add \`${host}\` to the hosts of a VirtualService or HTTPRoute that is bound to this gateway`
      : `declare \`${host}\` with a Service, a ServiceEntry, or the hosts of a VirtualService`;
  return { text: `call it by a name that is listed, or ${declare}`, commands: [routeCommand(end)] };
}

export function noRoute(end: DeadEnd): Advice {
  const { method, path } = end.request;
  const what = [method, path].filter((part) => part !== null).join(' ');
  const host = end.hop.virtualHost?.name;
  if (host?.startsWith('blackhole:') === true) {
    return {
      text: `nothing is bound to this server of the Gateway: add a VirtualService or HTTPRoute with the host \`${hostOf(end.request)}\` and this gateway`,
      commands: [routeCommand(end)],
    };
  }
  return {
    text: `no route${host === undefined ? '' : ` of \`${host}\``} takes ${what === '' ? 'the request' : what}: change the request, or add a route without conditions as the last one`,
    commands: [routeCommand(end)],
  };
}

/** The cluster that the walk led to. */
function clusterOf({ hop, step }: DeadEnd): string {
  return step.stage === 'cluster' ? (step.name ?? '') : (takenCluster(hop)?.name ?? hop.clusters[0]?.name ?? '');
}

export function clusterNotFound(end: DeadEnd): Advice {
  const name = clusterOf(end);
  const parts = parseIstioClusterName(name);
  const host = parts?.fqdn ?? '';
  if (host === '') return { text: `the proxy has no cluster \`${name}\``, commands: [mctl('cluster', end.hop.proxy)] };
  const text =
    parts?.subset === '' || parts === null
      ? `the mesh has no service \`${host}\` with port ${parts?.port ?? ''} that this proxy may see: correct the destination in the VirtualService`
      : `no DestinationRule for \`${host}\` that this proxy may see has the subset \`${parts.subset}\`: add it, or correct the subset in the VirtualService`;
  return { text, commands: [mctl('cluster', end.hop.proxy, '--fqdn', host), 'kubectl get destinationrule -A'] };
}

export function noHealthyEndpoint(end: DeadEnd): Advice {
  const name = clusterOf(end);
  const parts = parseIstioClusterName(name);
  const service = parts === null ? null : serviceOf(parts.fqdn);
  const all = end.hop.clusters.flatMap((cluster) => cluster.endpoints);
  const cause =
    all.length === 0
      ? `\`${name}\` has no endpoint at all: no pod that is ready has the labels of the Service${parts?.subset ? ` and of the subset \`${parts.subset}\`` : ''}`
      : `none of the ${all.length} endpoints of \`${name}\` may be used: see their health`;
  const slices =
    service === null
      ? []
      : [
          `kubectl get endpointslices -n ${shellWord(service.namespace)} -l ${shellWord(`kubernetes.io/service-name=${service.name}`)}`,
        ];
  return { text: cause, commands: [mctl('endpoint', end.hop.proxy, '--cluster', name), ...slices] };
}

export function blackHole({ request }: DeadEnd): Advice {
  return {
    text: `the mesh sends nothing to hosts that it does not know (outboundTrafficPolicy REGISTRY_ONLY): declare \`${hostOf(request)}\` in a ServiceEntry, or set ALLOW_ANY`,
    commands: ['kubectl get serviceentry -A', 'kubectl get sidecar -A'],
  };
}
