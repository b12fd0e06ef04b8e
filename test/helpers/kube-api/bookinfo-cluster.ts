/** The bookinfo sample as a cluster: its lists at a test API server, and an Envoy with canned answers for each proxy. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CannedEnvoy } from './canned-envoy';
import { KubeApi } from './kube-api';

export const SAMPLE = join(__dirname, '../../../sample');

/** The pods with a sidecar, in the order of their names. */
export const PROXY_NAMES: readonly string[] = [
  'details-v1-79f774bdb9-6jl84',
  'productpage-v1-6b746f74dc-9stvs',
  'ratings-v1-b6994bb9-2jqmk',
  'reviews-v2-7bf8c9648f-rzfp6',
  'reviews-v3-84779c7bbc-57sqk',
];

type Backend = Parameters<KubeApi['setBackend']>[1];

/** A file of the sample. */
export function sampleText(path: string): string {
  return gunzipSync(readFileSync(join(SAMPLE, `${path}.gz`))).toString('utf8');
}

/** The objects of a list of the sample. */
function sampleItems(list: string): readonly Record<string, any>[] {
  return (JSON.parse(sampleText(`kubernetes/${list}.json`)) as { items: Record<string, any>[] }).items;
}

export class BookinfoCluster {
  readonly api: KubeApi;
  readonly envoys: ReadonlyMap<string, CannedEnvoy>;

  private constructor(api: KubeApi, envoys: ReadonlyMap<string, CannedEnvoy>) {
    this.api = api;
    this.envoys = envoys;
  }

  /** @param pod what the cluster has of a pod of the sample; its iptables rules stand in the log of istio-init */
  static async start(pod: (pod: Record<string, any>) => Record<string, any> = (one) => one): Promise<BookinfoCluster> {
    const api = await KubeApi.start();
    api.addNamespace('bookinfo');
    for (const one of sampleItems('pods')) {
      const { spec, ...rest } = pod(one);
      api.add('/api/v1', 'pods', { ...rest, spec: { ...spec, initContainers: [{ name: 'istio-init' }] } });
    }
    for (const service of sampleItems('services')) api.add('/api/v1', 'services', service);
    for (const slice of sampleItems('endpointslices')) api.add('/apis/discovery.k8s.io/v1', 'endpointslices', slice);
    for (const node of sampleItems('nodes')) api.add('/api/v1', 'nodes', node);
    const envoys = new Map<string, CannedEnvoy>();
    for (const name of PROXY_NAMES) {
      const [configDump, clusters] = ['config_dump', 'clusters'].map((file) =>
        sampleText(`proxies/bookinfo/${name}/${file}.json`),
      ) as [string, string];
      envoys.set(name, await CannedEnvoy.start({ configDump, clusters }));
    }
    const cluster = new BookinfoCluster(api, envoys);
    for (const name of PROXY_NAMES) cluster.setBackend(name);
    return cluster;
  }

  /** What stands behind a pod: its Envoy and the log of istio-init, or what is given in their place. */
  setBackend(name: string, more: Partial<Backend> = {}): void {
    const rules = sampleText(`proxies/bookinfo/${name}/iptables.txt`);
    const log = `2026-01-01T00:00:00Z\tinfo\tRunning command: iptables-save\nCommand output:\n${rules}`;
    this.api.setBackend(
      { name, namespace: 'bookinfo' },
      { port: this.envoys.get(name)?.port ?? null, logs: { 'istio-init': log }, ...more },
    );
  }

  async close(): Promise<void> {
    for (const envoy of this.envoys.values()) await envoy.close();
    await this.api.close();
  }
}
