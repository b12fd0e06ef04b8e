/** Addresses and localities of endpoints as istioctl prints them. */
import type { Address } from '../../envoy/address';
import type { Locality } from '../../envoy/endpoint';

/** An address without its port; pipes and internal listeners as URLs. */
export function addressText(address: Address | undefined): string {
  if (address?.socket_address !== undefined) return address.socket_address.address ?? '';
  if (address?.pipe !== undefined) return `unix://${address.pipe.path ?? ''}`;
  const { server_listener_name: listener, endpoint_id: id = '' } = address?.envoy_internal_address ?? {};
  return listener === undefined ? 'unknown' : `envoy://${listener}/${id}`;
}

/** The port of a socket address; 0 for any other. */
export function addressPort(address: Address | undefined): number {
  return address?.socket_address?.port_value ?? 0;
}

/** An address with its port, where it has one. */
export function portText(address: string, port: number): string {
  return port === 0 ? address : `${address}:${port}`;
}

/** `region/zone/subzone`, as far as they are set. */
export function localityText(locality: Locality | undefined): string {
  const { region = '', zone = '', sub_zone: subZone = '' } = locality ?? {};
  if (zone === '') return region;
  return subZone === '' ? `${region}/${zone}` : `${region}/${zone}/${subZone}`;
}
