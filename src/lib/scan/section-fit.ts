/** By what entries of a section can be told to be of its shape. */
import type { EntryFitter, WantedOfEntries } from './entry-fitter';

/** The shape of a section's entries, and what is wanted of those that are of it. */
export interface SectionFit {
  readonly fitter: EntryFitter;
  /** That of the shape. */
  readonly node: number;
  readonly wanted: WantedOfEntries;
}
