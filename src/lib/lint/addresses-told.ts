/** An address of each kind that ranges tell apart. */
import type { CidrRange } from '../envoy/address';
import { type AddressBlock, addressText, blockAround, blockOf } from '../match/address-block';
import { familyOf } from '../match/cidr';

const FAMILIES = [4, 6] as const;

/**
 * Of each range an address that no narrower one of them holds, and of both families one that none holds, where there are such:
 * ranges lie within each other or apart, so that these are all kinds of addresses. In time of n log n.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/address.proto#config-core-v3-cidrrange
 * @returns texts that `parseIp` reads
 */
export function addressesTold(ranges: readonly CidrRange[]): readonly string[] {
  return FAMILIES.flatMap((family) => {
    const blocks = ranges.flatMap((range) =>
      familyOf(range.address_prefix ?? '') === family ? (blockOf(range) ?? []) : [],
    );
    return oneOfEach([blockAround(0n, 0, family), ...blocks]).map((address) => addressText(address, family));
  });
}

/** Of each block the first address that no block within it holds. */
function oneOfEach(blocks: readonly AddressBlock[]): readonly bigint[] {
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
  let before: AddressBlock | null = null;
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
function byPlace(a: AddressBlock, b: AddressBlock): number {
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.last === b.last ? 0 : a.last > b.last ? -1 : 1;
}
