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
  const clusters = new Map<string, ClusterChance>();
  for (const { share, upstream } of chosen) {
    if (upstream === undefined) continue;
    const { name, type } = upstream;
    const fresh: ClusterChance = { name, share, type, endpoints: endpointChances(upstream, book) };
    const known = clusters.get(name);
    clusters.set(name, known === undefined ? fresh : merged(known, fresh));
  }
  // An absent header names no cluster.
  record.fill({ clusters: [...clusters.values()].filter(({ name, share }) => name !== '' || share < 1) });
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

function merged(a: ClusterChance, b: ClusterChance): ClusterChance {
  const share = a.share + b.share;
  const weigh = (one: ClusterChance): readonly EndpointChance[] =>
    one.endpoints.map((endpoint) => ({ ...endpoint, share: (endpoint.share * one.share) / share }));
  const endpoints = new Map<string, EndpointChance>();
  for (const endpoint of [...weigh(a), ...weigh(b)]) {
    const key = `${endpoint.address}|${endpoint.port}`;
    const known = endpoints.get(key);
    endpoints.set(key, known === undefined ? endpoint : { ...known, share: known.share + endpoint.share });
  }
  return { ...a, share, endpoints: [...endpoints.values()] };
}
