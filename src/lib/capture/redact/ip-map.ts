/**
 * Other addresses for the ones of a mesh, such that two that share a prefix still share one of that length, and special
 * ranges (private, loopback, link-local, multicast, …) stay what they are: CIDR ranges go on matching.
 */
import { createHmac } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

/** Ranges that map onto themselves as a whole; inside those marked fixed every address stays. */
const SPECIAL_V4: readonly (readonly [range: string, fixed: boolean])[] = [
  ['0.0.0.0/8', true],
  ['10.0.0.0/8', false],
  ['100.64.0.0/10', false],
  ['127.0.0.0/8', true],
  ['169.254.0.0/16', true],
  ['172.16.0.0/12', false],
  ['192.168.0.0/16', false],
  ['224.0.0.0/4', true],
  // Istio gives services without an address one of these.
  ['240.240.0.0/16', false],
  ['255.255.255.255/32', true],
];

const SPECIAL_V6: readonly (readonly [range: string, fixed: boolean])[] = [
  ['::/32', true],
  ['64:ff9b::/96', true],
  ['fc00::/7', false],
  ['fe80::/10', true],
  ['ff00::/8', true],
  ['2001:2::/48', false],
];

interface Special {
  readonly bits: string;
  readonly fixed: boolean;
}

export class IpMap {
  readonly #key: Uint8Array;
  readonly #known = new Map<string, string>();
  readonly #flips = new Map<string, boolean>();
  readonly #special = { 4: SPECIAL_V4.map(specialOf), 6: SPECIAL_V6.map(specialOf) };

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** The address to write for an address. */
  map(ip: string): string {
    const known = this.#known.get(ip);
    if (known !== undefined) return known;
    const mapped = this.#map(ip);
    this.#known.set(ip, mapped);
    return mapped;
  }

  #map(ip: string): string {
    const version = isIPv4(ip) ? 4 : isIPv6(ip) ? 6 : null;
    if (version === null || ip.includes('%')) return ip;
    const bits = bitsOf(ip);
    const special = this.#special[version];
    if (special.some((range) => range.fixed && bits.startsWith(range.bits))) return ip;
    const mapped = Array.from(bits, (bit, index) => {
      const prefix = bits.slice(0, index);
      // On the way to a special range nothing turns, so that nothing turns into one or out of one.
      const isOnTheWay = special.some((range) => range.bits.length > index && range.bits.startsWith(prefix));
      return !isOnTheWay && this.#isFlipped(version, prefix) ? (bit === '0' ? '1' : '0') : bit;
    }).join('');
    const text = version === 4 ? ipv4Of(mapped) : ipv6Of(mapped);
    return text === (version === 4 ? ip : ipv6Of(bits)) ? ip : text;
  }

  #isFlipped(version: number, prefix: string): boolean {
    const name = `${version} ${prefix}`;
    const known = this.#flips.get(name);
    if (known !== undefined) return known;
    const flips = ((createHmac('sha256', this.#key).update(name).digest()[0] ?? 0) & 1) === 1;
    this.#flips.set(name, flips);
    return flips;
  }
}

function specialOf([range, fixed]: readonly [string, boolean]): Special {
  const [ip = '', length = ''] = range.split('/');
  return { bits: bitsOf(ip).slice(0, Number(length)), fixed };
}

/** The address as ones and noughts. */
function bitsOf(ip: string): string {
  if (isIPv4(ip)) {
    return ip
      .split('.')
      .map((octet) => Number(octet).toString(2).padStart(8, '0'))
      .join('');
  }
  return groupsOf(ip)
    .map((group) => group.toString(2).padStart(16, '0'))
    .join('');
}

function groupsOf(ip: string): readonly number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip);
  const plain =
    dotted === null
      ? ip
      : `${dotted[1] ?? ''}${(Number(dotted[2]) * 256 + Number(dotted[3])).toString(16)}:${(Number(dotted[4]) * 256 + Number(dotted[5])).toString(16)}`;
  const [head = '', tail] = plain.split('::');
  const read = (text: string): readonly number[] =>
    text === '' ? [] : text.split(':').map((group) => parseInt(group, 16));
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

function ipv4Of(bits: string): string {
  return (bits.match(/.{8}/g) ?? []).map((octet) => parseInt(octet, 2)).join('.');
}

/** In the short form that Envoy and Kubernetes write. https://www.rfc-editor.org/rfc/rfc5952 */
function ipv6Of(bits: string): string {
  const groups = (bits.match(/.{16}/g) ?? []).map((group) => parseInt(group, 2).toString(16));
  const text = groups.join(':');
  const runs = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([run]) => run);
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return text;
  const short = text.replace(longest, ':');
  return (short.startsWith(':') && !short.startsWith('::') ? `:${short}` : short)
    .replace(/:$/, '::')
    .replace(':::', '::');
}
