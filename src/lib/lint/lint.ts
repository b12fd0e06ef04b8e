/** What a proxy's configuration holds that can never match or leads nowhere. */
import { httpManagers } from '../envoy/http-managers';
import { refuseOldListeners } from '../envoy/old-api';
import type { ProxyConfig } from '../envoy/proxy-config';
import { unverifiedClients } from './client-certificates';
import { emptyClusters, missingClusters } from './clusters';
import { duplicateDomains } from './domains';
import type { Finding } from './finding';
import { identicalChains } from './listeners';
import { rejectedResources, warmingListeners } from './rejected';
import { shadowedRoutes } from './shadowed-routes';
import { tcpPortsOfOthers } from './tcp-ports';
import { unreachableChains } from './unreachable-chains';
import { unreachablePolicies } from './unreachable-policies';

/** Sections without which a proxy cannot be judged. */
const NEEDED = ['Listeners', 'Clusters'] as const;

/**
 * Every finding, errors first; within these by rule, in the dump's order. Throws InputError where the dump lacks a section,
 * for every cluster would be missing, or is of Envoy's v2 API.
 */
export function lint(config: ProxyConfig): readonly Finding[] {
  for (const section of NEEDED) config.dump.need(section);
  refuseOldListeners(config);
  // Envoy has no RoutesConfigDump before the first HTTP connection manager.
  if (httpManagers(config).length > 0) config.dump.need('Routes');
  const findings = [
    ...missingClusters(config),
    ...emptyClusters(config),
    ...identicalChains(config),
    ...duplicateDomains(config),
    ...unreachableChains(config),
    ...unreachablePolicies(config),
    ...shadowedRoutes(config),
    ...unverifiedClients(config),
    ...tcpPortsOfOthers(config),
    ...rejectedResources(config),
    ...warmingListeners(config),
  ];
  return [
    ...findings.filter((finding) => finding.severity === 'error'),
    ...findings.filter((finding) => finding.severity === 'warning'),
  ];
}
