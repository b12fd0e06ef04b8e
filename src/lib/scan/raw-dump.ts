/**
 * A dump cut into its entries without parsing them: the scanner's result and everybody else's input. An entry is one
 * element of a repeated field of a section (`/configs/2/dynamic_listeners/0`), parsed when asked for.
 */

/** One element of a list in a section. */
export interface RawEntry {
  /** JSON pointer of the element in the document. */
  readonly pointer: string;
  /** Size in bytes of its JSON text. */
  readonly size: number;
  /** Parses it; throws InputError where its text is not JSON. Not cached: the caller keeps what it needs. */
  json(): unknown;
}

/** One element of `configs`. */
export interface RawSection {
  /** Full `@type`. */
  readonly type: string;
  /** JSON pointer: `/configs/2`. */
  readonly pointer: string;
  /** Fields that are not lists, parsed: version_info, bootstrap, last_updated, … */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Lists by field name as written (`dynamic_listeners` or `dynamicListeners`): those of their entries that were kept. */
  readonly lists: Readonly<Record<string, readonly RawEntry[]>>;
}

export type RawDump =
  | { readonly kind: 'config_dump'; readonly label: string; readonly sections: readonly RawSection[] }
  | { readonly kind: 'clusters'; readonly label: string; readonly clusterStatuses: readonly RawEntry[] };

/**
 * Reads bytes of a document a second time, from this offset on. Throws where the document is no longer what it was.
 */
export type ReadAgain = (offset: number, size: number) => Uint8Array;

/** What the reader needs to keep of a document while it streams by. */
export interface ScanRequest {
  /** Section messages by full `@type` ending, e.g. `ListenersConfigDump`; others are passed over unread. Or all. */
  readonly sections: readonly string[] | 'all';
  /**
   * Keep only entries whose text contains this resource name (as a JSON string). A hint that saves memory: entries kept
   * may still have another name.
   */
  readonly resourceName?: string;
  /** Keep only entries in one of whose strings or numbers this text stands. A hint like resourceName. */
  readonly text?: string;
  /** Entries with a member of one of these names are kept whatever the hints say. */
  readonly keep?: readonly string[];
  /** Objects and lists under these names are not looked into: their content may be left out of an entry's JSON. */
  readonly cut?: readonly string[];
  /** Where the document can be read again (a plain file), so that a large one need not be kept in memory. */
  readonly readAgain?: ReadAgain | null;
}
