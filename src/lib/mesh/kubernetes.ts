/** Pods, Services and EndpointSlices as `kubectl get -o json` prints them: the fields that a walk through the mesh reads. */
import type { ProxyId } from '../proxy-id';
import { field, listOf, textOrEmpty } from '../json-fields';
import { numberOf, textMap } from './object-fields';

export interface Pod {
  readonly id: ProxyId;
  readonly ips: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  readonly serviceAccount: string | null;
  readonly hostNetwork: boolean;
  /** Whether it has ended: its address may be another pod's by now. */
  readonly ended: boolean;
}

export interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  /** The user that it runs as, where the pod says; null where the image decides. */
  readonly runAsUser: number | null;
}

export interface Service {
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  /** Empty for a headless Service. */
  readonly clusterIps: readonly string[];
  readonly headless: boolean;
  readonly externalName: string | null;
  /** Addresses by which it is reached from outside. */
  readonly externalIps: readonly string[];
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** A number, or the name of a container's port. */
  readonly targetPort: number | string;
  readonly protocol: string;
}

/** One address behind a Service. */
export interface ServiceEndpoint {
  readonly ip: string;
  readonly ready: boolean;
  /** The pod that has it; null where the slice names none. */
  readonly pod: ProxyId | null;
  /** Ports by the name of the Service's port. */
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

/** What an EndpointSlice tells of the Service that it belongs to. */
export interface EndpointSlice {
  readonly service: ProxyId;
  readonly endpoints: readonly ServiceEndpoint[];
}

/** Reads a Pod; null where it has no name. */
export function readPod(value: unknown): Pod | null {
  const metadata = field(value, 'metadata');
  const id = idOf(metadata);
  if (id === null) return null;
  const spec = field(value, 'spec');
  const status = field(value, 'status');
  const ips = [field(status, 'podIP'), ...listOf(field(status, 'podIPs')).map((one) => field(one, 'ip'))];
  const phase = textOrEmpty(field(status, 'phase'));
  return {
    id,
    ips: [...new Set(ips.filter((ip): ip is string => typeof ip === 'string' && ip !== ''))],
    labels: textMap(field(metadata, 'labels')),
    annotations: textMap(field(metadata, 'annotations')),
    containers: listOf(field(spec, 'containers')).map(readContainer),
    initContainers: listOf(field(spec, 'initContainers')).map(readContainer),
    serviceAccount: textOrEmpty(field(spec, 'serviceAccountName')) || null,
    hostNetwork: field(spec, 'hostNetwork') === true,
    ended: phase === 'Succeeded' || phase === 'Failed',
  };
}

function readContainer(value: unknown): Container {
  const user = field(field(value, 'securityContext'), 'runAsUser');
  return {
    name: textOrEmpty(field(value, 'name')),
    command: [...listOf(field(value, 'command')), ...listOf(field(value, 'args'))].map(textOrEmpty),
    ports: listOf(field(value, 'ports')).map((port) => ({
      name: textOrEmpty(field(port, 'name')),
      port: numberOf(field(port, 'containerPort')) ?? 0,
    })),
    runAsUser: typeof user === 'number' ? user : null,
  };
}

/** Reads a Service; null where it has no name. */
export function readService(value: unknown): Service | null {
  const id = idOf(field(value, 'metadata'));
  if (id === null) return null;
  const spec = field(value, 'spec');
  const given = [textOrEmpty(field(spec, 'clusterIP')), ...listOf(field(spec, 'clusterIPs')).map(textOrEmpty)];
  const ingress = listOf(field(field(field(value, 'status'), 'loadBalancer'), 'ingress'));
  return {
    ...id,
    type: textOrEmpty(field(spec, 'type')) || 'ClusterIP',
    clusterIps: [...new Set(given)].filter((ip) => ip !== '' && ip !== 'None'),
    headless: given.includes('None'),
    externalName: textOrEmpty(field(spec, 'externalName')) || null,
    externalIps: [
      ...listOf(field(spec, 'externalIPs')).map(textOrEmpty),
      textOrEmpty(field(spec, 'loadBalancerIP')),
      ...ingress.map((one) => textOrEmpty(field(one, 'ip'))),
    ].filter((ip) => ip !== ''),
    selector: textMap(field(spec, 'selector')),
    ports: listOf(field(spec, 'ports')).map(readServicePort),
  };
}

function readServicePort(value: unknown): ServicePort {
  const port = numberOf(field(value, 'port')) ?? 0;
  const target = field(value, 'targetPort');
  return {
    name: textOrEmpty(field(value, 'name')),
    port,
    targetPort: typeof target === 'number' || (typeof target === 'string' && target !== '') ? numeric(target) : port,
    protocol: textOrEmpty(field(value, 'protocol')) || 'TCP',
  };
}

function numeric(target: number | string): number | string {
  return typeof target === 'string' && /^\d{1,5}$/.test(target) ? Number(target) : target;
}

/** Reads an EndpointSlice: the Service it belongs to and its addresses; null where it belongs to none. */
export function readEndpointSlice(value: unknown): EndpointSlice | null {
  const metadata = field(value, 'metadata');
  const name = textMap(field(metadata, 'labels'))['kubernetes.io/service-name'];
  if (name === undefined) return null;
  const ports = listOf(field(value, 'ports')).map((port) => ({
    name: textOrEmpty(field(port, 'name')),
    port: numberOf(field(port, 'port')) ?? 0,
  }));
  const endpoints = listOf(field(value, 'endpoints')).flatMap((endpoint) => {
    const ready = field(field(endpoint, 'conditions'), 'ready') !== false;
    const target = field(endpoint, 'targetRef');
    const pod = field(target, 'kind') === 'Pod' ? idOf(target) : null;
    return listOf(field(endpoint, 'addresses')).map((ip) => ({ ip: textOrEmpty(ip), ready, pod, ports }));
  });
  return { service: { name, namespace: textOrEmpty(field(metadata, 'namespace')) || 'default' }, endpoints };
}

function idOf(metadata: unknown): ProxyId | null {
  const name = textOrEmpty(field(metadata, 'name'));
  return name === '' ? null : { name, namespace: textOrEmpty(field(metadata, 'namespace')) || 'default' };
}
