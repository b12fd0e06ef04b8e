/** A log that somebody else writes: what came to it since it was looked at. The user names it. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { InputError } from '../errors';
import { readError } from './file-error';

const { O_NONBLOCK = 0, O_NOCTTY = 0 } = constants as Partial<typeof constants>;

/** How large it is. Throws UnavailableError, and InputError for what is no file. */
export function sizeOfLog(path: string): number {
  try {
    const stats = statSync(path);
    if (stats.isFile()) return stats.size;
  } catch (error) {
    throw readError(path, error);
  }
  throw new InputError(`${path} is not a file, and a log is read from one`);
}

/** What stands behind a place in it, at most so many bytes; all of it where it has become shorter, as when it was rotated. */
export function logSince(path: string, place: number, most: number): string {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | O_NONBLOCK | O_NOCTTY);
  } catch (error) {
    throw readError(path, error);
  }
  try {
    const { size } = fstatSync(fd);
    const from = size < place ? 0 : place;
    const bytes = Buffer.alloc(Math.min(most, size - from));
    const read = readSync(fd, bytes, 0, bytes.length, from);
    return bytes.toString('utf8', 0, read);
  } catch (error) {
    throw readError(path, error);
  } finally {
    closeSync(fd);
  }
}
