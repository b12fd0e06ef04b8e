/** Bodies of bytes from files and streams, decompressed where they begin as gzip does. */
import { closeSync, createReadStream, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError, UnavailableError } from '../errors';
import type { Body, OpenFile } from './source';

const CHUNK = 1 << 20;
/** The first two bytes of a gzip file. */
const GZIP = 0x1f8b;

/** A file as a body; it can be read as often as wanted. */
export function fileBody(path: string): Body {
  return {
    label: path,
    again: true,
    chunks: () => decompressed(path, fileChunks(path)),
    open: () => openPlain(path),
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

/** Opens a plain file; null where it is compressed, or no plain file. Throws UnavailableError. */
function openPlain(path: string): OpenFile | null {
  try {
    const file = openSync(path, 'r');
    const then = fstatSync(file);
    const head = Buffer.alloc(2);
    const isCompressed = then.isFile() && readSync(file, head, 0, 2, 0) === 2 && head.readUInt16BE() === GZIP;
    if (then.isFile() && !isCompressed) return new PlainFile(path, file, then);
    closeSync(file);
    return null;
  } catch (error) {
    throw fileError(path, error);
  }
}

class PlainFile implements OpenFile {
  readonly #path: string;
  readonly #then: Stats;
  #file: number | null;
  /** How far it was read. */
  #end = 0;

  constructor(path: string, file: number, then: Stats) {
    this.#path = path;
    this.#file = file;
    this.#then = then;
  }

  read(into: Uint8Array, offset: number): number {
    try {
      const file = (this.#file ??= openSync(this.#path, 'r'));
      const size = readSync(file, into, 0, into.length, offset);
      if (offset < this.#end && this.#isChanged(file)) {
        throw new InputError(`${this.#path} was changed while it was read`, { hint: 'Run the command again.' });
      }
      this.#end = Math.max(this.#end, offset + size);
      return size;
    } catch (error) {
      throw error instanceof InputError ? error : fileError(this.#path, error);
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #isChanged(file: number): boolean {
    const now = fstatSync(file);
    return now.mtimeMs !== this.#then.mtimeMs || now.size !== this.#then.size || now.ino !== this.#then.ino;
  }
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
  if (((first << 8) | second) !== GZIP) {
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
