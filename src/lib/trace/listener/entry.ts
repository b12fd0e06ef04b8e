/** How a connection comes to an Envoy. */
export type Entry =
  /** Redirected by iptables to a port of Envoy's, 15001 or 15006; TPROXY leaves the address as it is. */
  | { readonly kind: 'redirected'; readonly port: number; readonly transparent: boolean }
  /** To a port that Envoy listens on. */
  | { readonly kind: 'bound' }
  /** To an internal listener of the same Envoy. */
  | { readonly kind: 'internal'; readonly listener: string };
