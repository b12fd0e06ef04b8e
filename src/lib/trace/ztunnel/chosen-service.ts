/** Whose an address is for one connection: the same wherever the connection asks, where the dump leaves several. */
import { workloadName } from '../../mesh/ztunnel-index';
import type { ZtunnelWorkload } from '../../ztunnel/resources';
import { type FoundService, servicesAt } from './service-at';
import type { ZtunnelWalk } from './walk';

type Asked = Pick<ZtunnelWalk, 'index' | 'decisions'>;

/** @param namespace the client's; null where ztunnel asks for itself */
export function chosenService(
  { index, decisions }: Asked,
  network: string,
  ip: string,
  namespace: string | null,
): FoundService | null {
  const ways = servicesAt(index, network, ip, namespace);
  const options = ways.map(({ found, share }) => {
    return { of: { kind: 'service', hostname: found?.service.hostname ?? '' } as const, share };
  });
  const taken = decisions.drawOnce(JSON.stringify(['service', network, ip, namespace]), options);
  return (ways[taken] ?? ways[0]).found;
}

/** The workload with an address; of several that rank alike ztunnel has the one that was put in last, which no dump tells. */
export function chosenWorkload({ index, decisions }: Asked, network: string, ip: string): ZtunnelWorkload | null {
  const all = index.workloadsAt(network, ip);
  const options = all.map((one) => {
    return { of: { kind: 'owner-of-address', name: workloadName(one), ip } as const, share: 1 / all.length };
  });
  return all[decisions.drawOnce(JSON.stringify(['workload', network, ip]), options)] ?? null;
}
