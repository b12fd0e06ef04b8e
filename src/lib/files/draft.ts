/**
 * A file's name stands for the whole file: it is written under another name, brought to the disk, and renamed. What could
 * not be written whole is taken away again.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { writeError } from './file-error';

/** How the name of a file ends that is not written yet. */
export const DRAFT = '.mctl-draft';

/** How much is gathered before it is written. */
const BLOCK = 1 << 18;

/** Absent on Windows. */
const { O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;

/** Pieces of a file: bytes as they come. */
export type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Where a file is written: its path, and its path as messages name it. */
export interface WriteTarget {
  readonly path: string;
  readonly label: string;
}

export interface DraftOptions {
  /** Permissions of a new file, before the umask: 0o600 for the owner alone. */
  readonly mode: number;
  readonly gzip: boolean;
  /** Looks at the file before anything is in it, and throws where it is not where it should be. */
  readonly check?: (fd: number) => void;
}

/** Writes a file whole. Throws WriteError; what the pieces throw goes through. */
export async function writeWhole(
  target: WriteTarget,
  draft: string,
  pieces: Pieces,
  options: DraftOptions,
): Promise<void> {
  try {
    await writeNew({ path: draft, label: target.label }, pieces, options);
    await rename(draft, target.path).catch((error: unknown) => {
      throw writeError('write', target.label, error);
    });
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Writes a file that must not be there yet; nothing of it stays where that fails. Throws WriteError. */
export async function writeNew(target: WriteTarget, pieces: Pieces, options: DraftOptions): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | O_NOFOLLOW;
  const file = await tried(target, () => open(target.path, flags, options.mode));
  try {
    options.check?.(file.fd);
    await writePieces(target, file, options.gzip ? gzipped(pieces) : pieces);
    await tried(target, () => file.sync());
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(target.path, { force: true }).catch(() => undefined);
    throw error;
  }
  // Some file systems say only now that there is no room.
  await tried(target, () => file.close());
}

/** Writes pieces to a file that is open, in blocks. Throws WriteError. */
export async function writePieces(target: WriteTarget, file: FileHandle, pieces: Pieces): Promise<void> {
  let held: Uint8Array[] = [];
  let size = 0;
  const write = async (): Promise<void> => {
    const block = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
    held = [];
    size = 0;
    await tried(target, () => file.writeFile(block));
  };
  for await (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size >= BLOCK) await write();
  }
  if (size > 0) await write();
}

async function tried<T>(target: WriteTarget, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw writeError('write', target.label, error);
  }
}

async function* gzipped(pieces: Pieces): AsyncIterable<Uint8Array> {
  const gzip = createGzip();
  const source = Readable.from(pieces, { objectMode: false });
  // What the pieces throw comes out of the other end.
  const done = pipeline(source, gzip).catch((error: unknown) => {
    gzip.destroy(error as Error);
  });
  yield* gzip as AsyncIterable<Uint8Array>;
  await done;
}
