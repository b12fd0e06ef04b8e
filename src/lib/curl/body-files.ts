/** Files that a curl command names, and what becomes of a body. */
import { UsageError } from '../errors';

/** Reads the files that a curl command names; throws an MctlError for one that cannot be read. */
export type ReadFile = (path: string) => Uint8Array;

/** The body of a curl command, as far as headers tell of it. */
export interface CurlBody {
  /** Octets; null where curl does not know it either and sends chunks. */
  readonly size: number | null;
  readonly contentType: string | null;
  readonly accept: string | null;
  /** `-T`: a PUT. */
  readonly isUpload: boolean;
  /** `-F`, which `-G` leaves as it is. */
  readonly isForm: boolean;
  /** The data as text, which `-G` moves into the query; null for a form or an upload. */
  readonly text: string | null;
}

/** What a file holds, an octet a character. Throws UsageError for standard input, which mctl does not read for curl. */
export function fileOctets(path: string, readFile: ReadFile): string {
  if (path === '-') {
    throw new UsageError('mctl does not read what a curl command takes from standard input', {
      hint: 'Write it in the command: a body with --data-raw, a header with -H.',
    });
  }
  return Buffer.from(readFile(path)).toString('latin1');
}
