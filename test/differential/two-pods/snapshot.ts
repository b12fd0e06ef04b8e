/** A mesh written as a snapshot, as `mctl capture` writes one and a person can make one by hand. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from '../generate/message';
import type { MeshPlan, PodPlan } from './plan';
import type { Pod } from './pod';

export async function writeSnapshot(directory: string, plan: MeshPlan, pods: readonly Pod[]): Promise<void> {
  const write = (name: string, value: unknown): void => {
    const file = join(directory, name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  };
  write('snapshot.json', { version: 1, capturedAt: new Date().toISOString(), context: 'two-pods' });
  write(
    'kubernetes/pods.json',
    list(
      'PodList',
      pods.map((pod) => podObject(pod.plan)),
    ),
  );
  write('kubernetes/services.json', list('ServiceList', services(plan)));
  for (const { plan: pod, envoy, network } of pods) {
    if (envoy === null) continue;
    const folder = `proxies/bookinfo/${pod.name}`;
    write(`${folder}/config_dump.json`, await envoy.admin('/config_dump?include_eds'));
    write(`${folder}/clusters.json`, await envoy.admin('/clusters?format=json'));
    write(`${folder}/server_info.json`, await envoy.admin('/server_info'));
    write(`${folder}/iptables.txt`, withoutServiceProxy(network.run(['iptables-save', '-t', 'nat'])));
  }
}

/** The nodes' own rules for service addresses stand beside the pod's here, where a cluster has them elsewhere. */
export function withoutServiceProxy(saved: string): string {
  return saved
    .split('\n')
    .filter((line) => !line.includes('-j DNAT'))
    .join('\n');
}

function list(kind: string, items: readonly Message[]): Message {
  return { apiVersion: 'v1', kind, items };
}

export function podObject({ name, ip, app, version, account, sidecar }: PodPlan): Message {
  const containers = [{ name: 'app' }, ...(sidecar ? [{ name: 'istio-proxy' }] : [])];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'bookinfo', labels: { app, version } },
    spec: { serviceAccountName: account, containers },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  };
}

export function services({ services: all }: MeshPlan): readonly Message[] {
  return [...new Set(all.map(({ name }) => name))].map((name) => {
    const own = all.filter((service) => service.name === name);
    const ports = own.map(({ port, http }) => ({
      name: `${http ? 'http' : 'tcp'}-${port}`,
      port,
      targetPort: port,
      protocol: 'TCP',
    }));
    const ip = own[0]!.ip;
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'bookinfo' },
      spec: { clusterIP: ip, clusterIPs: [ip], selector: { app: name }, ports },
    };
  });
}
