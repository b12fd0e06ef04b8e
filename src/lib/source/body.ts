/** Bodies of bytes from files and streams, decompressed where they begin as gzip does. */
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError, UnavailableError } from '../errors';
import type { Body } from './source';

const CHUNK = 1 << 20;

/** A file as a body; it can be read as often as wanted. */
export function fileBody(path: string): Body {
  const chunks = (): AsyncIterable<Uint8Array> => decompressed(path, fileChunks(path));
  return {
    label: path,
    again: true,
    chunks,
    passing: () => passingChunks(path) ?? chunks(),
    reopen: () => piecesOf(path),
  };
}

/** A stream as a body: it can be read once. */
export function streamBody(label: string, stream: Readable): Body {
  return { label, chunks: () => decompressed(label, stream as AsyncIterable<Uint8Array>) };
}

/** The whole body as text. For small ones: lists, rules. Throws InputError where it is not UTF-8. */
export async function textOf(body: Body): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of body.chunks()) parts.push(chunk);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch (error) {
    throw new InputError(`${body.label} is not UTF-8 text`, { cause: error });
  }
}

/** The whole body as JSON. Throws InputError where it is none. */
export async function jsonOf(body: Body): Promise<unknown> {
  const text = await textOf(body);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError(`${body.label} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** What the file system said, as the user must act on it: a directory is a wrong input, all else is unavailable. */
export function fileError(path: string, error: unknown, hint?: string): InputError | UnavailableError {
  const { code, message } = error as NodeJS.ErrnoException;
  const options = hint === undefined ? { cause: error } : { cause: error, hint };
  switch (code) {
    case 'EISDIR':
      return new InputError(`read ${path}: is a directory`, {
        hint: 'A captured mesh is read with --snapshot.',
        ...options,
      });
    case 'ENOENT':
    case 'ENOTDIR':
      return new UnavailableError(`open ${path}: no such file or directory`, options);
    case 'EACCES':
    case 'EPERM':
      return new UnavailableError(`open ${path}: permission denied`, options);
    default:
      return new UnavailableError(`open ${path}: ${message}`, options);
  }
}

/** Small enough that a piece stays in the processor's cache while it is worked on. */
const PASSING = 1 << 18;

/** A plain file's bytes, read one piece after another into the same memory; null where it is compressed or no plain file. */
function passingChunks(path: string): AsyncIterable<Uint8Array> | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw fileError(path, error);
  }
  const piece = Buffer.allocUnsafeSlow(PASSING);
  const isPlain = fstatSync(file).isFile();
  const first = isPlain ? readSync(file, piece) : 0;
  if (isPlain && !(first >= 2 && piece[0] === 0x1f && piece[1] === 0x8b)) return passing(path, file, piece, first);
  closeSync(file);
  return null;
}

// eslint-disable-next-line @typescript-eslint/require-await -- a source is asynchronous; reading a plain file need not wait
async function* passing(path: string, file: number, piece: Buffer, first: number): AsyncIterable<Uint8Array> {
  try {
    for (let size = first; size > 0; size = readSync(file, piece)) yield piece.subarray(0, size);
  } catch (error) {
    throw fileError(path, error);
  } finally {
    closeSync(file);
  }
}

/** What is read at once of a file whose pieces are wanted one after another. */
const WINDOW = 1 << 18;

/**
 * A plain file's pieces by place; it stays open until the process ends. A piece is good until the next one is read. Null
 * where the file is compressed or no plain file.
 */
function piecesOf(path: string): ((offset: number, size: number) => Uint8Array) | null {
  const file = openSync(path, 'r');
  const then = fstatSync(file);
  const head = Buffer.alloc(2);
  if (!then.isFile() || (readSync(file, head, 0, 2, 0) === 2 && head.readUInt16BE() === 0x1f8b)) {
    closeSync(file);
    return null;
  }
  let window = Buffer.allocUnsafeSlow(WINDOW);
  let begin = 0;
  let end = 0;
  const moveTo = (offset: number, size: number): void => {
    if (window.length < size) window = Buffer.allocUnsafeSlow(size * 2);
    begin = offset;
    end = offset + readSync(file, window, 0, window.length, offset);
    const now = fstatSync(file);
    if (end >= offset + size && now.mtimeMs === then.mtimeMs && now.size === then.size) return;
    throw new InputError(`${path} was changed while it was read`, { hint: 'Run the command again.' });
  };
  return (offset, size) => {
    if (offset < begin || offset + size > end) moveTo(offset, size);
    return window.subarray(offset - begin, offset - begin + size);
  };
}

async function* fileChunks(path: string): AsyncIterable<Uint8Array> {
  let handle: FileHandle;
  try {
    handle = await open(path);
  } catch (error) {
    throw fileError(path, error);
  }
  try {
    yield* createReadStream(path, { fd: handle, highWaterMark: CHUNK, autoClose: false }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw fileError(path, error);
  } finally {
    await handle.close();
  }
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
  if (first !== 0x1f || second !== 0x8b) {
    yield* whole;
    return;
  }
  const source = Readable.from(whole, { objectMode: false });
  const gunzip = createGunzip({ chunkSize: CHUNK });
  source.once('error', (error) => gunzip.destroy(error));
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Uint8Array>;
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
