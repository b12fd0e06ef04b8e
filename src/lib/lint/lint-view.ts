/** `mctl lint`: findings as rows and as JSON. */
import type { ViewResult } from '../view/view';
import type { Finding } from './finding';

/** A finding and the proxy that has it; null where the dump does not say. */
export interface ProxyFinding extends Finding {
  readonly proxy: string | null;
}

/**
 * The view of every proxy's findings.
 * @param several whether more than one proxy was judged: each row then names its own
 */
export function lintView(findings: readonly ProxyFinding[], several = false): ViewResult {
  const cells = findings.map((one) => [one.severity, one.rule, one.resource, ownerText(one), one.message]);
  const named = cells.map((row, index) => [findings[index]?.proxy ?? '-', ...row]);
  const header = ['SEVERITY', 'RULE', 'RESOURCE', 'OWNER', 'MESSAGE'];
  return {
    table: { header: several ? ['PROXY', ...header] : header, rows: several ? named : cells, padding: 2 },
    wide: () => ({
      header: ['PROXY', ...header, 'CONFIG'],
      rows: findings.map((one, index) => [...(named[index] ?? []), one.config]),
      padding: 2,
    }),
    json: () => findings,
    names: () => findings.map((one) => (several ? `${one.proxy ?? '-'} ${one.resource}` : one.resource)),
    count: findings.length,
  };
}

function ownerText({ owner }: Finding): string {
  return owner === null ? '-' : `${owner.kind} ${owner.name}.${owner.namespace}`;
}
