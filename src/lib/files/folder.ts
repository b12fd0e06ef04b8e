/**
 * A directory that mctl writes. What is below it is written whole or not at all, through no link, and only where the
 * caller says; what was there before is never replaced unless it is named as one's own.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  statSync,
  type Stats,
} from 'node:fs';
import { type FileHandle, mkdir, open, rmdir, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type DraftOptions, DRAFT, type Pieces, type WriteTarget, writeNew, writePieces, writeWhole } from './draft';
import { codeOf, isAbsent, RefusedPath, writeError } from './file-error';
import type { Openable } from './readable';
import { type Below, DESCRIPTORS, isInside, pathOf, refuseOddNames, Root } from './root';

/** Absent on Windows. */
const { O_NOFOLLOW = 0, O_DIRECTORY: DIRECTORY = 0 } = constants as Partial<typeof constants>;

export interface WriteOptions {
  /** For the owner alone. */
  readonly isPrivate?: boolean;
  readonly gzip?: boolean;
  /** Whether a file of that name may be replaced. */
  readonly replaces: boolean;
  /** Called when it is known that the file may be written, before anything is. */
  readonly beforeWrite?: () => Promise<void>;
}

/** A directory below a root; no name of a dump, cluster or archive leads out of it. */
export class Folder {
  readonly #root: Root;
  /** The first directory that was made on the way to it; null where it was there. */
  readonly #made: string | null;
  #scratches = 0;

  private constructor(root: Root, made: string | null) {
    this.#root = root;
    this.#made = made;
  }

  /** Opens a directory that the user named, and makes it where it is not there. Throws WriteError, InputError. */
  static open(directory: string): Folder {
    let made: string | null;
    try {
      made = makeDirectories(resolve(directory));
    } catch (error) {
      throw writeError('create the directory', directory, error);
    }
    return new Folder(new Root(directory), made);
  }

  /** The same directory to read from. */
  get root(): Root {
    return this.#root;
  }

