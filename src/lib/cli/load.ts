/** Reads what a proxy's source holds into typed configuration. */
import { ConfigDump } from '../envoy/config-dump';
import type { ClusterStatus } from '../envoy/endpoint';
import { toProtoNames } from '../envoy/field-names';
import { ProxyConfig } from '../envoy/proxy-config';
import { InputError } from '../errors';
import { scanDump } from '../scan/scan';
import type { Body, DumpRequest, ProxySource, SectionName } from '../source/source';

/** Every section that a trace can need. */
const ALL_SECTIONS: readonly SectionName[] = [
  'Bootstrap',
  'Clusters',
  'Listeners',
  'Routes',
  'ScopedRoutes',
  'Secrets',
  'Endpoints',
  'Ecds',
];

/**
 * Reads the wanted sections of a proxy's /config_dump. With a resource name, only resources that bear it need come.
 * Throws InputError where the source has no config_dump or it is none.
 */
export async function loadDump(
  proxy: ProxySource,
  sections: readonly SectionName[],
  resourceName?: string,
): Promise<ConfigDump> {
  const dump = await tryLoadDump(proxy, sections, resourceName);
  if (dump !== null) return dump;
  throw new InputError(`${proxy.label} has no config_dump`, {
    hint: 'Give one with -f: curl -s "localhost:15000/config_dump?include_eds" in the pod prints it.',
  });
}

/** As loadDump, but null where the source has no config_dump (only a /clusters file was given). */
export async function tryLoadDump(
  proxy: ProxySource,
  sections: readonly SectionName[],
  resourceName?: string,
): Promise<ConfigDump | null> {
  const named = resourceName === undefined ? {} : { resourceName };
  const request: DumpRequest = { sections, ...named };
  const body = await proxy.configDump(request);
  if (body === null) return null;
  const raw = await scanDump(body.label, body.chunks(), {
    sections: sections.map((section) => `${section}ConfigDump`),
    ...named,
  });
  if (raw.kind === 'config_dump') return new ConfigDump(raw);
  throw new InputError(`${body.label} is a clusters document, not a config_dump`, {
    hint: 'Give the config_dump with another -f.',
  });
}

/** Reads a proxy's /clusters?format=json; null where the source does not have it. */
export async function loadClusters(proxy: ProxySource): Promise<readonly ClusterStatus[] | null> {
  const body = await proxy.clusters();
  return body === null ? null : await clusterStatusesOf(body);
}

/** Reads everything of a proxy that a trace can need, as an index for many questions. */
export async function loadProxyConfig(proxy: ProxySource): Promise<ProxyConfig> {
  const dump = await loadDump(proxy, ALL_SECTIONS);
  return new ProxyConfig(dump, await loadClusters(proxy), proxy.id);
}

async function clusterStatusesOf(body: Body): Promise<readonly ClusterStatus[]> {
  const raw = await scanDump(body.label, body.chunks(), { sections: [] });
  if (raw.kind === 'clusters') {
    return raw.clusterStatuses.map((entry) => toProtoNames(entry.json()) as ClusterStatus);
  }
  throw new InputError(`${body.label} is a config_dump, not a clusters document`, {
    hint: 'Save one with: curl -s "localhost:15000/clusters?format=json" in the pod.',
  });
}
