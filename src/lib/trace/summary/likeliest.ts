/** The likeliest of the ways that a request can go. */
import type { EndpointChance, Hop } from '../model';

/** The one with the largest share, the first of equals; null of none, or where no share is above 0. */
export function likeliest<T extends { readonly share: number }>(all: readonly T[]): T | null {
  return all.reduce<T | null>((best, one) => (one.share > (best?.share ?? 0) ? one : best), null);
}

/** The likeliest endpoint of the likeliest cluster; null where a hop has none. */
export function likeliestEndpoint(hop: Hop): EndpointChance | null {
  const cluster = likeliest(hop.clusters);
  return cluster === null ? null : likeliest(cluster.endpoints);
}
