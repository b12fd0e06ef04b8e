/** How a walk from proxy to proxy comes to its end, or is taken up, where no step of one proxy says so. */

/** Where a walk ends that no step ends. */
export type JourneyCause =
  /** As it was asked for. */
  | { readonly kind: 'one-hop'; readonly cluster: string }
  | { readonly kind: 'goes-round'; readonly proxies: number }
  | { readonly kind: 'listeners-go-round' };

/** A proxy that the walk does not enter, for its configuration is not at hand. `why` is what the source says. */
export type UnknownProxyCause =
  | { readonly kind: 'stops-before'; readonly pod: string; readonly why: string | null }
  | { readonly kind: 'stops-at-waypoint'; readonly pod: string; readonly why: string | null }
  | { readonly kind: 'waypoint-not-at-hand'; readonly pod: string };
