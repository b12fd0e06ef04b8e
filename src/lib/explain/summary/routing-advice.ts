/** Advice about requests that no route takes, or that lead to no endpoint. */
import { parseIstioClusterName } from '../../envoy/cluster';
import { factsOf, serviceAskedFor } from '../step-facts';
import { clusterOf } from './chosen-upstream';
import { type Advice, type DeadEnd, hostOf, mctl, serviceOf } from './facts';
import { shellWord } from '../../shell-word';

function routeCommand({ hop }: DeadEnd): string {
  const name = hop.routeConfiguration?.name;
  return mctl('route', hop.proxy, ...(name === undefined ? [] : ['--name', name]), '-o', 'wide');
}

/** Where the listener's route configuration is not there. */
export function noRouteConfiguration(end: DeadEnd): Advice {
  const name = end.hop.routeConfiguration?.name ?? end.step.name;
  return {
    text: `the proxy has no route configuration${name === null ? '' : ` \`${name}\``}: istiod has not sent it, or not all of it is in the dump`,
    commands: ['mctl proxy-status', mctl('route', end.hop.proxy)],
  };
}

/** Where no virtual host lists the request's authority. */
export function noVirtualHost(end: DeadEnd): Advice {
  const host = hostOf(end.request);
  const other = connectionOfAnother(end, host);
  if (other !== null) return other;
  const declare =
    end.hop.direction === 'gateway'
      ? `add \`${host}\` to the hosts of a VirtualService or HTTPRoute that is bound to this gateway`
      : `declare \`${host}\` with a Service, a ServiceEntry, or the hosts of a VirtualService`;
  return { text: `call it by a name that is listed, or ${declare}`, commands: [routeCommand(end)] };
}

/** A browser reuses an HTTP/2 connection for each host that its certificate covers. https://www.rfc-editor.org/rfc/rfc9113#section-9.1.1 */
function connectionOfAnother({ hop }: DeadEnd, host: string): Advice | null {
  const chain = factsOf(
    hop.steps.findLast(({ stage }) => stage === 'filter-chain'),
    'filter-chain',
  );
  const sni = chain?.detected?.serverName ?? '';
  if (chain?.detected?.transport !== 'tls' || sni === '' || sni.toLowerCase() === host.toLowerCase()) return null;
  const known = (chain.serverNames ?? []).some((name) => isCovered(host, name));
  return {
    cause: `the TLS connection was opened for ${sni} (SNI), and the request on it is for ${host}: the filter chain of ${sni} serves both`,
    text: known
      ? `open a connection with SNI ${host}. Browsers reuse a connection for every host of its certificate: give each host its own certificate, or serve both with one Gateway server`
      : `send the SNI of the host that is called; no filter chain of this listener asks for ${host}`,
    commands: ['kubectl get gateways.networking.istio.io -A'],
  };
}

function isCovered(host: string, name: string): boolean {
  const [own, asked] = [host.toLowerCase(), name.toLowerCase()];
  return own === asked || (asked.startsWith('*.') && own.endsWith(asked.slice(1)));
}

/** A redirect to https that the caller has followed already is a loop: the hop in front ended TLS, and is not trusted. */
export function tlsRequired({ request }: DeadEnd): Advice {
  const claimed = request.headers.some(
    ([name, value]) => name.toLowerCase() === 'x-forwarded-proto' && value.trim() === 'https',
  );
  if (!claimed) return { text: `call it over TLS: ${request.url.replace(/^http:/i, 'https:')}`, commands: [] };
  return {
    cause:
      'the gateway trusts no proxy in front and overwrites X-Forwarded-Proto: https: behind a load balancer that ends TLS it redirects for ever',
    text: 'set numTrustedProxies (gatewayTopology of the mesh configuration, or the annotation proxy.istio.io/config of the gateway) to the number of proxies in front of it',
    object: 'kubectl get configmap istio -n istio-system -o yaml',
    commands: [],
  };
}

