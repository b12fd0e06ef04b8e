/** Waypoints that are missing, that nobody uses, or that nobody is let into. https://istio.io/latest/docs/ambient/usage/waypoint/ */
import { objectOrigin } from '../../envoy/istio-config';
import { parseIp } from '../../match/cidr';
import { isPod, networkAddress, workloadName } from '../../mesh/ztunnel-index';
import { judge, policiesFor, policyKey, UNKNOWN_IDENTITY } from '../../trace/ztunnel/policy';
import { HBONE_PORT } from '../../trace/ztunnel/walk';
import type { GatewayAddress, ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import type { Finding } from '../finding';
import { endpointsOf, type LintedZtunnel, pointerOf, serviceText } from './linted-ztunnel';

/** Waypoints that are missing, that let nobody in, or that nobody uses. */
export function waypointFindings(linted: LintedZtunnel): readonly Finding[] {
  return [...missingWaypoints(linted), ...deniedWaypoints(linted), ...unusedWaypoints(linted)];
}

interface User {
  readonly entry: ZtunnelService | ZtunnelWorkload;
  readonly resource: string;
  readonly owner: Finding['owner'];
  readonly gateways: readonly GatewayAddress[];
}

/** The waypoints of a service: weighted ones where a weight is not zero, and then in place of the other. */
export function gatewaysOf({ waypoint, weightedWaypoints }: ZtunnelService): readonly GatewayAddress[] {
  const weighted = (weightedWaypoints ?? []).flatMap((one) =>
    one === null || (one.weight ?? 0) === 0 ? [] : [one.destination ?? {}],
  );
  const own = waypoint === undefined ? [] : [waypoint];
  return weighted.length > 0 ? weighted : own;
}

/** Everything that has a waypoint. */
function usersOf({ index }: LintedZtunnel): readonly User[] {
  const services = index.services.map(({ service }) => {
    const { name = '', namespace = '' } = service;
    const owner = name === '' ? null : objectOrigin('Service', 'service', name, namespace);
    return {
      entry: service,
      resource: serviceText(service),
      owner: service.canonical === true ? owner : null,
      gateways: gatewaysOf(service),
    };
  });
  const workloads = index.workloads.map((workload) => ({
    entry: workload,
    resource: `workload ${workloadName(workload)}`,
    owner: isPod(workload) ? objectOrigin('Pod', 'pod', workload.name ?? '', workload.namespace ?? '') : null,
    gateways: workload.waypoint === undefined ? [] : [workload.waypoint],
  }));
  return [...services, ...workloads].filter(({ gateways }) => gateways.length > 0);
}

function missingWaypoints(linted: LintedZtunnel): readonly Finding[] {
  return usersOf(linted).flatMap(({ entry, resource, owner, gateways }) =>
    gateways.flatMap((gateway) => {
      const because = whyMissing(linted, gateway.destination ?? '');
      if (because === null) return [];
      return [
        {
          rule: 'missing-waypoint',
          severity: 'error',
          resource,
          message: `its waypoint is ${gateway.destination ?? ''}, and ${because}: connections to it are closed, since traffic never goes round a waypoint`,
          owner,
          config: pointerOf(linted, entry),
        } satisfies Finding,
      ];
    }),
  );
}

/** Why no pod of a waypoint is found; null where one is. */
function whyMissing(linted: LintedZtunnel, destination: string): string | null {
  const { index } = linted;
  const { network: place, ip: name } = networkAddress(destination);
  const isAddress = parseIp(name) !== null;
  const services = isAddress
    ? index.servicesAt(place, name)
    : [index.serviceNamed(place, name)].flatMap((found) => found ?? []);
  if (services.some(({ service }) => endpointsOf(linted, service).length > 0)) return null;
  const workload = isAddress ? index.workloadAt(place, name) : index.workloadByHostname(place, name);
  if (services.length === 0 && workload !== null) return null;
  if (services.length > 0) return 'that service has no endpoint that ztunnel knows';
  return isAddress ? 'nothing has that address' : 'there is no service of that host name';
}

/** Services with the port of HBONE stand for waypoints, or for gateways between networks. */
function unusedWaypoints(linted: LintedZtunnel): readonly Finding[] {
  const { index } = linted;
  const used = new Set<string>();
  for (const { gateways } of usersOf(linted)) for (const { destination } of gateways) used.add(destination ?? '');
  for (const { networkGateway } of index.workloads) used.add(networkGateway?.destination ?? '');
  return index.services.flatMap(({ service, pointer }) => {
    if (service.ports?.[HBONE_PORT] === undefined || isNamed(linted, service, used)) return [];
    const { name = '', namespace = '' } = service;
    return [
      {
        rule: 'unused-waypoint',
        severity: 'warning',
        resource: serviceText(service),
        message:
          'it takes HBONE on port 15008, and no service and no workload has it for its waypoint: nothing of this cluster goes through it (the label istio.io/use-waypoint names a waypoint; a gateway between networks needs none)',
        owner: name === '' ? null : objectOrigin('Gateway', 'gateway.gateway.networking.k8s.io', name, namespace),
        config: pointer,
      } satisfies Finding,
    ];
  });
}

/** By its host name, by a VIP, or by the address of a pod behind it. */
function isNamed(linted: LintedZtunnel, service: ZtunnelService, used: ReadonlySet<string>): boolean {
  const { namespace = '', hostname = '', vips } = service;
  const names = [
    `${namespace}/${hostname}`,
    ...(vips ?? []),
    ...endpointsOf(linted, service).flatMap(({ network = '', workloadIps }) =>
      (workloadIps ?? []).map((ip) => `${network}/${ip ?? ''}`),
    ),
  ];
  return names.some((name) => name !== null && used.has(name));
}

/** A waypoint that ztunnel serves meets every policy of its namespace, with the port of its tunnel as the destination's. */
function deniedWaypoints(linted: LintedZtunnel): readonly Finding[] {
  const { index } = linted;
  return index.workloads.flatMap((workload) => {
    const port = workload.applicationTunnel?.port;
    if (port === undefined || workload.nativeTunnel === true || workload.protocol !== 'HBONE') return [];
    const policies = policiesFor(index.policies, workload);
    const verdict = judge(policies, {
      sourceIp: null,
      identity: UNKNOWN_IDENTITY,
      destinationIp: workload.workloadIps?.[0] ?? '',
      destinationPort: port,
    });
    if (verdict.kind !== 'denied') return [];
    const allowing = policies.filter(({ action, dryRun }) => action !== 'Deny' && dryRun !== true).map(policyKey);
    const why =
      verdict.by.length > 0
        ? `${verdict.by.join(' and ')} denies whoever calls`
        : `no ALLOW policy (${allowing.join(', ')}) allows port ${port}, to which its tunnel leads`;
    return [
      {
        rule: 'waypoint-denied',
        severity: 'error',
        resource: `workload ${workloadName(workload)}`,
        message: `ztunnel lets nobody into this waypoint: ${why}; what goes by it is denied`,
        owner: null,
        config: pointerOf(linted, workload),
      } satisfies Finding,
    ];
  });
}
