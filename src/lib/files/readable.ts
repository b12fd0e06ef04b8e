/** Files as bytes: as chunks from the start, or at any place. Where a file lies, and whether it may be opened, its opener knows. */
import type { SeekableFile } from '../seekable-file';
import { close, closeSync, fstatSync, open, openSync, read, readSync, statSync, type Stats } from 'node:fs';
import { promisify } from 'node:util';
import { InputError } from '../errors';
import { readError } from './file-error';

const CHUNK = 1 << 20;
/** The first two bytes of a gzip file. */
const GZIP = 0x1f8b;

const openLater = promisify(open);
const readLater = promisify(read);
const closeLater = promisify(close);

/** A file that can be opened, again and again. Both ways give a descriptor, for the caller to close. */
export interface Openable {
  /** Its path, as messages name it. */
  readonly label: string;
  /** Without waiting: only for a file that `isPlain` or is known to be one. */
  openSync(): number;
  /** Waits where that takes long, as a FIFO does that nobody has written to yet. */
  open(): Promise<number>;
}

/** A path that the user named, and that is read whatever it is: a file, a pipe, a device, a link to any of them. */
export function namedFile(path: string): Openable {
  return { label: path, openSync: () => openSync(path, 'r'), open: () => openLater(path, 'r') };
}

/** Whether a path that the user named is a plain file, and so can be read again from its start. Throws for a directory. */
export function isPlain(path: string): boolean {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    return stats.isFile();
  } catch (error) {
    throw readError(path, error);
  }
}

/** The file's bytes as they are. Throws UnavailableError. */
export async function* chunksOf(file: Openable): AsyncIterable<Uint8Array> {
  let fd: number;
  try {
    fd = await file.open();
  } catch (error) {
    throw readError(file.label, error);
  }
  try {
    let buffer = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const { bytesRead } = await readLater(fd, buffer, 0, CHUNK, null);
      if (bytesRead === 0) return;
      // A pipe gives little at a time: what is kept of it should not keep the whole buffer.
      const isSmall = bytesRead < CHUNK / 2;
      yield isSmall ? Buffer.from(buffer.subarray(0, bytesRead)) : buffer.subarray(0, bytesRead);
      if (!isSmall) buffer = Buffer.allocUnsafe(CHUNK);
    }
  } catch (error) {
    throw readError(file.label, error);
  } finally {
    await closeLater(fd);
  }
}

/** Opens a file to be read at any place; null where it is compressed, or no plain file. Throws UnavailableError. */
export function openPlain(file: Openable): SeekableFile | null {
  let fd: number | null = null;
  try {
    fd = file.openSync();
    const then = fstatSync(fd);
    const head = Buffer.alloc(2);
    const isCompressed = then.isFile() && readSync(fd, head, 0, 2, 0) === 2 && head.readUInt16BE() === GZIP;
    if (then.isFile() && !isCompressed) return new PlainFile(file, fd, then);
    closeSync(fd);
    return null;
  } catch (error) {
    if (fd !== null) closeSync(fd);
    throw readError(file.label, error);
  }
}

class PlainFile implements SeekableFile {
  readonly #file: Openable;
  readonly #then: Stats;
  #fd: number | null;
  /** How far it was read. */
  #end = 0;

  constructor(file: Openable, fd: number, then: Stats) {
    this.#file = file;
    this.#fd = fd;
    this.#then = then;
  }

  read(into: Uint8Array, offset: number): number {
    try {
      const fd = (this.#fd ??= this.#file.openSync());
      const size = readSync(fd, into, 0, into.length, offset);
      if (offset < this.#end && this.#isChanged(fd)) {
        throw new InputError(`${this.#file.label} was changed while it was read`, { hint: 'Run the command again.' });
      }
      this.#end = Math.max(this.#end, offset + size);
      return size;
    } catch (error) {
      throw readError(this.#file.label, error);
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #isChanged(fd: number): boolean {
    const now = fstatSync(fd);
    return now.mtimeMs !== this.#then.mtimeMs || now.size !== this.#then.size || now.ino !== this.#then.ino;
  }
}
