/** Addresses as numbers, so that ranges of them can be walked. */
import type { CidrRange } from '../envoy/address';
import { type Ip, parseIp, prefixLength } from './cidr';

/** The addresses of a range from the first to the last, as numbers. */
export interface AddressBlock {
  readonly first: bigint;
  readonly last: bigint;
}

/** How many bits an address has. */
export function addressBits(family: Ip['family']): number {
  return family === 4 ? 32 : 128;
}

/** An address as a number. */
export function addressNumber({ bytes }: Ip): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** The block of addresses that share the first bits with this one. */
export function blockAround(address: bigint, length: number, family: Ip['family']): AddressBlock {
  const free = BigInt(addressBits(family) - length);
  const first = (address >> free) << free;
  return { first, last: first + (1n << free) - 1n };
}

/**
 * The addresses of a range; null where its prefix is no address.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/address.proto#config-core-v3-cidrrange
 */
export function blockOf(range: CidrRange): AddressBlock | null {
  const prefix = parseIp(range.address_prefix ?? '');
  return prefix === null ? null : blockAround(addressNumber(prefix), prefixLength(range), prefix.family);
}

/** An address as a text that `parseIp` reads. */
export function addressText(address: bigint, family: Ip['family']): string {
  const [groups, bits] = family === 4 ? [4, 8n] : [8, 16n];
  const parts = Array.from({ length: groups }, (_unused, at) =>
    Number((address >> (bits * BigInt(groups - 1 - at))) & ((1n << bits) - 1n)),
  );
  return family === 4 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':');
}
