/** `--to`: which classes end at a destination. */
import type { Metadata } from '../envoy/any';
import type { ProxyConfig } from '../envoy/proxy-config';
import { UsageError } from '../errors';
import type { Trace } from '../trace/model';
import { type ClassOutcome, outcomeOf } from './outcome';

/** Whether an outcome is one at the destination: there, or refused in front of it. */
export type IsThere = (outcome: ClassOutcome) => boolean;

const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';

const SERVICE = new RegExp(`^svc/(${LABEL})\\.(${LABEL})$`);

/** Reads a destination: `POD.NS`, `svc/NAME.NS`, `cluster=NAME`, `outside`. Throws UsageError for anything else. */
export function parseTo(text: string): IsThere {
  if (text === 'outside') {
    return ({ verdict, destinations, hops }) =>
      verdict === 'delivered' && destinations.length === 0 && hops.length === 1;
  }
  if (text.startsWith('cluster=')) {
    const name = text.slice('cluster='.length);
    return ({ clusters }) => clusters.some((one) => one.name === name);
  }
  const service = SERVICE.exec(text);
  if (service !== null) {
    const host = `|${service[1] ?? ''}.${service[2] ?? ''}.svc.`;
    return ({ clusters }) => clusters.some(({ name }) => name.startsWith('outbound|') && name.includes(host));
  }
  if (new RegExp(`^[a-z0-9][a-z0-9.-]*\\.${LABEL}$`).test(text)) {
    return ({ destinations, hops }) => destinations.includes(text) || (hops.length > 1 && hops.at(-1)?.proxy === text);
  }
  throw new UsageError(`--to ${text} is not a destination`, {
    hint: 'Write POD.NAMESPACE, svc/NAME.NAMESPACE, cluster=NAME, host=NAME or outside.',
  });
}

/** Whether a request can end at a destination, by what the first proxy does with it. */
export interface LeadsTo {
  readonly leads: (trace: Trace) => boolean;
  /** Whether one to this cluster of the first proxy may. */
  readonly cluster: (name: string, config: ProxyConfig) => boolean;
}

/**
 * By what the first proxy does with a request, so that a mesh's other requests are not followed. Undefined where that cannot be
 * said.
 * @param passing the proxies, by name, that send on what comes to them: gateways and waypoints
 * @param podAt the pod that has an address, by name; null where none is known to
 */
export function leadsTo(
  text: string,
  passing: ReadonlySet<string>,
  podAt: (ip: string) => string | null = () => null,
): LeadsTo | undefined {
  if (text === 'outside' || text.startsWith('host=')) return undefined;
  const isThere = parseTo(text);
  if (text.startsWith('svc/') || text.startsWith('cluster=')) {
    const named = (name: string): boolean => isThere({ ...NOWHERE, clusters: [{ name, share: 1 }] });
    return { leads: (trace) => isThere(outcomeOf(trace)), cluster: named };
  }
  const mayBe = (pod: string | null): boolean => pod === null || pod === text || passing.has(pod);
  return {
    leads: (trace) =>
      [trace, ...trace.branches].some(({ hops }) =>
        (hops[0]?.clusters ?? []).some(({ endpoints }) => endpoints.some(({ pod }) => mayBe(pod))),
      ),
    cluster: (name, config) => {
      const addresses = addressesIn(config, name);
      return addresses === null || addresses.some((ip) => mayBe(podAt(ip)));
    },
  };
}

const NOWHERE: ClassOutcome = {
  verdict: 'delivered',
  reason: null,
  status: null,
  responseFlags: null,
  clusters: [],
  destinations: [],
  policy: null,
  hops: [],
  otherwise: [],
};

/** The addresses of a cluster's endpoints; null where EDS alone does not say them. */
function addressesIn(config: ProxyConfig, name: string): readonly string[] | null {
  if (config.cluster(name)?.resource?.type !== 'EDS') return null;
  const endpoints = config.assignment(name)?.resource?.endpoints;
  const addresses = endpoints?.flatMap(({ lb_endpoints: own = [] }) =>
    own.map(({ endpoint }) => endpoint?.address?.socket_address?.address ?? null),
  );
  return addresses === undefined || addresses.includes(null) ? null : addresses.flatMap((ip) => ip ?? []);
}

/**
 * The ports at which requests come to the destination at a pod, from whomever: all (`any`) of a pod that is named itself, those of
 * a Service that it is behind, none of other pods.
 */
export function portsAt(text: string, pod: string, config: ProxyConfig): ReadonlySet<number> | 'any' {
  const [, name, namespace] = SERVICE.exec(text) ?? [];
  if (name === undefined) return text === pod ? 'any' : new Set();
  const ports = new Set<number>();
  for (const { resource } of config.dump.eachCluster('inbound|')) {
    const port = /^inbound\|(\d+)\|/.exec(resource?.name ?? '')?.[1];
    const isOf = servicesOf(resource?.metadata).some((one) => one.name === name && one.namespace === namespace);
    if (port !== undefined && isOf) ports.add(Number(port));
  }
  return ports;
}

/** The Services that istiod made an inbound cluster of. */
function servicesOf(
  metadata: Metadata | undefined,
): readonly { readonly name?: unknown; readonly namespace?: unknown }[] {
  const services = metadata?.filter_metadata?.['istio']?.['services'];
  return Array.isArray(services) ? (services as readonly { name?: unknown; namespace?: unknown }[]) : [];
}
