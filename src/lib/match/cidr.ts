/** IP addresses and ranges as Envoy compares them. */
import { isIPv4, isIPv6 } from 'node:net';
import type { CidrRange } from '../envoy/address';
import { remembered } from '../remembered';
import { isUnknown, type Ternary, Unknown } from './ternary';
import { watcher } from './watch';

export interface Ip {
  readonly family: 4 | 6;
  readonly bytes: readonly number[];
}

/** An IPv4 or IPv6 address; null for anything else. An IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) stays IPv6. */
export const parseIp = remembered((text): Ip | null => (isIPv4(text) ? ipv4(text) : isIPv6(text) ? ipv6(text) : null));

function ipv4(text: string): Ip {
  return { family: 4, bytes: text.split('.').map(Number) };
}

function ipv6(text: string): Ip {
  const zone = text.indexOf('%');
  const [head = '', tail] = (zone < 0 ? text : text.slice(0, zone)).split('::');
  const front = groupBytes(head);
  const back = tail === undefined ? [] : groupBytes(tail);
  const zeros = Array.from({ length: Math.max(0, 16 - front.length - back.length) }, () => 0);
  return { family: 6, bytes: [...front, ...zeros, ...back] };
}

function groupBytes(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** The prefix length of a range, cut to its family's size; an absent one is 0. */
export function prefixLength(range: CidrRange): number {
  const size = (range.address_prefix ?? '').includes(':') ? 128 : 32;
  return Math.min(range.prefix_len ?? 0, size);
}

/** Whether an address is in a range of its own family. */
export function inRange(ip: string, range: CidrRange): boolean {
  watcher()?.address(ip, range);
  const address = parseIp(ip);
  const prefix = parseIp(range.address_prefix ?? '');
  if (address === null || prefix?.family !== address.family) return false;
  return sharesBits(address.bytes, prefix.bytes, prefixLength(range));
}

/** An address that is not known, of a family that is. */
export class UnknownIp extends Unknown {
  readonly family: Ip['family'];

  constructor(input: string, family: Ip['family']) {
    super(input);
    this.family = family;
  }
}

/** The family of an address as it is written. */
export function familyOf(ip: string): Ip['family'] {
  return ip.includes(':') ? 6 : 4;
}

/**
 * Whether an address that may be unknown is in a range: 0.0.0.0/0 takes whoever calls over IPv4 and ::/0 whoever calls over
 * IPv6, no range takes an address of the other family, and everything else hangs on the address.
 */
export function mayBeInRange(ip: string | Unknown, range: CidrRange): Ternary {
  if (!isUnknown(ip)) return inRange(ip, range);
  if (!(ip instanceof UnknownIp)) return ip;
  if (familyOf(range.address_prefix ?? '') !== ip.family) return false;
  return prefixLength(range) === 0 || ip;
}

function sharesBits(a: readonly number[], b: readonly number[], bits: number): boolean {
  const whole = bits >> 3;
  for (let index = 0; index < whole; index += 1) if (a[index] !== b[index]) return false;
  const rest = bits & 7;
  if (rest === 0) return true;
  const mask = (0xff << (8 - rest)) & 0xff;
  return ((a[whole] ?? 0) & mask) === ((b[whole] ?? 0) & mask);
}

/** A range's canonical text: host bits cleared, for comparing ranges. */
export function rangeKey(range: CidrRange): string {
  const prefix = parseIp(range.address_prefix ?? '');
  if (prefix === null) return `invalid ${range.address_prefix ?? ''}`;
  const bits = prefixLength(range);
  const bytes = prefix.bytes.map((byte, index) => {
    const left = bits - index * 8;
    return left >= 8 ? byte : left <= 0 ? 0 : byte & ((0xff << (8 - left)) & 0xff);
  });
  return `${prefix.family}:${bytes.join('.')}/${bits}`;
}

/** A range as people write it. */
export function rangeText(range: CidrRange): string {
  return `${range.address_prefix ?? ''}/${range.prefix_len ?? 0}`;
}

const LOOPBACK: readonly CidrRange[] = [
  { address_prefix: '127.0.0.0', prefix_len: 8 },
  { address_prefix: '::1', prefix_len: 128 },
];

/** 127.0.0.0/8 or ::1. */
export function isLoopback(ip: string): boolean {
  return LOOPBACK.some((range) => inRange(ip, range));
}

/** Whether two texts are the same address, however they are written. */
export function sameIp(a: string, b: string): boolean {
  watcher()?.address(a, { address_prefix: b, prefix_len: 128 });
  watcher()?.address(b, { address_prefix: a, prefix_len: 128 });
  if (a === b) return true;
  const [left, right] = [parseIp(a), parseIp(b)];
  return (
    left !== null && right?.family === left.family && left.bytes.every((byte, index) => byte === right.bytes[index])
  );
}

/** 0.0.0.0 or ::. */
export function isAnyAddress(ip: string): boolean {
  return parseIp(ip)?.bytes.every((byte) => byte === 0) ?? false;
}
