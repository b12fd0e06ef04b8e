/** Which service an address stands for in a client's eyes. https://github.com/istio/ztunnel (src/state/service.rs) */
import { inRange, parseIp } from '../../match/cidr';
import type { CidrVip, ZtunnelService } from '../../ztunnel/resources';
import type { ServiceMiss } from '../facts/ztunnel';
import { networkAddress, type PlacedService, type ZtunnelIndex } from '../../mesh/ztunnel-index';
import { slotsOf } from './vip-slots';

export interface FoundService extends PlacedService {
  /** Whether it was found by a range of addresses: ztunnel then has the service as it was before its endpoints came. */
  readonly byRange: boolean;
  /** Others that the address could stand for, and why not. */
  readonly others: readonly { readonly service: ZtunnelService; readonly miss: ServiceMiss }[];
  /** Services of one namespace on one VIP, of which ztunnel keeps one that the dump does not tell; empty where it does. */
  readonly undetermined: readonly PlacedService[];
}

/** What an address may stand for; several where the dump does not tell. */
export interface ServiceWay {
  /** Null where no service that the client may see has it. */
  readonly found: FoundService | null;
  /** Its chance, where nothing says which of them it is. */
  readonly share: number;
}

/**
 * By an exact VIP first, and only where no visible service has it by a range. A service of visibility Namespace exists for
 * clients of its namespace alone. Of each namespace ztunnel keeps one service for a VIP, the one that was put in last, which
 * the dump does not tell: where that decides there are several ways.
 * @param namespace the client's; null where ztunnel asks for itself, and sees everything
 */
export function servicesAt(
  index: ZtunnelIndex,
  network: string,
  ip: string,
  namespace: string | null,
): readonly [ServiceWay, ...ServiceWay[]] {
  const all = index.servicesAt(network, ip);
  const isSeen = ({ service }: PlacedService): boolean => namespace === null || isVisible(service, namespace);
  const counts = new Map<PlacedService | null, number>();
  const kept = slotsOf(all);
  for (const one of kept) {
    const best = preferred(one.filter(isSeen), namespace);
    counts.set(best, (counts.get(best) ?? 0) + 1);
  }
  const undetermined = counts.size > 1 ? all.filter(({ service }) => isDoubled(all, service)) : [];
  const hidden = all.filter((one) => !isSeen(one)).map(({ service }) => ({ service, miss: hiddenFrom(service) }));
  const wayOf = (best: PlacedService | null, count: number): ServiceWay => {
    const share = count / kept.length;
    if (best === null) {
      const range = byRange(index, network, ip, namespace);
      return { share, found: range === null ? null : { ...range, byRange: true, others: hidden, undetermined: [] } };
    }
    const outranked = all
      .filter((one) => isSeen(one) && one !== best)
      .map(({ service }) => ({ service, miss: missOf(best.service, namespace) }));
    return { share, found: { ...best, byRange: false, others: [...outranked, ...hidden], undetermined } };
  };
  const [first = wayOf(null, kept.length), ...others] = [...counts].map(([best, count]) => wayOf(best, count));
  return [first, ...others];
}

/** As servicesAt, the first of its ways. */
export function serviceAt(
  index: ZtunnelIndex,
  network: string,
  ip: string,
  namespace: string | null,
): FoundService | null {
  return servicesAt(index, network, ip, namespace)[0].found;
}

function isDoubled(all: readonly PlacedService[], { namespace }: ZtunnelService): boolean {
  return all.filter(({ service }) => service.namespace === namespace).length > 1;
}

function hiddenFrom({ namespace = '' }: ZtunnelService): ServiceMiss {
  return { kind: 'seen-in-own-namespace', namespace };
}

function isVisible({ visibility, namespace }: ZtunnelService, client: string): boolean {
  return visibility !== 'Namespace' || namespace === client;
}

/** The client's namespace, else the last canonical one (Kubernetes Services are), else the first. */
export function preferred(services: readonly PlacedService[], namespace: string | null): PlacedService | null {
  const own = services.find(({ service }) => service.namespace === namespace);
  const canonical = services.findLast(({ service }) => service.canonical === true);
  return own ?? canonical ?? services[0] ?? null;
}

function missOf({ namespace, canonical }: ZtunnelService, client: string | null): ServiceMiss {
  if (namespace === client) return { kind: 'clients-namespace-first', namespace: client };
  return { kind: canonical === true ? 'canonical-first' : 'first-of-equals' };
}

interface Ranked {
  readonly placed: PlacedService;
  readonly rank: readonly [own: number, length: number, canonical: number];
}

/** Ranked by the client's namespace, the length of the prefix, and whether it is canonical; the first of equals. */
function byRange(index: ZtunnelIndex, network: string, ip: string, namespace: string | null): PlacedService | null {
  let best: Ranked | null = null;
  for (const placed of index.services) {
    const { service } = placed;
    if (namespace !== null && !isVisible(service, namespace)) continue;
    for (const vip of service.cidrVips ?? []) {
      const length = vip === null ? null : lengthWithin(vip, network, ip);
      if (length === null) continue;
      const rank = [Number(service.namespace === namespace), length, Number(service.canonical === true)] as const;
      if (best === null || compareRanks(rank, best.rank) > 0) best = { placed, rank };
    }
  }
  return best?.placed ?? null;
}

function compareRanks(a: Ranked['rank'], b: Ranked['rank']): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** The length of the prefix where the address is in the range; null where it is not. */
function lengthWithin(vip: CidrVip, network: string, ip: string): number | null {
  const { network: own, ip: cidr } =
    typeof vip === 'string' ? networkAddress(vip) : { network: vip.network ?? '', ip: vip.cidr ?? '' };
  const length = prefixOf(cidr);
  return own === network && length !== null && inCidr(ip, cidr) ? length : null;
}

function prefixOf(cidr: string): number | null {
  const [prefix = '', length] = cidr.split('/');
  const family = parseIp(prefix)?.family;
  if (family === undefined) return null;
  return length === undefined ? (family === 4 ? 32 : 128) : Number(length);
}

/** Whether an address is in `prefix/length`; an address alone is a range of one. */
export function inCidr(ip: string, cidr: string): boolean {
  const length = prefixOf(cidr);
  if (length === null || !Number.isInteger(length)) return false;
  return inRange(ip, { address_prefix: cidr.split('/')[0] ?? '', prefix_len: length });
}
