/** Bytes taken out of the document. They may be part of a piece: copy them to keep them. */
export interface Taken {
  readonly bytes: Uint8Array;
  /** Where they begin in the document. */
  readonly offset: number;
  /**
   * Containers in them that a skipper met by the end of their names, without their brackets: offsets in the bytes,
   * begin and end in turn, ascending.
   */
  readonly cuts: readonly number[];
  /** Whether a member of a name to keep is in them; null where nobody looked. */
  readonly seen: boolean | null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Those of the cuts whose container stands under one of these names. */
export function cutsUnder(names: readonly Buffer[], { bytes, cuts }: Pick<Taken, 'bytes' | 'cuts'>): readonly number[] {
  if (cuts.length === 0) return cuts;
  const own: number[] = [];
  for (let index = 0; index + 1 < cuts.length; index += 2) {
    const [begin = 0, end = 0] = [cuts[index], cuts[index + 1]];
    if (names.some((name) => isNamed(bytes, begin, name))) own.push(begin, end);
  }
  return own;
}

/** @param name a member's name in its quotes */
function isNamed(bytes: Uint8Array, begin: number, name: Buffer): boolean {
  const colon = bytes[begin - 2] === 0x20 ? begin - 3 : begin - 2;
  const start = colon - name.length;
  if (start < 1 || bytes[start] !== QUOTE || bytes[start + 1] !== name[1]) return false;
  // Behind a backslash a quote is part of a longer name.
  if (bytes[start - 1] === BACKSLASH) return false;
  // Byte by byte: a view of the bytes costs more than a short name does.
  for (let at = 1; at < name.length; at++) if (bytes[start + at] !== name[at]) return false;
  return true;
}

/** Bytes without the parts whose begin and end these are in turn. */
export function without(bytes: Uint8Array, cuts: ArrayLike<number>): Uint8Array {
  if (cuts.length === 0) return bytes;
  const left = Buffer.allocUnsafe(bytes.length - lengthOf(cuts));
  let from = 0;
  let to = 0;
  for (let index = 0; index <= cuts.length; index += 2) {
    const part = bytes.subarray(from, cuts[index] ?? bytes.length);
    left.set(part, to);
    to += part.length;
    from = cuts[index + 1] ?? bytes.length;
  }
  return left;
}

/** How many bytes are cut. */
export function lengthOf(cuts: ArrayLike<number>): number {
  let length = 0;
  for (let index = 0; index + 1 < cuts.length; index += 2) length += (cuts[index + 1] ?? 0) - (cuts[index] ?? 0);
  return length;
}

/** Where a byte of the text without its cuts stands in the whole text. */
export function offsetInWhole(at: number, cuts: ArrayLike<number>): number {
  let whole = at;
  for (let index = 0; index + 1 < cuts.length; index += 2) {
    const [begin = 0, end = 0] = [cuts[index], cuts[index + 1]];
    if (whole < begin) break;
    whole += end - begin;
  }
  return whole;
}
