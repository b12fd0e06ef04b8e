/** What the views of listeners, routes and clusters share: which of a resource's versions are shown where, and what is said. */
import type { ConfigDump, ResourceEntry } from '../envoy/config-dump';
import { toJsonNames } from '../envoy/field-names';
import type { DumpSection } from '../envoy/sections';
import { isComingOrGoing, isRefused, isServing, type PresentEntry } from '../envoy/serving';
import { stateNote } from './notes';
import { failureText } from './state-text';
import type { EntryReading, View, ViewSpec } from './view';
import { defineView } from './define-view';

/** What a view says of the section that it is made from. */
export interface SectionUse {
  readonly section: SectionOfView;
  /** Whether a dump without the section has no answer; of the others the view is empty, with a remark. */
  readonly isSectionNeeded: boolean;
  /** Whether a section in which nothing serves is a wrong input, as it is to istioctl. */
  readonly isEntryNeeded: boolean;
  /** Whether the wide table names pods. */
  readonly isJoinedWithPods?: boolean;
}

/** A view of a section of Envoy's config_dump. */
export interface DumpView extends View<ConfigDump>, SectionUse {}

/** The sections that views are made from. */
export type SectionOfView = DumpSection<unknown>['name'] | 'Secrets' | 'Ecds';

/** What a view of resources says beside what it shares with the others. */
export interface ResourceSpec<Resource, Item, Key> extends Omit<
  ViewSpec<ConfigDump, ResourceEntry<Resource>, Item, Key>,
  'each' | 'isShown' | 'isShownInWide' | 'items' | 'json' | 'notes' | 'wideRest' | 'reading'
> {
  readonly section: DumpSection<Resource>;
  /** Only of entries that have a resource. */
  readonly items: (entry: PresentEntry<Resource>) => readonly Item[];
  readonly reading: Omit<EntryReading, 'entryFields'>;
}

/**
 * Resources that serve are shown; those that are warming or draining stand in the wide table, and so do refused ones, of which
 * the name alone is known. The wide layout has a column STATE.
 */
export function resourceSpec<Resource extends object, Item, Key>(
  spec: ResourceSpec<Resource, Item, Key>,
): ViewSpec<ConfigDump, ResourceEntry<Resource>, Item, Key> {
  const { section, reading, items, ...rest } = spec;
  return {
    ...rest,
    each: section.each,
    isShown: isServing,
    isShownInWide: isComingOrGoing,
    items: (entry) => (hasResource(entry) ? items(entry) : []),
    json: ({ resource }) => resourceJson(resource ?? {}),
    again: (entry) => entry.again ?? (() => entry),
    notes: (entry) => stateNote(spec.name, entry),
    wideRest: (entries, { header, passesByName }) => {
      const rows: (readonly string[])[] = [];
      // One at a time: of an array of them none would be let go of before the last is read.
      for (const entry of entries) if (isRefused(entry) && passesByName(entry)) rows.push(refusedRow(header, entry));
      return rows;
    },
    reading: { ...reading, entryFields: section.entryFields },
  };
}

function hasResource<Resource>(entry: ResourceEntry<Resource>): entry is PresentEntry<Resource> {
  return entry.resource !== null;
}

/** A view with the section that it is made from. */
export function dumpView<Entry, Item, Key>(spec: ViewSpec<ConfigDump, Entry, Item, Key>, use: SectionUse): DumpView {
  return Object.assign(defineView(spec), use);
}

/** Of a resource that was only ever refused the first column has the name, and STATE says why. */
function refusedRow(header: readonly string[], entry: ResourceEntry<unknown>): readonly string[] {
  return header.map((head, column) => {
    if (column === 0) return entry.name;
    return head === 'STATE' ? `rejected: ${failureText(entry)}` : '-';
  });
}

/** A resource as istioctl prints it: names in lower camel case, without the type that wraps it. */
export function resourceJson(resource: object): object {
  const fields = { ...(toJsonNames(resource) as Readonly<Record<string, unknown>>) };
  delete fields['@type'];
  return fields;
}
