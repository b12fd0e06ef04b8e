/** An address of each kind that ranges tell apart. */
import type { CidrRange } from '../envoy/address';
import { type Ip, parseIp, prefixLength } from '../match/cidr';

/** The addresses from the first to the last, of one family. */
interface Block {
  readonly first: bigint;
  readonly last: bigint;
}

const FAMILIES = [4, 6] as const;

/**
 * Of each range an address that no narrower one of them holds, and of both families one that none holds, where there are such:
 * ranges lie within each other or apart, so that these are all kinds of addresses. In time of n log n.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/address.proto#config-core-v3-cidrrange
 * @returns texts that `parseIp` reads
 */
export function addressesTold(ranges: readonly CidrRange[]): readonly string[] {
  return FAMILIES.flatMap((family) => {
    const blocks = ranges.flatMap((range) => blockOf(range, family) ?? []);
    const whole = { first: 0n, last: (1n << BigInt(bitsOf(family))) - 1n };
    return oneOfEach([whole, ...blocks]).map((address) => textOf(address, family));
  });
}

function bitsOf(family: Ip['family']): number {
  return family === 4 ? 32 : 128;
}

function blockOf(range: CidrRange, family: Ip['family']): Block | null {
  const prefix = parseIp(range.address_prefix ?? '');
  if (prefix?.family !== family) return null;
  const free = BigInt(bitsOf(family) - prefixLength(range));
  const first = (prefix.bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) >> free) << free;
  return { first, last: first + (1n << free) - 1n };
}

/** Of each block the first address that no block within it holds. */
function oneOfEach(blocks: readonly Block[]): readonly bigint[] {
  const found: bigint[] = [];
  /** From the widest to the narrowest that hold the place where we are; `free` is the first address that none within it has held yet. */
  const around: { readonly last: bigint; free: bigint; isFound: boolean }[] = [];
  /** Nothing from `free` to this address lies in a block within. */
  const look = (inner: { free: bigint; isFound: boolean }, before: bigint): void => {
    if (inner.free >= before || inner.isFound) return;
    found.push(inner.free);
    inner.isFound = true;
  };
  const leave = (): void => {
    const left = around.pop();
    if (left === undefined) return;
    look(left, left.last + 1n);
    const outer = around.at(-1);
    if (outer !== undefined) outer.free = left.last + 1n;
  };
  let before: Block | null = null;
  for (const block of [...blocks].sort(byPlace)) {
    if (before !== null && byPlace(before, block) === 0) continue;
    before = block;
    for (let inner = around.at(-1); inner !== undefined && inner.last < block.first; inner = around.at(-1)) leave();
    const outer = around.at(-1);
    if (outer !== undefined) look(outer, block.first);
    around.push({ last: block.last, free: block.first, isFound: false });
  }
  while (around.length > 0) leave();
  return found;
}

/** The wider before the narrower that begin where it does. */
function byPlace(a: Block, b: Block): number {
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.last === b.last ? 0 : a.last > b.last ? -1 : 1;
}

function textOf(address: bigint, family: Ip['family']): string {
  const [groups, bits] = family === 4 ? [4, 8n] : [8, 16n];
  const parts = Array.from({ length: groups }, (_unused, at) =>
    Number((address >> (bits * BigInt(groups - 1 - at))) & ((1n << bits) - 1n)),
  );
  return family === 4 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':');
}
