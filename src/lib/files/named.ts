/** Files that the user named on the command line, written whole. */
import { fchmodSync, lstatSync, realpathSync, statSync, type Stats } from 'node:fs';
import { appendFile, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DRAFT, writePieces, writeWhole } from './draft';
import { isAbsent, writeError } from './file-error';

/** Texts are gathered to pieces of about this many characters. */
const PIECE = 1 << 16;

let drafts = 0;

/**
 * Writes a file whole: where it cannot be, what was there before stays. A device or a pipe (`/dev/stderr`) is written to
 * as it is, and a link goes on leading where it leads. Throws WriteError.
 * @param isPrivate whether a new file is for its owner alone
 */
export async function writeNamedFile(path: string, text: string | Iterable<string>, isPrivate = false): Promise<void> {
  const target = { path, label: path };
  const pieces = bytesOf(typeof text === 'string' ? [text] : text);
  let there: Stats | null;
  let real: string;
  try {
    there = statOf(path);
    real = there === null ? path : realpathSync(path);
  } catch (error) {
    throw writeError('write', path, error);
  }
  if (there !== null && !there.isFile()) {
    await writeThrough(path, pieces);
    return;
  }
  const draft = draftBeside(real);
  const mode = there === null ? (isPrivate ? 0o600 : 0o666) : there.mode & 0o777;
  await writeWhole({ ...target, path: real }, draft, pieces, {
    mode,
    gzip: false,
    // Who may read it stays as it was, whatever the umask says; a file system without permissions has none to keep.
    check: (fd) => {
      if (there !== null)
        attempt(() => {
          fchmodSync(fd, mode);
        });
    },
  });
}

/**
 * Tries whether a file can be written by writeNamedFile, before the work is done whose outcome it is to hold; nothing is changed. Whether
 * a disk has room for it is not known then, and who reads from a pipe is not waited for. Throws WriteError.
 */
export async function tryNamedFile(path: string): Promise<void> {
  try {
    const there = statOf(path);
    if (there?.isFIFO() === true) return;
    if (there !== null && !there.isFile()) await (await open(path, 'w')).close();
    else {
      // The name may be too long, which the draft's is not; a link that leads nowhere is replaced.
      if (there === null && !isLink(path)) await tryNew(path);
      await tryNew(draftBeside(there === null ? path : realpathSync(path)));
    }
  } catch (error) {
    throw writeError('write', path, error);
  }
}

/** Appends to a file that the user or a CI system named; it is made where it is not there. Throws WriteError. */
export async function appendNamedFile(path: string, text: string): Promise<void> {
  try {
    await appendFile(path, text);
  } catch (error) {
    throw writeError('write', path, error);
  }
}

/** Whether a path that the user named is a directory; null where nothing is there, or nothing can be seen. */
export function isDirectory(path: string): boolean | null {
  try {
    return statSync(path).isDirectory();
  } catch {
    return null;
  }
}

async function tryNew(path: string): Promise<void> {
  await (await open(path, 'wx')).close();
  await rm(path, { force: true });
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** In the same directory, so that it can be renamed; of a short name, since the file's own may be as long as can be. */
function draftBeside(path: string): string {
  drafts += 1;
  return join(dirname(path), `.${process.pid}-${drafts}${DRAFT}`);
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function writeThrough(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'w').catch((error: unknown) => {
    throw writeError('write', path, error);
  });
  try {
    await writePieces({ path, label: path }, file, pieces);
  } finally {
    await file.close().catch(() => undefined);
  }
}

function* bytesOf(texts: Iterable<string>): Iterable<Uint8Array> {
  let held = '';
  for (const text of texts) {
    held += text;
    if (held.length < PIECE) continue;
    yield Buffer.from(held);
    held = '';
  }
  yield Buffer.from(held);
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // A file system without permissions: there is nothing to keep.
  }
}
