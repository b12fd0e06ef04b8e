/** Which service an address stands for in a client's eyes. https://github.com/istio/ztunnel (src/state/service.rs) */
import { inRange, parseIp } from '../../match/cidr';
import type { CidrVip, ZtunnelService } from '../../ztunnel/resources';
import type { ServiceMiss } from '../facts/ztunnel';
import { networkAddress, type PlacedService, type ZtunnelIndex } from '../../mesh/ztunnel-index';

export interface FoundService extends PlacedService {
  /** Whether it was found by a range of addresses: ztunnel then has the service as it was before its endpoints came. */
  readonly byRange: boolean;
  /** Others that the address could stand for, and why not; where that cannot be told, `undetermined`. */
  readonly others: readonly { readonly service: ZtunnelService; readonly miss: ServiceMiss }[];
  /** Services of one namespace on one VIP, of which ztunnel keeps one that the dump does not tell. */
  readonly undetermined: readonly PlacedService[];
}

/**
 * By an exact VIP first, and only where no visible service has it by a range. A service of visibility Namespace exists for
 * clients of its namespace alone. Null where there is none.
 */
export function serviceAt(index: ZtunnelIndex, network: string, ip: string, namespace: string): FoundService | null {
  const all = index.servicesAt(network, ip);
  const visible = all.filter(({ service }) => isVisible(service, namespace));
  const hidden = all
    .filter((one) => !visible.includes(one))
    .map(({ service }) => {
      const miss = { kind: 'seen-in-own-namespace', namespace: service.namespace ?? '' } as const;
      return { service, miss };
    });
  const exact = preferred(visible, namespace);
  if (exact !== null) {
    const same = visible.filter(({ service }) => service.namespace === exact.service.namespace);
    const others = visible
      .filter((one) => one !== exact)
      .map(({ service }) => ({ service, miss: outranked(exact.service, namespace) }));
    return {
      ...exact,
      byRange: false,
      others: [...others, ...hidden],
      undetermined: same.length > 1 ? same : [],
    };
  }
  const range = byRange(index, network, ip, namespace);
  return range === null ? null : { ...range, byRange: true, others: hidden, undetermined: [] };
}

function isVisible({ visibility, namespace }: ZtunnelService, client: string): boolean {
  return visibility !== 'Namespace' || namespace === client;
}

/** The client's namespace, else the last canonical one (Kubernetes Services are), else the first. */
function preferred(services: readonly PlacedService[], namespace: string): PlacedService | null {
  const own = services.findLast(({ service }) => service.namespace === namespace);
  const canonical = services.findLast(({ service }) => service.canonical === true);
  return own ?? canonical ?? services[0] ?? null;
}

function outranked({ namespace, canonical }: ZtunnelService, client: string): ServiceMiss {
  if (namespace === client) return { kind: 'clients-namespace-first', namespace: client };
  return { kind: canonical === true ? 'canonical-first' : 'first-of-equals' };
}

interface Ranked {
  readonly placed: PlacedService;
  readonly rank: readonly [own: number, length: number, canonical: number];
}

/** Ranked by the client's namespace, the length of the prefix, and whether it is canonical; the first of equals. */
function byRange(index: ZtunnelIndex, network: string, ip: string, namespace: string): PlacedService | null {
  let best: Ranked | null = null;
  for (const placed of index.services) {
    const { service } = placed;
    if (!isVisible(service, namespace)) continue;
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
