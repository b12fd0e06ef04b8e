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

/** Bytes from which parts are gone, and where those were: begin and end in turn. */
export interface Trimmed {
  readonly bytes: Uint8Array;
  readonly cuts: readonly number[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The bytes without the content of containers under one of these names. */
export function trimmed({ bytes, cuts }: Pick<Taken, 'bytes' | 'cuts'>, names: readonly Buffer[]): Trimmed {
  if (cuts.length === 0) return { bytes, cuts };
  const made: number[] = [];
  for (let index = 0; index + 1 < cuts.length; index += 2) {
    const [begin = 0, end = 0] = [cuts[index], cuts[index + 1]];
    if (names.some((name) => isNamed(bytes, begin, name))) made.push(begin, end);
  }
  return { bytes: without(bytes, made), cuts: made };
}

/** @param name a member's name in its quotes */
function isNamed(bytes: Uint8Array, begin: number, name: Buffer): boolean {
  const colon = bytes[begin - 2] === 0x20 ? begin - 3 : begin - 2;
  const start = colon - name.length;
  if (start < 1 || bytes[start] !== QUOTE || bytes[start + 1] !== name[1]) return false;
  // Behind a backslash a quote is part of a longer name.
  return bytes[start - 1] !== BACKSLASH && name.equals(bytes.subarray(start, colon));
}

/** Bytes without the parts whose begin and end these are in turn. */
export function without(bytes: Uint8Array, cuts: readonly number[]): Uint8Array {
  if (cuts.length === 0) return bytes;
  let length = bytes.length;
  for (let index = 0; index + 1 < cuts.length; index += 2) length -= (cuts[index + 1] ?? 0) - (cuts[index] ?? 0);
  const left = Buffer.allocUnsafe(length);
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

/** Where a byte of the text without its cuts stands in the whole text. */
export function offsetInWhole(at: number, cuts: readonly number[]): number {
  let whole = at;
  for (let index = 0; index + 1 < cuts.length; index += 2) {
    const [begin = 0, end = 0] = [cuts[index], cuts[index + 1]];
    if (whole < begin) break;
    whole += end - begin;
  }
  return whole;
}
