/**
 * Addresses as texts of one form, so that a range of them is a regular language: IPv4 with dots, IPv6 with all its digits.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/address.proto#config-core-v3-cidrrange
 */
import type { CidrRange } from '../envoy/address';
import { parseIp, prefixLength } from '../match/cidr';

/** A regular expression of a number between the dots. */
export const OCTET = '([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])';
/** A regular expression of every address of the range in that form; null where its prefix is no address. */
export function rangeExpression(range: CidrRange): string | null {
  const prefix = parseIp(range.address_prefix ?? '');
  if (prefix === null) return null;
  const bits = prefixLength(range);
  return prefix.family === 4 ? dotted(prefix.bytes, bits) : digits(prefix.bytes, bits);
}

/** A range as people write it: an address alone where it holds but one. */
export function rangeWords(range: CidrRange): string {
  const bits = prefixLength(range);
  const address = range.address_prefix ?? '';
  return bits === (address.includes(':') ? 128 : 32) ? address : `${address}/${bits}`;
}

/** The first address behind the prefix, in that form: a likely member. */
export function firstAddress(range: CidrRange): string | null {
  const prefix = parseIp(range.address_prefix ?? '');
  if (prefix === null) return null;
  const isOne = prefixLength(range) === prefix.bytes.length * 8;
  const bytes = prefix.bytes.map((byte, at) => (at < prefix.bytes.length - 1 || isOne ? byte : byte | 1));
  return prefix.family === 4 ? bytes.join('.') : groups(bytes.flatMap(hexDigits));
}

function dotted(bytes: readonly number[], bits: number): string {
  return bytes
    .map((byte, at) => {
      const left = bits - at * 8;
      if (left <= 0) return '[0-9]+';
      if (left >= 8) return String(byte);
      const size = 1 << (8 - left);
      const first = byte - (byte % size);
      return `(${Array.from({ length: size }, (_unused, index) => first + index).join('|')})`;
    })
    .join('\\.');
}

function hexDigits(byte: number): readonly string[] {
  return [(byte >> 4).toString(16), (byte & 15).toString(16)];
}

/** Four digits a group. */
function groups(all: readonly string[]): string {
  return Array.from({ length: 8 }, (_unused, index) => all.slice(index * 4, index * 4 + 4).join('')).join(':');
}

function digits(bytes: readonly number[], bits: number): string {
  const all = bytes.flatMap(hexDigits).map((digit, at) => {
    const left = bits - at * 4;
    if (left <= 0) return '[0-9a-f]';
    if (left >= 4) return digit;
    const size = 1 << (4 - left);
    const value = Number.parseInt(digit, 16);
    const first = value - (value % size);
    return `[${Array.from({ length: size }, (_unused, index) => (first + index).toString(16)).join('')}]`;
  });
  return groups(all);
}
