/** The text of a file that is read as a whole, and that may be a pipe or a device. */
import { closeSync, openSync, readSync } from 'node:fs';
import { type LimitName, limitOf, sizeText, tooLarge } from '../limits';

const CHUNK = 1 << 16;

/** The whole text of a file. Throws the system's error, and InputError where the file is larger than it may be or has no end. */
export function boundedText(path: string, name: LimitName): string {
  const fd = openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    const limit = limitOf(name);
    for (let size = 0; ;) {
      const part = Buffer.allocUnsafe(CHUNK);
      const read = readSync(fd, part, 0, CHUNK, null);
      if (read === 0) return Buffer.concat(parts).toString('utf8');
      size += read;
      if (size > limit) throw tooLarge(`${path} is larger than it may be`, sizeText(limit));
      parts.push(part.subarray(0, read));
    }
  } finally {
    closeSync(fd);
  }
}