  /** Takes the directory away again where it was made by `open` and nothing is in it. */
  async removeIfUnused(): Promise<void> {
    if (this.#made === null) return;
    let directory = resolve(this.#root.label);
    for (; isInside(this.#made, directory); directory = dirname(directory)) {
      const isGone = await rmdir(directory).then(
        () => true,
        () => false,
      );
      if (!isGone) return;
    }
  }

  /** Whether anything is there, a link included. */
  has(path: Below): boolean {
    return this.#statsOf(path) !== null;
  }

  /** Writes a file whole. Throws WriteError where there is something that it may not replace, RefusedPath for a link on the way. */
  async write(path: Below, pieces: Pieces, options: WriteOptions): Promise<void> {
    const target = await this.#target(path);
    if (!options.replaces && this.has(path)) {
      throw this.#foreign(path);
    }
    await options.beforeWrite?.();
    try {
      await this.#within(path, async (held) => {
        const draft = `${held}${DRAFT}`;
        // Of a run that was killed; a link of that name is removed, and not what it leads to.
        await unlink(draft).catch(() => undefined);
        await writeWhole({ path: held, label: target.label }, draft, pieces, this.#draftOptions(path, options));
      });
    } catch (error) {
      // A directory that nothing else is in stands for nothing; those above it may be about to hold something.
      await rmdir(dirname(target.path)).catch(() => undefined);
      throw error;
    }
  }

  /** Writes bytes for this run only, for the owner alone; `remove` takes them away. */
  async scratch(pieces: Pieces): Promise<{ readonly path: Below; readonly file: Openable }> {
    this.#scratches += 1;
    const path = [`.scratch-${this.#scratches}${DRAFT}`];
    const target = await this.#target(path);
    await writeNew(target, pieces, this.#draftOptions(path, { isPrivate: true, replaces: false }));
    const file = this.#root.file(path);
    if (file === null) throw writeError('write', target.label, { code: 'ENOENT' });
    return { path, file };
  }

  /**
   * Refuses a file that could not be written later, before anything is touched: a directory on the way is none, or something is
   * there that may not be replaced. Throws RefusedPath.
   */
  refuseUnwritable(path: Below, replaces: boolean): void {
    for (let length = 1; length < path.length; length++) {
      const part = path.slice(0, length);
      if (!this.has(part)) return;
      if (!this.#isHeld(part)) throw this.#noDirectory(part);
    }
    const stats = this.#statsOf(path);
    if (stats !== null && !(replaces && stats.isFile())) throw this.#foreign(path);
  }

  /** Opens a file of one's own to add lines to it. Throws WriteError, RefusedPath. */
  async appender(path: Below): Promise<Appender> {
    const target = await this.#target(path);
    const isOwn = (stats: Stats | null): boolean => stats?.isFile() === true && stats.nlink === 1;
    const notOwn = (): RefusedPath =>
      new RefusedPath(`${target.label} is not the file that mctl wrote`, { hint: 'Name another directory.' });
    if (!isOwn(this.#statsOf(path))) throw notOwn();
    let file: FileHandle;
    try {
      file = await this.#within(path, (held) => open(held, constants.O_WRONLY | constants.O_APPEND | O_NOFOLLOW));
    } catch (error) {
      throw writeError('write', target.label, error);
    }
    // Its name may have been given to something else since it was looked at.
    if (isOwn(fstatSync(file.fd))) return new Appender(target, file);
    await file.close();
    throw notOwn();
  }

  /** Takes a file away, and the directories above it that are then empty; what is no plain file, or behind a link, stays. */
  async remove(path: Below): Promise<void> {
    const stats = this.#isHeld(path.slice(0, -1)) ? this.#statsOf(path) : null;
    if (stats?.isFile() === true) {
      await this.#within(path, unlink).catch((error: unknown) => {
        const { cause } = error as { cause?: unknown };
        if (!isAbsent(error) && !isAbsent(cause)) throw writeError('remove', this.#root.labelOf(path), error);
      });
    }
    await this.#removeEmpty(path.slice(0, -1));
  }

  /** Takes away what an earlier run was writing in a directory when it was broken off. */
  async removeDrafts(path: Below): Promise<void> {
    if (!this.#isHeld(path)) return;
    for (const name of this.#root.names(path)) if (name.endsWith(DRAFT)) await this.remove([...path, name]);
  }

  /** Brings the names in the directory to the disk, where the system can. */
  async sync(): Promise<void> {
    const directory = await open(this.#root.label, 'r').catch(() => null);
    await directory?.sync().catch(() => undefined);
    await directory?.close();
  }

  #real(path: Below): string {
    refuseOddNames(this.#root.label, path);
    return join(this.#root.real, ...path);
  }

  #statsOf(path: Below): Stats | null {
    try {
      return lstatSync(this.#real(path));
    } catch (error) {
      if (isAbsent(error)) return null;
      throw writeError('write', this.#root.labelOf(path), error);
    }
  }

  /** Where a file is to be written; the directories on the way are made. */
  async #target(path: Below): Promise<WriteTarget> {
    const label = this.#root.labelOf(path);
    for (let length = 1; length < path.length; length++) {
      const part = path.slice(0, length);
      await mkdir(this.#real(part)).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
          throw writeError('create the directory', this.#root.labelOf(part), error);
        }
      });
      if (!this.#isHeld(part)) {
        throw this.#noDirectory(part);
      }
    }
    return { path: this.#real(path), label };
  }

  /**
   * Works on a file in a directory that is open: where the system has names for what is open (Linux), the directory cannot be
   * put elsewhere between the look and the work. Throws RefusedPath where it leads out of the root.
   * @param use is given the file's path by way of the open directory
   */
  async #within<T>(path: Below, use: (held: string) => Promise<T>): Promise<T> {
    const directory = dirname(this.#real(path));
    if (DIRECTORY === 0) return await use(this.#real(path));
    let fd: number;
    try {
      fd = openSync(directory, constants.O_RDONLY | DIRECTORY | O_NOFOLLOW);
    } catch (error) {
      // It was there a moment ago, and has been taken away since; or no further file may be opened.
      throw writeError('write', this.#root.labelOf(path), error);
    }
    try {
      const at = pathOf(fd);
      if (at === null) return await use(this.#real(path));
      if (!isInside(this.#root.real, at)) throw this.#leadsOut(path);
      return await use(join(DESCRIPTORS, String(fd), path.at(-1) ?? ''));
    } finally {
      closeSync(fd);
    }
  }

  #foreign(path: Below): RefusedPath {
    return new RefusedPath(`${this.#root.labelOf(path)} is there already, and was not written by mctl`, {
      hint: 'Move it away, or name another directory.',
    });
  }

  #noDirectory(path: Below): RefusedPath {
    return new RefusedPath(`${this.#root.labelOf(path)} is a link or a file, and mctl writes to a directory only`, {
      hint: 'Move it away, or name another directory.',
    });
  }

  #leadsOut(path: Below): RefusedPath {
    return new RefusedPath(`${this.#root.labelOf(path)} leads out of ${this.#root.label}`);
  }

  /** Whether every name on the way is a directory, and no link. */
  #isHeld(path: Below): boolean {
    return path.every((_name, index) => this.#statsOf(path.slice(0, index + 1))?.isDirectory() === true);
  }

  #draftOptions(path: Below, { isPrivate = false, gzip = false }: WriteOptions): DraftOptions {
    return {
      mode: isPrivate ? 0o600 : 0o666,
      gzip,
      // A directory on the way may have been put elsewhere since it was looked at.
      check: (fd) => {
        const at = pathOf(fd);
        if (at === null || isInside(this.#root.real, at)) return;
        throw this.#leadsOut(path);
      },
    };
  }

  async #removeEmpty(path: Below): Promise<void> {
    for (let { length } = path; length > 0; length--) {
      const part = path.slice(0, length);
      if (!this.#isHeld(part)) continue;
      const isGone = await rmdir(this.#real(part)).then(
        () => true,
        () => false,
      );
      if (!isGone) return;
    }
  }
}

/** A file that grows by lines, one after the other whoever asks. */
export class Appender {
  readonly #target: WriteTarget;
  readonly #file: FileHandle;
  #last: Promise<void> = Promise.resolve();

  constructor(target: WriteTarget, file: FileHandle) {
    this.#target = target;
    this.#file = file;
  }

  async add(text: string): Promise<void> {
    const next = this.#last.then(() => writePieces(this.#target, this.#file, [Buffer.from(text)]));
    this.#last = next.catch(() => undefined);
    await next;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file.close().catch(() => undefined);
  }
}

/**
 * Makes a directory and those above it; gives the first that was made, null where all were there. Node's own recursive
 * mkdir never ends below /proc, where a directory is there and none can be made in it.
 */
function makeDirectories(directory: string): string | null {
  const missing: string[] = [];
  for (let above = directory; !existsSync(above) && dirname(above) !== above; above = dirname(above))
    missing.push(above);
  for (const one of [...missing].reverse()) makeUnlessThere(one);
  if (missing.length === 0 && !statSync(directory).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
  return missing.at(-1) ?? null;
}

function makeUnlessThere(directory: string): void {
  try {
    mkdirSync(directory);
  } catch (error) {
    // Another run was faster.
    if (codeOf(error) !== 'EEXIST' || !statSync(directory).isDirectory()) throw error;
  }
}
