/**
 * A dump cut into its entries without parsing them: the scanner's result and everybody else's input. An entry is one
 * element of a repeated field of a section (`/configs/2/dynamic_listeners/0`), parsed when asked for.
 */
import type { FieldMask } from './field-mask';

/** One element of a list in a section. */
export interface RawEntry {
  /** JSON pointer of the element in the document. */
  readonly pointer: string;
  /** Size in bytes of its JSON text. */
  readonly size: number;
  /** Parses it; throws InputError where its text is not JSON. Not cached: the caller keeps what it needs. */
  json(): unknown;
  /** Its JSON text as it stands in the document; of one that was reduced to fields, those. */
  text(): Uint8Array;
  /** Whether its brief is kept beside the whole of it. */
  readonly hasBrief: boolean;
  /** As `json`, of the fields that were asked for alone where it has a brief. */
  brief(): unknown;
}

/** Elements of a list, in its order. Each is made when it is come to. */
export interface RawList extends Iterable<RawEntry> {
  readonly length: number;
  /**
   * The entries in whose brief a text may stand as a part of a string, in whatever ASCII case, and those that have no brief:
   * told by their bytes, without parsing any. More may be given.
   */
  mayHold(text: string): Iterable<RawEntry>;
}

/** A list of these entries, each of which may hold any text. */
export function rawList(entries: readonly RawEntry[]): RawList {
  return { length: entries.length, mayHold: () => entries, [Symbol.iterator]: () => entries[Symbol.iterator]() };
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
  readonly lists: Readonly<Record<string, RawList>>;
}

export type RawDump =
  | { readonly kind: 'config_dump'; readonly label: string; readonly sections: readonly RawSection[] }
  | { readonly kind: 'clusters'; readonly label: string; readonly clusterStatuses: RawList };

/** What the reader needs to keep of a document while it streams by. */
export interface ScanRequest {
  /** Section messages by full `@type` ending, e.g. `ListenersConfigDump`; others are passed over unread. Or all. */
  readonly sections: readonly string[] | 'all';
  /** What an object without members is: an Envoy without clusters answers so. Left out, it is refused. */
  readonly emptyIs?: 'clusters';
  /** What is read of entries, where that is not all of them. */
  readonly only?: EntryHints;
}

export type KeepAs = 'fields' | 'whole' | 'whole with brief';

/** A text as a string of its own, or as a part of a string or number. */
export interface Sought {
  readonly text: string;
  readonly as: 'string' | 'part';
}

/** What is read of entries: hints, which save time and memory. */
export interface EntryHints {
  /** The fields that are read: an entry's JSON may have no others. */
  readonly fields: FieldMask;
  /**
   * Whether entries are reduced to these fields, kept whole all the same (then they only tell where that can stand which is
   * sought), or kept whole with the fields as a brief beside it.
   */
  readonly keepAs?: KeepAs;
  /** Keep only entries in one of whose fields this stands. More may be kept. */
  readonly sought?: Sought | undefined;
  /** Entries with one of these fields of the mask's first level are kept without what is sought, too. */
  readonly keep?: readonly string[];
  /** Do not reduce an entry that contains this text (at most 256 bytes) outside of the fields above. */
  readonly keepWholeIfContains?: string;
}
