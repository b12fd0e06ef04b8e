/** VIPs that do not lead where the dump says. https://github.com/istio/ztunnel (src/state/service.rs) */
import { objectOrigin } from '../../envoy/istio-config';
import type { PlacedService } from '../../mesh/ztunnel-index';
import type { ZtunnelService } from '../../ztunnel/resources';
import type { Finding } from '../finding';
import { type LintedZtunnel, serviceText } from './linted-ztunnel';
import { gatewaysOf } from './waypoints';

export function vipFindings(linted: LintedZtunnel): readonly Finding[] {
  return [...sharedVips(linted), ...cidrVips(linted)];
}

/** Of several services of one namespace on one VIP ztunnel has one, and the dump does not tell which. */
function sharedVips({ index }: LintedZtunnel): readonly Finding[] {
  const byVip = new Map<string, PlacedService[]>();
  for (const placed of index.services) {
    const { namespace = '', vips } = placed.service;
    for (const vip of new Set(vips ?? [])) {
      const key = JSON.stringify([namespace, vip]);
      byVip.set(key, [...(byVip.get(key) ?? []), placed]);
    }
  }
  return [...byVip].flatMap(([key, [first, ...others]]) => {
    if (first === undefined || others.length === 0) return [];
    const vip = (JSON.parse(key) as readonly string[])[1] ?? '';
    const names = others.map(({ service }) => service.hostname ?? '').join(' and ');
    return [
      {
        rule: 'shared-vip',
        severity: 'warning',
        resource: serviceText(first.service),
        message: `${addressText(vip)} is its VIP and that of ${names}, of the same namespace: ztunnel has the one that came last, which the dump does not tell`,
        owner: ownerOf(first.service),
        config: first.pointer,
      } satisfies Finding,
    ];
  });
}

function addressText(vip: string): string {
  return vip.startsWith('/') ? vip.slice(1) : vip;
}

/** A waypoint and the mode Passthrough need no endpoints. */
function cidrVips({ index }: LintedZtunnel): readonly Finding[] {
  return index.services.flatMap(({ service, pointer }) => {
    const ranges = (service.cidrVips ?? []).flatMap((one) =>
      one === null ? [] : [typeof one === 'string' ? addressText(one) : (one.cidr ?? '')],
    );
    const isFine = gatewaysOf(service).length > 0 || service.loadBalancer?.mode === 'Passthrough';
    if (ranges.length === 0 || isFine) return [];
    return [
      {
        rule: 'cidr-vip-without-endpoints',
        severity: 'warning',
        resource: serviceText(service),
        message: `its VIP is the range ${ranges.join(', ')}: ztunnel keeps such a service as it was before its endpoints came, so that calls to it get "no healthy upstream", whatever endpoints the dump shows`,
        owner: ownerOf(service),
        config: pointer,
      } satisfies Finding,
    ];
  });
}

/** Kubernetes Services are canonical; others come from ServiceEntries, whose names a dump has. */
function ownerOf({ name = '', namespace = '', canonical }: ZtunnelService): Finding['owner'] {
  if (name === '') return null;
  return canonical === true
    ? objectOrigin('Service', 'service', name, namespace)
    : objectOrigin('ServiceEntry', 'serviceentry', name, namespace);
}
