/** The service of an address for one connection: the same one wherever the connection asks, where the dump leaves several. */
import { type FoundService, servicesAt } from './service-at';
import type { ZtunnelWalk } from './walk';

/** @param namespace the client's; null where ztunnel asks for itself */
export function chosenService(
  { index, decisions, drawnServices }: ZtunnelWalk,
  network: string,
  ip: string,
  namespace: string | null,
): FoundService | null {
  const key = JSON.stringify([network, ip, namespace]);
  const known = drawnServices.get(key);
  if (known !== undefined) return known;
  const ways = servicesAt(index, network, ip, namespace);
  const options = ways.map(({ found, share }) => {
    return { of: { kind: 'service', hostname: found?.service.hostname ?? '' } as const, share };
  });
  const { found } = ways[decisions.draw(options)] ?? ways[0];
  drawnServices.set(key, found);
  return found;
}
