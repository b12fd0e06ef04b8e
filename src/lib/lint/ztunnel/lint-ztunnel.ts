/** What of a ztunnel's dump leads nowhere or has no effect. */
import { type ZtunnelDump, ZtunnelIndex } from '../../mesh/ztunnel-index';
import type { Finding } from '../finding';
import { policyFindings } from './policies';
import type { LintedZtunnel } from './linted-ztunnel';
import { vipFindings } from './vips';
import { waypointFindings } from './waypoints';

/** Every finding, errors first; within these by rule, in the dump's order. */
export function lintZtunnel(dump: ZtunnelDump): readonly Finding[] {
  const linted: LintedZtunnel = { dump, index: new ZtunnelIndex([dump]) };
  const findings = [...waypointFindings(linted), ...policyFindings(linted), ...vipFindings(linted)];
  return [
    ...findings.filter(({ severity }) => severity === 'error'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ];
}
