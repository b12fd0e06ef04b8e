/** Configurations of the packed corpora as a trace reads them. */
import type { ClusterStatus } from '../../src/lib/envoy/endpoint';
import { ConfigDump } from '../../src/lib/envoy/config-dump';
import { ProxyConfig } from '../../src/lib/envoy/proxy-config';
import { scanDump } from '../../src/lib/scan/scan';
import { corpusFiles } from './corpora';
import { chunksOf } from './pieces';

const SECTIONS = ['Bootstrap', 'Clusters', 'Listeners', 'Routes', 'ScopedRoutes', 'Secrets', 'Endpoints', 'Ecds'];

/** A config_dump's text as a configuration. */
export async function configFromText(
  text: string,
  statuses: readonly ClusterStatus[] | null = null,
): Promise<ProxyConfig> {
  const raw = await scanDump('a dump', chunksOf(Buffer.from(text), 1 << 20), {
    sections: SECTIONS.map((section) => `${section}ConfigDump`),
  });
  if (raw.kind !== 'config_dump') throw new Error('no config_dump');
  return new ProxyConfig(new ConfigDump(raw), statuses, null);
}

/** A proxy of a scenario. */
export async function corpusConfig(scenario: string, name: string): Promise<ProxyConfig> {
  const files = corpusFiles();
  const clusters = files[`${scenario}/${name}.clusters.json`];
  const statuses =
    clusters === undefined ? null : (JSON.parse(clusters) as { cluster_statuses?: ClusterStatus[] }).cluster_statuses;
  return await configFromText(files[`${scenario}/${name}.config_dump.json`] ?? '', statuses ?? null);
}
