/** A ztunnel's dump, and where its entries stand in it. */
import type { ZtunnelDump, ZtunnelIndex } from '../../mesh/ztunnel-index';
import type { ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';

export interface LintedZtunnel {
  readonly dump: ZtunnelDump;
  readonly index: ZtunnelIndex;
}

/** The JSON pointer of an entry; empty where it is not known. */
export function pointerOf({ dump }: LintedZtunnel, entry: object): string {
  return dump.pointers?.get(entry) ?? '';
}

/** `reviews.bookinfo.svc.cluster.local`, with its namespace where that is not in it. */
export function serviceText({ hostname = '', namespace = '' }: ZtunnelService): string {
  return `service ${namespace}/${hostname}`;
}

/** Workloads that are behind a service. */
export function endpointsOf({ index }: LintedZtunnel, { endpoints }: ZtunnelService): readonly ZtunnelWorkload[] {
  return Object.values(endpoints ?? {}).flatMap((one) => index.workloadByUid(one?.workloadUid ?? '') ?? []);
}
