/** The text of a small file that may be anything by now: what is no plain file is neither followed nor waited for. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Absent on Windows. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants as Partial<typeof constants>;

/**
 * The first bytes of a file as text; null where it is a link, a FIFO or another thing that is no plain file. Throws the
 * system's error where it cannot be opened.
 * @param most how many bytes are read
 */
export function plainText(path: string, most: number): string | null {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  } catch (error) {
    // A link where links are not followed; a socket.
    if (['ELOOP', 'EMLINK', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
  try {
    if (!fstatSync(fd).isFile()) return null;
    const bytes = Buffer.alloc(most);
    let size = 0;
    for (let more = -1; more !== 0 && size < most; size += more) more = readSync(fd, bytes, size, most - size, size);
    return bytes.toString('utf8', 0, size);
  } finally {
    closeSync(fd);
  }
}