/** Where no route of the virtual host takes the request. */
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
  const { origin } = end.step;
  if (origin?.kind === 'VirtualService' && end.hop.direction === 'outbound') {
    return {
      text: `none of the rules of ${origin.kind} ${origin.name} in ${origin.namespace} matches ${what}. In the mesh a host has the rules of one VirtualService: those of a second one for the same host are not merged, so add the rule there`,
      commands: ['kubectl get virtualservice -A', routeCommand(end)],
    };
  }
  return {
    text: `none of the routes${host === undefined ? '' : ` of \`${host}\``} matches ${what === '' ? 'the request' : what}: change the request, or add a rule that matches it`,
    commands: [routeCommand(end)],
  };
}

/** Where a route leads to a cluster that the proxy does not have: a subset that no DestinationRule defines. */
export function clusterNotFound(end: DeadEnd): Advice {
  const name = clusterOf(end);
  const parts = parseIstioClusterName(name);
  const host = parts?.fqdn ?? '';
  if (host === '') return { text: `the proxy has no cluster \`${name}\``, commands: [mctl('cluster', end.hop.proxy)] };
  const rule = end.step.origin;
  if (rule?.kind === 'DestinationRule' && parts !== null) {
    return {
      text: `this proxy uses the DestinationRule ${rule.name} in ${rule.namespace} for \`${host}\`, and that has no subset \`${parts.subset}\`: add it there. Another DestinationRule of the same host is not used`,
      commands: ['kubectl get destinationrule -A', mctl('cluster', end.hop.proxy, '--fqdn', host)],
    };
  }
  const text =
    parts?.subset === '' || parts === null
      ? `the mesh has no service \`${host}\` with port ${parts?.port ?? ''} that this proxy may see: correct the destination in the VirtualService`
      : `no DestinationRule for \`${host}\` that this proxy may see has the subset \`${parts.subset}\`: add it, or correct the subset in the VirtualService`;
  return { text, commands: [mctl('cluster', end.hop.proxy, '--fqdn', host), 'kubectl get destinationrule -A'] };
}

/** Where a cluster has no endpoint that can be used. */
export function noHealthyEndpoint(end: DeadEnd): Advice {
  const name = clusterOf(end);
  const parts = parseIstioClusterName(name);
  const service = parts === null ? null : serviceOf(parts.fqdn);
  const all = end.hop.clusters.flatMap((cluster) => cluster.endpoints);
  if (all.length === 0 && parts !== null && parts.direction === 'outbound' && service === null) {
    return {
      text: `\`${parts.fqdn}\` is a host of a ServiceEntry, which gives no endpoint to send to: set its resolution to DNS (or STATIC with endpoints); resolution NONE has none to choose`,
      object: 'kubectl get serviceentry -A',
      commands: [mctl('endpoint', end.hop.proxy, '--cluster', name)],
    };
  }
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

/** Where the mesh lets nothing out to hosts that it does not know. */
export function blackHole({ request, hop }: DeadEnd): Advice {
  const host = hostOf(request);
  const service = serviceAskedFor(hop);
  const namespace = hop.proxy?.split('.')[1];
  if (service !== null) {
    const sidecars = namespace === undefined ? '-A' : `-n ${shellWord(namespace)}`;
    return {
      cause: `${host} is the Service ${service}, and this proxy has no configuration for it: a Sidecar object (egress.hosts) or exportTo leaves it out`,
      text: `add ${service.split('.')[1] ?? ''}/* or the host to egress.hosts of the Sidecar that selects this pod, or export the Service to its namespace`,
      object: `kubectl get sidecar ${sidecars} -o yaml`,
      commands: [],
    };
  }
  return {
    cause: `${host} is not known to the mesh, and outboundTrafficPolicy is REGISTRY_ONLY: it is blocked`,
    text: `declare \`${host}\` in a ServiceEntry, or set outboundTrafficPolicy to ALLOW_ANY`,
    commands: ['kubectl get serviceentry -A', 'kubectl get sidecar -A'],
  };
}
