/** The sample in ambient mode as a cluster: its lists at a test API server, the waypoint's Envoy and the ztunnel with canned answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CannedEnvoy } from './canned-envoy';
import { KubeApi } from './kube-api';

export const AMBIENT_SAMPLE = join(__dirname, '../../../sample/ambient');
export const ZTUNNEL = { name: 'ztunnel-7c4kd', namespace: 'istio-system' };
export const WAYPOINT = { name: 'waypoint-64b5d-xyz', namespace: 'bookinfo' };
export const NODE = 'n1';

function sampleText(path: string): string {
  return gunzipSync(readFileSync(join(AMBIENT_SAMPLE, `${path}.gz`))).toString('utf8');
}

function items(list: string): readonly Record<string, any>[] {
  return (JSON.parse(sampleText(`kubernetes/${list}.json`)) as { items: Record<string, any>[] }).items;
}

/** As the chart of ztunnel makes its pods: its container has the name that Envoy's has in a sidecar. */
function asCharted(pod: Record<string, any>): Record<string, any> {
  const isZtunnel = pod['metadata'].name === ZTUNNEL.name;
  return isZtunnel ? { ...pod, spec: { ...pod['spec'], containers: [{ name: 'istio-proxy' }] } } : pod;
}

export class AmbientCluster {
  readonly api: KubeApi;
  readonly ztunnel: CannedEnvoy;
  readonly waypoint: CannedEnvoy;

  private constructor(api: KubeApi, ztunnel: CannedEnvoy, waypoint: CannedEnvoy) {
    this.api = api;
    this.ztunnel = ztunnel;
    this.waypoint = waypoint;
  }

  static async start(): Promise<AmbientCluster> {
    const api = await KubeApi.start();
    for (const namespace of ['bookinfo', 'default', 'legacy', 'istio-system']) api.addNamespace(namespace);
    for (const pod of items('pods')) api.add('/api/v1', 'pods', asCharted(pod));
    for (const service of items('services')) api.add('/api/v1', 'services', service);
    for (const slice of items('endpointslices')) api.add('/apis/discovery.k8s.io/v1', 'endpointslices', slice);
    for (const node of items('nodes')) api.add('/api/v1', 'nodes', node);
    const ztunnel = await CannedEnvoy.start({
      configDump: sampleText(`ztunnels/${ZTUNNEL.namespace}/${ZTUNNEL.name}/config_dump.json`),
    });
    const proxy = `proxies/${WAYPOINT.namespace}/${WAYPOINT.name}`;
    const waypoint = await CannedEnvoy.start({ configDump: sampleText(`${proxy}/config_dump.json`) });
    api.setBackend(ZTUNNEL, { port: ztunnel.port });
    api.setBackend(WAYPOINT, { port: waypoint.port });
    return new AmbientCluster(api, ztunnel, waypoint);
  }

  async close(): Promise<void> {
    await this.ztunnel.close();
    await this.waypoint.close();
    await this.api.close();
  }
}
