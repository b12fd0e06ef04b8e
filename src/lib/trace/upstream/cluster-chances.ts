/** A hop's clusters as a trace lists them. */
import { parseIstioClusterName } from '../../envoy/cluster';
import type { AddressBook } from '../../mesh/address-book';
import type { HopRecord } from '../hop/record';
import type { ClusterChance, EndpointChance } from '../model';
import type { Upstream } from './upstream';

/** A cluster and its chance within the route. */
export interface ChosenUpstream {
  readonly share: number;
  readonly upstream: Upstream | undefined;
}

/** Fills in the hop's clusters; one that is named twice is listed once. */
export function fillClusters(chosen: readonly ChosenUpstream[], book: AddressBook, record: HopRecord): void {
  const byName = new Map<string, Map<Upstream, number>>();
  for (const { share, upstream } of chosen) {
    if (upstream === undefined) continue;
    const shares = byName.get(upstream.name) ?? new Map<Upstream, number>();
    byName.set(upstream.name, shares);
    shares.set(upstream, (shares.get(upstream) ?? 0) + share);
  }
  const clusters = [...byName].map(([name, shares]): ClusterChance => {
    const all = [...shares].map(([upstream, share]) => ({ share, endpoints: endpointChances(upstream, book) }));
    const [first] = shares.keys();
    return { name, type: first?.type ?? null, ...merged(all) };
  });
  // An absent header names no cluster.
  record.fill({ clusters: clusters.filter(({ name, share }) => name !== '' || share < 1) });
}

/** Puts the hosts that the request found in the end in the place of those that were looked for before the filters ran. */
export function refillCluster(upstream: Upstream, book: AddressBook, record: HopRecord): void {
  const endpoints = endpointChances(upstream, book);
  record.fill({ clusters: record.clusters.map((one) => (one.name === upstream.name ? { ...one, endpoints } : one)) });
}

/** Of each cluster the endpoints, as the book that was asked last names their pods. */
const known = new WeakMap<Upstream, { readonly book: AddressBook; readonly endpoints: readonly EndpointChance[] }>();

/** One list for every walk to a cluster that asks the same book. */
function endpointChances(upstream: Upstream, book: AddressBook): readonly EndpointChance[] {
  const found = known.get(upstream);
  if (found?.book === book) return found.endpoints;
  const endpoints = namedEndpoints(upstream, book);
  known.set(upstream, { book, endpoints });
  return endpoints;
}

function namedEndpoints({ name, chances }: Upstream, book: AddressBook): readonly EndpointChance[] {
  const pods = book.podNamesAt(
    chances.map(({ host }) => host.address),
    parseIstioClusterName(name)?.fqdn ?? null,
  );
  return chances.map(({ host: { address, port, health }, share }, at) => ({
    address,
    port,
    health,
    share,
    pod: pods[at] ?? null,
  }));
}

type Chances = Pick<ClusterChance, 'share' | 'endpoints'>;

/** Of one cluster with the hosts that several routes choose from: each host once. */
function merged(all: readonly Chances[]): Chances {
  const [only, ...others] = all;
  if (only !== undefined && others.length === 0) return only;
  const share = all.reduce((sum, one) => sum + one.share, 0);
  const endpoints = new Map<string, EndpointChance>();
  for (const one of all) {
    for (const endpoint of one.endpoints) {
      const key = `${endpoint.address}|${endpoint.port}`;
      const known = endpoints.get(key)?.share ?? 0;
      const added = share === 0 ? 0 : (endpoint.share * one.share) / share;
      endpoints.set(key, { ...(endpoints.get(key) ?? endpoint), share: known + added });
    }
  }
  return { share, endpoints: [...endpoints.values()] };
}
