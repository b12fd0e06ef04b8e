/**
 * Host names as ztunnel's DNS proxy answers them for a pod: the name itself, then what Kubernetes' search path makes of it,
 * each exactly and then by wildcards. https://github.com/istio/ztunnel (src/dns/server.rs)
 */
import { isIP } from 'node:net';
import type { ZtunnelService } from '../ztunnel/resources';
import { networkAddress, type ZtunnelIndex } from './ztunnel-index';

export interface NamedAddresses {
  readonly hostname: string;
  /** Addresses of ztunnel's own network; empty where the service has none, so that DNS is asked. */
  readonly ips: readonly string[];
}

/**
 * Null where no service has the name: the resolver of the pod is asked. Services without a VIP are passed over unless their
 * name is one of the cluster's; of the one that is found the answer is its own, an empty one too.
 */
export function namedByZtunnel(index: ZtunnelIndex, host: string, namespace: string): NamedAddresses | null {
  const lower = host.toLowerCase().replace(/\.$/, '');
  for (const alias of aliasesOf(lower, namespace, index.clusterDomain)) {
    for (const name of [alias, ...wildcardsOf(alias)]) {
      const service = bestOf(index, name, namespace);
      if (service !== null) return { hostname: service.hostname ?? '', ips: addressesOf(index, service) };
    }
  }
  return null;
}

function aliasesOf(host: string, namespace: string, domain: string): readonly string[] {
  const own = expanded(host, namespace, domain);
  const searched = [`.${namespace}.svc.${domain}`, `.svc.${domain}`, `.${domain}`]
    .filter((suffix) => host.endsWith(suffix))
    .flatMap((suffix) => expanded(host.slice(0, -suffix.length), namespace, domain));
  return [...new Set([...own, ...searched])];
}

/** What a name of this many labels can stand for. */
function expanded(host: string, namespace: string, domain: string): readonly string[] {
  const labels = host.split('.');
  const endsInSvc = labels.at(-1) === 'svc';
  switch (labels.length) {
    case 1:
      return [host, `${host}.${namespace}.svc.${domain}`];
    case 2:
      return [host, `${host}.svc.${domain}`, `${host}.${namespace}.svc.${domain}`];
    case 3:
      return [host, ...(endsInSvc ? [`${host}.${domain}`] : []), `${host}.svc.${domain}`];
    default:
      return endsInSvc && labels.length === 4 ? [host, `${host}.${domain}`] : [host];
  }
}

/** `*.example.com`, then `*.com`. */
function wildcardsOf(host: string): readonly string[] {
  const labels = host.split('.');
  return labels.slice(1).map((_label, at) => `*.${labels.slice(at + 1).join('.')}`);
}

/** The client's namespace, else the last canonical one, else the first; those that it may not see are passed over. */
function bestOf(index: ZtunnelIndex, hostname: string, namespace: string): ZtunnelService | null {
  const visible = index.servicesNamed(hostname).filter((one) => {
    const isAnswered = (one.vips ?? []).length > 0 || hostname.endsWith(`.svc.${index.clusterDomain}`);
    return isAnswered && (one.visibility !== 'Namespace' || one.namespace === namespace);
  });
  const own = visible.find((one) => one.namespace === namespace);
  const preferred = visible.find((one) => one.namespace === index.preferredNamespace);
  return own ?? visible.findLast(({ canonical }) => canonical === true) ?? preferred ?? visible[0] ?? null;
}

/** Whether a service of these families, `Dual` or none for both, answers with an address. */
function isOf(families: string | undefined, ip: string): boolean {
  const family = isIP(ip) === 6 ? 'IPv6' : 'IPv4';
  return families === family || (families !== 'IPv4' && families !== 'IPv6');
}

/** VIPs on ztunnel's network; of a service without any, an address of each workload behind it, on whatever network it is. */
function addressesOf(index: ZtunnelIndex, { vips, endpoints, ipFamilies }: ZtunnelService): readonly string[] {
  const own = (vips ?? []).map((vip) => networkAddress(vip ?? '')).filter(({ network }) => network === index.network);
  if ((vips ?? []).length > 0) return own.map(({ ip }) => ip);
  return Object.values(endpoints ?? {}).flatMap((one) => {
    const workload = index.workloadByUid(one?.workloadUid ?? '');
    const ip = workload?.workloadIps?.find((one) => one !== null && isOf(ipFamilies, one));
    return ip === undefined || ip === null ? [] : [ip];
  });
}
