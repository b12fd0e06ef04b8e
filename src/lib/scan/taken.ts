/** Bytes taken out of the document. They may be part of a piece: copy them to keep them. */
export interface Taken {
  readonly bytes: Uint8Array;
  /** Where they begin in the document. */
  readonly offset: number;
}
