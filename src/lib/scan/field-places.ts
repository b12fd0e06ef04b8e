/** Where fields of entries stand in a document's text, for those who make no value of them. */
import { type FieldMask, mergeMasks } from './field-mask';

/** Stands for the entry itself, behind all that is told of it. */
export const ENTRY = 0;

/** What is told of a run of entries: good until the document is read on. */
export interface FieldPlaces {
  /**
   * Three numbers for each place: whose it is, where its JSON text begins in the bytes, and the place behind it. What is told of an
   * entry stands in the order of its text, each field as often as it is there, and the entry itself behind them. Of what is
   * wanted in part, and of the elements of a list or map of that (`NAME.*`, with the name of a map's), the place is where it
   * begins: what follows is of it.
   */
  readonly records: Int32Array;
  /** In which a text is printable ASCII and has no escape. */
  readonly bytes: Buffer;
}

/** Who takes entries by the places of their fields. */
export interface FieldTaker {
  /** Those that it is told of; each of them that is there is no null. */
  readonly fields: FieldMask;
  /** Called before all others, with what gives the number of a field by its path: `waypoint.destination`, `endpoints.*.workloadUid`. */
  begins(idOf: (path: string) => number): void;
  take(places: FieldPlaces): void;
}

/** Hands what is told on to all of them. */
export function takenByAll(takers: readonly FieldTaker[]): FieldTaker {
  return {
    fields: mergeMasks(takers.map(({ fields }) => fields)),
    begins: (idOf) => {
      for (const taker of takers) taker.begins(idOf);
    },
    take: (places) => {
      for (const taker of takers) taker.take(places);
    },
  };
}
