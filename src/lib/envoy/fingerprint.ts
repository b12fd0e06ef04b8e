/** What two proxies have in common whose configuration is the same but for when it came: replicas of a workload. */
import { createHash } from 'node:crypto';
import type { ConfigDump } from './config-dump';
import type { ClusterStatus, HostStatus } from './endpoint';

/** The sections that decide what becomes of requests; the bootstrap and the certificates are each pod's own. */
export const FINGERPRINTED = ['Listeners', 'Clusters', 'Routes', 'ScopedRoutes', 'Endpoints', 'Ecds'] as const;

/** When a resource came, and with which push. A text that has these words in it has its quotes escaped. */
const WHEN = /"(?:last_?[uU]pdated|version_?[iI]nfo)"\s*:\s*"(?:[^"\\]|\\.)*"/g;

/**
 * A text that two dumps share only if the sections of FINGERPRINTED hold the same resources at the same places, and if
 * /clusters says the same of their hosts, counters aside.
 */
export function fingerprintOf(dump: ConfigDump, statuses: readonly ClusterStatus[] | null): string {
  const hash = createHash('sha256');
  for (const name of FINGERPRINTED) {
    const section = dump.section(name);
    hash.update(`\n${name} ${section?.pointer ?? ''}\n`);
    for (const [list, entries] of Object.entries(section?.lists ?? {})) {
      hash.update(`${list} ${entries.length}\n`);
      for (const entry of entries) {
        hash.update(`${entry.pointer}\n`);
        hash.update(Buffer.from(entry.text()).toString('latin1').replace(WHEN, '""'), 'latin1');
      }
    }
  }
  hash.update(JSON.stringify(statuses?.map(withoutCounters) ?? null));
  return hash.digest('base64');
}

function withoutCounters({ host_statuses: hosts = [], ...status }: ClusterStatus): object {
  return { ...status, hosts: hosts.map((host: HostStatus) => ({ ...host, stats: null })) };
}
