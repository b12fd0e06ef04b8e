/** Bodies of bytes from files and streams, decompressed where they begin as gzip does. */
import { constants } from 'node:buffer';
import { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { InputError } from '../errors';
import { chunksOf, namedFile, type Openable, openPlain } from '../files/readable';
import {
  bounded,
  FREE_GROWTH,
  isInputAllowed,
  type LimitName,
  MOST_GROWTH,
  MOST_OBJECTS,
  sizeText,
  tooLarge,
} from '../limits';
import type { Body } from './source';

/** How much is unpacked at once. */
const CHUNK = 1 << 20;
/** The first two bytes of a gzip file. */
const GZIP = 0x1f8b;

/** A file as a body; it can be read as often as wanted. A path is one that the user named. */
export function fileBody(file: string | Openable): Body {
  const opened = typeof file === 'string' ? namedFile(file) : file;
  return {
    label: opened.label,
    again: true,
    chunks: () => decompressed(opened.label, chunksOf(opened)),
    open: () => openPlain(opened),
  };
}

/** A stream as a body: it can be read once. */
export function streamBody(label: string, stream: Readable): Body {
  return { label, chunks: () => decompressed(label, stream as AsyncIterable<Uint8Array>) };
}

/** The whole body as text. For small ones: lists, rules. Throws InputError where it is not UTF-8, or larger than it may be. */
export async function textOfBody(body: Body, limit: LimitName = 'document'): Promise<string> {
  return decoded(body, await bytesOf(body, limit));
}

async function bytesOf(body: Body, limit: LimitName): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of bounded(body.label, body.chunks(), limit)) parts.push(chunk);
  return Buffer.concat(parts);
}

function decoded(body: Body, bytes: Buffer): string {
  // Node cannot hold a longer text, whatever was allowed.
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    throw new InputError(`${body.label} is larger than a text may be: ${sizeText(constants.MAX_STRING_LENGTH)}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError(`${body.label} is not UTF-8 text`, { cause: error });
  }
}

/** The whole body as JSON. Throws InputError where it is none, or larger than it may be. */
export async function jsonOf(body: Body, limit: LimitName = 'document'): Promise<unknown> {
  const bytes = await bytesOf(body, limit);
  refuseMasses(body, bytes);
  const text = decoded(body, bytes);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError(`${body.label} is not JSON${placeOf(error)}`, { hint: 'It may have broken off.' });
  }
}

const OPEN_OBJECT = 0x7b;
const OPEN_LIST = 0x5b;

/** Throws InputError for a text of so many objects that they would not fit in memory. */
function refuseMasses(body: Body, bytes: Uint8Array): void {
  if (bytes.length < MOST_OBJECTS || isInputAllowed()) return;
  let count = 0;
  for (const byte of bytes) if (byte === OPEN_OBJECT || byte === OPEN_LIST) count++;
  if (count > MOST_OBJECTS) throw tooLarge(`${body.label} has ${count} objects and lists`, String(MOST_OBJECTS));
}

/** Where JSON.parse says that a text is wrong. Its message also quotes the text, which may hold what nobody should see. */
function placeOf(error: unknown): string {
  const offset = /at position (\d+)/.exec((error as Error).message)?.[1];
  return offset === undefined ? '' : `: what stands at character ${offset} does not belong there`;
}

/** Passes bytes on, through gunzip where the first two say so. */
export async function* decompressed(label: string, chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let size = 0;
  while (size < 2) {
    const next = await iterator.next();
    if (next.done === true) break;
    held.push(next.value);
    size += next.value.length;
  }
  const [first = 0, second = 0] = Buffer.concat(held.map((chunk) => chunk.subarray(0, 2)));
  const whole = rejoined(held, iterator);
  if (((first << 8) | second) !== GZIP) {
    yield* whole;
    return;
  }
  const source = Readable.from(whole, { objectMode: false });
  const gunzip = createGunzip({ chunkSize: CHUNK });
  source.once('error', (error) => gunzip.destroy(error));
  try {
    source.pipe(gunzip);
    yield* growing(label, gunzip);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR' || code === 'Z_DATA_ERROR' || code === 'Z_HEADER_ERROR') {
      throw new InputError(`${label} is a broken gzip file: ${message}`, { cause: error });
    }
    throw error;
  } finally {
    source.destroy();
  }
}

/** Passes on what a compressed file holds. Throws InputError where it grows as only a bomb does. */
async function* growing(label: string, gunzip: Gunzip): AsyncIterable<Uint8Array> {
  let size = 0;
  for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > FREE_GROWTH && size > MOST_GROWTH * gunzip.bytesWritten && !isInputAllowed()) {
      const grown = `${sizeText(size)} and more come of ${sizeText(gunzip.bytesWritten)}`;
      throw tooLarge(`${label} is compressed as no dump is: ${grown}`, `${MOST_GROWTH} times its size`);
    }
    yield chunk;
  }
}

/** The chunks already taken, then the rest; closes the rest when its reader stops early. */
export async function* rejoined(
  held: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let finished = false;
  try {
    yield* held;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
    finished = true;
  } finally {
    if (!finished) await rest.return?.();
  }
}
