/** `envoy.config.core.v3.Address` and its texts. */

export interface SocketAddress {
  readonly protocol?: string;
  readonly address?: string;
  readonly port_value?: number;
  readonly named_port?: string;
  readonly ipv4_compat?: boolean;
}

export interface Address {
  readonly socket_address?: SocketAddress;
  readonly pipe?: { readonly path?: string };
  readonly envoy_internal_address?: { readonly server_listener_name?: string; readonly endpoint_id?: string };
}

/** `envoy.config.core.v3.CidrRange`. */
export interface CidrRange {
  readonly address_prefix?: string;
  readonly prefix_len?: number;
}

/** Host and port as people write them, IPv6 in brackets. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
