/**
 * A directory that somebody else may have filled, read without ever leaving it. A path below it is made here and nowhere
 * else: of names that can be no path, resolved with every link, and refused where it ends outside or at no plain file.
 */
import { wordFor } from '../caller';
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { InputError } from '../errors';
import { isAbsent, readError, RefusedPath } from './file-error';
import type { Openable } from './readable';

/** The names on the way from a root to something below it: `['proxies', 'shop', 'web-1', 'config_dump.json']`. */
export type Below = readonly string[];

/** A name in a directory, and what it stands for once links are followed. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
}

/** What there is at a path below a root. */
interface Place {
  readonly real: string;
  readonly stats: Stats;
}

/** Absent on Windows, which has no links of this kind without privileges and no FIFOs in its file systems. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants as Partial<typeof constants>;

/** Where Linux tells what a descriptor is open on. */
export const DESCRIPTORS = '/proc/self/fd';

/** The directory that files are read from or written to, and the only one. */
export class Root {
  /** As the user named it. */
  readonly label: string;
  /** With every link followed. */
  readonly real: string;

  /** @param directory a directory that is there, named by the user; it may itself be a link. Throws UnavailableError, InputError. */
  constructor(directory: string) {
    this.label = directory;
    let isDirectory: boolean;
    try {
      this.real = realpathSync(directory);
      isDirectory = statSync(this.real).isDirectory();
    } catch (error) {
      throw readError(directory, error);
    }
    if (!isDirectory) {
      throw new InputError(`${directory} is a file, and a snapshot is a directory`, {
        hint: `A file is read with ${wordFor('files')}.`,
      });
    }
  }

  /** A path below the root for messages. */
  labelOf(path: Below): string {
    return join(this.label, ...path);
  }

  /**
   * The wanted names in a directory, sorted; none where it is not there, or is a file. Throws RefusedPath where one of
   * them, or the directory, leads out of the root or is no file and no directory.
   */
  entries(path: Below, isWanted: (name: string) => boolean = () => true): readonly DirectoryEntry[] {
    return this.#read(path)
      .filter(({ name }) => isWanted(name))
      .flatMap((entry) => this.#entry(path, entry) ?? []);
  }

  /** The names in a directory, whatever they stand for, sorted; none where it is not there. */
  names(path: Below): readonly string[] {
    return this.#read(path).map(({ name }) => name);
  }

  /** A file below the root, to be opened; null where there is nothing of that name. Throws RefusedPath. */
  file(path: Below): Openable | null {
    const place = this.#placeOf(path);
    if (place === null) return null;
    this.#refuseSpecial(path, place.stats);
    const openSync = (): number => this.#open(path);
    return { label: this.labelOf(path), openSync, open: () => Promise.resolve().then(openSync) };
  }

  /** A small file's text; null where there is none. Throws InputError where it has more bytes than `most`. */
  text(path: Below, most: number): string | null {
    const file = this.file(path);
    if (file === null) return null;
    const fd = file.openSync();
    try {
      const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, most + 1));
      let size = 0;
      for (let more = -1; more !== 0 && size < bytes.length; size += more) {
        more = readSync(fd, bytes, size, bytes.length - size, size);
      }
      if (size > most) throw new InputError(`${file.label} has more than ${most} bytes`);
      return bytes.toString('utf8', 0, size);
    } catch (error) {
      throw readError(file.label, error);
    } finally {
      closeSync(fd);
    }
  }

  #read(path: Below): readonly Dirent[] {
    const place = this.#placeOf(path);
    if (place?.stats.isDirectory() !== true) return [];
    try {
      return readdirSync(place.real, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      throw readError(this.labelOf(path), error);
    }
  }

  #entry(path: Below, entry: Dirent): DirectoryEntry | null {
    const { name } = entry;
    if (entry.isFile()) return { name, kind: 'file' };
    if (entry.isDirectory()) return { name, kind: 'directory' };
    const place = this.#placeOf([...path, name]);
    // It went away meanwhile.
    if (place === null) return null;
    if (place.stats.isDirectory()) return { name, kind: 'directory' };
    this.#refuseSpecial([...path, name], place.stats);
    return { name, kind: 'file' };
  }

  /** What is there once every link is followed; null where nothing is. */
  #placeOf(path: Below): Place | null {
    refuseOddNames(this.label, path);
    const whole = join(this.real, ...path);
    let place: Place;
    try {
      const real = realpathSync(whole);
      place = { real, stats: lstatSync(real) };
    } catch (error) {
      const link = firstLink(this.real, path);
      if (link !== null) throw this.#refused(link, 'is a link that leads nowhere');
      if (isAbsent(error)) return null;
      throw readError(this.labelOf(path), error);
    }
    if (isInside(this.real, place.real)) return place;
    throw this.#refused(firstLink(this.real, path) ?? path, `is a link that leads out of ${this.label}`);
  }

  /**
   * Opens what was looked at, and makes sure that it is that: the name may have been given to something else meanwhile. A
   * FIFO would not be waited for, nor a terminal taken.
   */
  #open(path: Below): number {
    const place = this.#placeOf(path);
    if (place === null) throw readError(this.labelOf(path), { code: 'ENOENT' });
    this.#refuseSpecial(path, place.stats);
    let fd: number;
    try {
      fd = openSync(place.real, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    } catch (error) {
      throw readError(this.labelOf(path), error);
    }
    const { dev, ino } = fstatSync(fd);
    if (dev === place.stats.dev && ino === place.stats.ino && isInside(this.real, pathOf(fd) ?? place.real)) return fd;
    closeSync(fd);
    throw new InputError(`${this.labelOf(path)} was changed while it was opened`, { hint: 'Run the command again.' });
  }

  #refuseSpecial(path: Below, stats: Stats): void {
    if (!stats.isFile()) throw this.#refused(path, `is ${nounOf(stats)}, and not a file`);
  }

  #refused(path: Below, why: string): RefusedPath {
    return new RefusedPath(`${this.labelOf(path)} ${why}`, {
      hint: 'Everything that is read of a directory lies in it: put a copy of the file there.',
    });
  }
}

/** Refuses names that are paths of their own. */
export function refuseOddNames(label: string, path: Below): void {
  const odd = path.find(
    (name) => name === '' || name === '.' || name === '..' || /[/\0]/.test(name) || name.includes(sep),
  );
  if (odd === undefined) return;
  throw new RefusedPath(`${JSON.stringify(odd.slice(0, 80))} is not the name of a file in ${label}`);
}

/** Whether a path is a directory or lies below it; both resolved. */
export function isInside(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** What a descriptor is open on, where the system tells. */
export function pathOf(fd: number): string | null {
  try {
    return readlinkSync(`${DESCRIPTORS}/${fd}`);
  } catch {
    return null;
  }
}

/** The first link on the way to something; null where there is none, or none can be seen. */
function firstLink(root: string, path: Below): Below | null {
  try {
    for (let length = 1; length <= path.length; length++) {
      const part = path.slice(0, length);
      if (lstatSync(join(root, ...part)).isSymbolicLink()) return part;
    }
  } catch {
    // What is not there, or may not be looked at, is no link that could be named.
  }
  return null;
}

function nounOf(stats: Stats): string {
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  if (stats.isDirectory()) return 'a directory';
  return 'a device';
}
