/** A file that can be read at any place, again and again: what a source opens and the scanner reads. */
export interface SeekableFile {
  /**
   * Reads from an offset on, after a `close`, too; gives the number of bytes that were read, which is 0 at the file's end.
   * Throws UnavailableError where it can no longer be read, InputError where it is no longer what it was.
   */
  read(into: Uint8Array, offset: number): number;
  /** Lets go of it until it is read again. */
  close(): void;
}
