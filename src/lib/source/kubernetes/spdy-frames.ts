/**
 * Frames of SPDY/3.1, of which a port-forward needs two streams.
 * https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/
 */
import { constants, deflateRawSync } from 'node:zlib';

/** Types of control frames; others are passed over. */
export const SPDY = { synStream: 1, rstStream: 3, ping: 6, goAway: 7 } as const;
const VERSION = 3;
/** The other side sends nothing more on a stream. */
const FIN = 1;
const HEAD = 8;
/** Of a control frame that is kept whole: a head of 8 bytes and a block of headers. */
const MOST_CONTROL = 1 << 20;
/** The first bytes of a zlib stream: deflate with a window of 32 KiB, no dictionary, which SPDY allows and needs not be used. */
const ZLIB = Buffer.of(0x78, 0x9c);

/** A frame of data. */
export function dataFrame(stream: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(stream, 0);
  head.writeUIntBE(bytes.length, 5, 3);
  return Buffer.concat([head, bytes]);
}

/** An empty frame by which a stream is half closed. */
export function finFrame(stream: number): Buffer {
  const frame = dataFrame(stream, Buffer.alloc(0));
  frame[4] = FIN;
  return frame;
}

/** A control frame without flags. */
export function controlFrame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt16BE(0x8000 | VERSION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

/** Opens streams: the headers of all are one zlib stream. */
export class SpdyOpener {
  #isFirst = true;

  /** @param headers names in lower case */
  open(stream: number, headers: Readonly<Record<string, string>>): Buffer {
    const head = Buffer.alloc(10);
    head.writeUInt32BE(stream, 0);
    const entries = Object.entries(headers);
    const block = Buffer.concat([counted(entries.length), ...entries.flat().map(withLength)]);
    // Each block refers to itself alone, and ends at a whole byte.
    const deflated = deflateRawSync(block, { finishFlush: constants.Z_SYNC_FLUSH });
    const frame = controlFrame(SPDY.synStream, Buffer.concat([head, this.#isFirst ? ZLIB : Buffer.alloc(0), deflated]));
    this.#isFirst = false;
    return frame;
  }
}

function counted(count: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(count);
  return bytes;
}

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([counted(bytes.length), bytes]);
}

export interface SpdyEvents {
  /** A part of a data frame; `isLast` where the stream ends with it. */
  data(stream: number, bytes: Buffer, isLast: boolean): void;
  control(type: number, payload: Buffer): void;
}

/** Cuts bytes into frames; of data each part is handed on as it comes. */
export class SpdyReader {
  readonly #events: SpdyEvents;
  #held: Buffer[] = [];
  #size = 0;
  /** The data frame that is being read. */
  #open: { readonly stream: number; readonly isFin: boolean; left: number } | null = null;

  constructor(events: SpdyEvents) {
    this.#events = events;
  }

  /** Throws Error for what is no frame of SPDY/3. */
  take(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#size += chunk.length;
    while (this.#open === null ? this.#control() : this.#data()) continue;
  }

  /** Whether there may be more in what is held. */
  #control(): boolean {
    if (this.#size < HEAD) return false;
    const held = this.#whole();
    const first = held.readUInt32BE(0);
    const flags = held[4] ?? 0;
    const length = held.readUIntBE(5, 3);
    if (first >>> 31 === 0) {
      this.#keep(held.subarray(HEAD));
      this.#open = { stream: first, isFin: (flags & FIN) !== 0, left: length };
      return true;
    }
    if (first >>> 16 !== (0x8000 | VERSION) || length > MOST_CONTROL) throw new Error('it speaks no SPDY/3.1');
    if (this.#size < HEAD + length) return false;
    this.#keep(held.subarray(HEAD + length));
    this.#events.control(first & 0xffff, held.subarray(HEAD, HEAD + length));
    return true;
  }

  #data(): boolean {
    const open = this.#open;
    if (open === null || (open.left > 0 && this.#size === 0)) return false;
    const held = this.#whole();
    const part = held.subarray(0, open.left);
    this.#keep(held.subarray(part.length));
    open.left -= part.length;
    if (open.left === 0) this.#open = null;
    this.#events.data(open.stream, part, open.left === 0 && open.isFin);
    return true;
  }

  #whole(): Buffer {
    const [only] = this.#held;
    return this.#held.length === 1 && only !== undefined ? only : Buffer.concat(this.#held);
  }

  #keep(rest: Buffer): void {
    this.#held = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
  }
}
