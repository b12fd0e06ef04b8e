/** What the file system said, in a sentence: what was tried, on which path, and why it did not work. */
import { wordFor } from '../caller';
import { InputError, MctlError, UnavailableError } from '../errors';

/** A file could not be written. Whatever else is under way ends, too: the next file would meet the same fault. */
export class WriteError extends UnavailableError {}

/** A path below a folder leads out of it, or is no plain file. */
export class RefusedPath extends InputError {}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'there is something of that name already',
  EFBIG: 'the file would be too large for the file system',
  EIO: 'the disk failed',
  EISDIR: 'is a directory',
  ELOOP: 'its links lead to each other',
  EMFILE: 'too many files are open (see ulimit -n)',
  ENAMETOOLONG: 'the name is too long for the file system',
  ENFILE: 'too many files are open on this machine',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'a part of the path is not a directory',
  ENXIO: 'nothing answers there',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ETXTBSY: 'it is being run',
  ERR_INVALID_ARG_VALUE: 'the path has a NUL character in it',
};

/** What to do about a fault of writing; null where the reason says it. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'Name a place that you may write to.',
  EDQUOT: 'Make room, or name a place on another disk.',
  EMFILE: 'Raise the limit, or read fewer proxies at once with --concurrency.',
  ENOENT: 'Name a place that exists.',
  ENOSPC: 'Make room, or name a place on another disk.',
  ENOTDIR: 'Name a place that exists.',
  EPERM: 'Name a place that you may write to.',
  EROFS: 'Name a place that can be written to.',
};

/** The error's code: `ENOENT`; null for what did not come from the file system. */
export function codeOf(error: unknown): string | null {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : null;
}

/** Whether there is nothing of that name. */
export function isAbsent(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** A fault of reading, as the user must act on it: a directory is a wrong input, all else is unavailable. */
export function readError(path: string, error: unknown, hint?: string): MctlError {
  if (error instanceof MctlError) return error;
  const options = hint === undefined ? { cause: error } : { cause: error, hint };
  const code = codeOf(error);
  if (code === 'EISDIR') {
    return new InputError(`read ${path}: is a directory`, {
      hint: `A captured mesh is read with ${wordFor('snapshot')}.`,
      ...options,
    });
  }
  // Where a part of the path is a file, there is no such file either.
  return new UnavailableError(`open ${path}: ${reasonOf(isAbsent(error) ? { code: 'ENOENT' } : error)}`, options);
}

/**
 * A fault of writing. What did not come from the file system is handed back as it is.
 * @param verb what was tried: `write`, `create the directory`
 */
export function writeError(verb: string, path: string, error: unknown): Error {
  const code = codeOf(error);
  if (error instanceof MctlError || code === null) return error instanceof Error ? error : new Error(String(error));
  const hint = REMEDIES[code];
  return new WriteError(
    `${verb} ${path}: ${reasonOf(error)}`,
    hint === undefined ? { cause: error } : { cause: error, hint },
  );
}

/** The words of the system where ours are missing; the path in them is dropped, since the sentence has it. */
function reasonOf(error: unknown): string {
  const code = codeOf(error);
  const known = code === null ? undefined : REASONS[code];
  if (known !== undefined) return known;
  const { message = String(error) } = error as { message?: string };
  return message.replace(/, \w+(?: '[^]*)?$/, '');
}
