/** What of two ztunnels' dumps differs: workloads, services and policies by their keys. */
import type { ZtunnelDump } from '../mesh/ztunnel-index';
import { redacted } from '../secrets/redact';
import { compareResources, type ViewDiff } from './compare-dumps';
import { type ComparedValue, comparedValue, type Resources } from './resources';

const COMPARED = {
  workload: ({ workloads }: ZtunnelDump) => workloads.map((one) => [one.uid ?? '', one] as const),
  service: ({ services }: ZtunnelDump) =>
    services.map((one) => [`${one.namespace ?? ''}/${one.hostname ?? ''}`, one] as const),
  policy: ({ policies }: ZtunnelDump) =>
    policies.map((one) => [`${one.namespace ?? ''}/${one.name ?? ''}`, one] as const),
};

export type ComparedZtunnelView = keyof typeof COMPARED;

export const ZTUNNEL_VIEWS = Object.keys(COMPARED) as readonly ComparedZtunnelView[];

/** Views with a difference. Certificates and connections are each ztunnel's own and are not compared. */
export function compareZtunnels(
  a: ZtunnelDump,
  b: ZtunnelDump,
  views: readonly ComparedZtunnelView[],
): readonly ViewDiff[] {
  return views
    .map((view) => compareResources(view, resourcesOf(a, view), resourcesOf(b, view)))
    .filter(({ added, removed, changed }) => added.length + removed.length + changed.length > 0);
}

function resourcesOf(dump: ZtunnelDump, view: ComparedZtunnelView): Resources {
  const found = new Map<string, ComparedValue[]>();
  for (const [key, value] of COMPARED[view](dump))
    found.set(key, [...(found.get(key) ?? []), comparedValue(redacted(value))]);
  return found;
}
