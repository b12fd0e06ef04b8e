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
  throw new UsageError(`--to ${text} is no destination`, {
    hint: 'Write POD.NAMESPACE, svc/NAME.NAMESPACE, cluster=NAME, host=NAME or outside.',
  });
}

/**
 * Whether a request can end at a destination, by what the first proxy does with it: so that a mesh's other requests are not
 * followed. Undefined where that cannot be said.
 * @param passing the proxies, by name, that send on what comes to them: gateways and waypoints
 */
export function leadsTo(text: string, passing: ReadonlySet<string>): ((trace: Trace) => boolean) | undefined {
  if (text === 'outside' || text.startsWith('host=')) return undefined;
  const isThere = parseTo(text);
  if (text.startsWith('svc/') || text.startsWith('cluster=')) return (trace) => isThere(outcomeOf(trace));
  return (trace) =>
    [trace, ...trace.branches].some(({ hops }) =>
      (hops[0]?.clusters ?? []).some(({ endpoints }) =>
        endpoints.some(({ pod }) => pod === null || pod === text || passing.has(pod)),
      ),
    );
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
