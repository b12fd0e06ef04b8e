/** What of a ztunnel's dump leads nowhere or has no effect. */
import { type ZtunnelDump, ZtunnelIndex } from '../../mesh/ztunnel-index';
import type { Finding } from '../finding';
import { closedTunnels, type PodsAndPolicies } from './network-policies';
import { policyFindings } from './policies';
import type { LintedZtunnel } from './linted-ztunnel';
import { vipFindings } from './vips';
import { waypointFindings } from './waypoints';

/**
 * Every finding, errors first; within these by rule, in the dump's order.
 * @param known what is known of pods and NetworkPolicies beside the dump
 */
export function lintZtunnel(
  dump: ZtunnelDump,
  known: PodsAndPolicies = { pods: [], networkPolicies: [] },
): readonly Finding[] {
  const linted: LintedZtunnel = { dump, index: new ZtunnelIndex([dump]) };
  const findings = [
    ...waypointFindings(linted),
    ...policyFindings(linted),
    ...vipFindings(linted),
    ...closedTunnels(linted, known),
  ];
  return [
    ...findings.filter(({ severity }) => severity === 'error'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ];
}
