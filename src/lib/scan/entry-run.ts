/** Entries as they are handed on while a document streams by. */

/** An element of a list or a map, taken whole. */
export interface WholeElement {
  /** Where it begins in the document. */
  readonly offset: number;
  /** In bytes of the document. */
  readonly size: number;
  /** Its bytes in the document; null where they came in several pieces, which are not kept. */
  whole(): Uint8Array | null;
}

/** Entries that follow one another in a section. */
export interface EntryRun {
  /** All of each, or where they were told to be of the shape what is wanted of it. */
  readonly values: readonly unknown[];
  /** By what a pointer names an entry: its index in the list, or its name in a map. */
  token(index: number): number | string;
  /** Where each stands in the document, with its bytes: good until the run has been taken. */
  text(index: number): WholeElement;
  /** Whether an entry is known to be of the section's shape, with nothing in it that would have to be made exact. */
  isKnownToFit(index: number): boolean;
}
