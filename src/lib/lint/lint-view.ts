/** `mctl lint`: findings as rows and as JSON. */
import type { ViewResult } from '../view/view';
import type { Finding } from './finding';

/** A finding and the proxy that has it; null where the dump does not say. */
export interface ProxyFinding extends Finding {
  readonly proxy: string | null;
}

/** The view of every proxy's findings. */
export function lintView(findings: readonly ProxyFinding[]): ViewResult {
  const rows = findings.map((one) => [one.severity, one.rule, one.resource, ownerText(one), one.message]);
  const header = ['SEVERITY', 'RULE', 'RESOURCE', 'OWNER', 'MESSAGE'];
  return {
    table: { header, rows, padding: 2 },
    wide: () => ({
      header: ['PROXY', ...header, 'CONFIG'],
      rows: findings.map((one, index) => [one.proxy ?? '-', ...(rows[index] ?? []), one.config]),
      padding: 2,
    }),
    json: () => findings,
    names: () => findings.map((one) => one.resource),
    count: findings.length,
  };
}

function ownerText({ owner }: Finding): string {
  return owner === null ? '-' : `${owner.kind} ${owner.name}.${owner.namespace}`;
}
