/** `pc ecds`: filters that Envoy fetched by themselves. */
import { messageTypeOf, type TypedExtension } from '../envoy/any';
import type { ConfigDump } from '../envoy/config-dump';
import { toJsonNames, toProtoNames } from '../envoy/field-names';
import { rowLayout } from './layout';
import { byBytes, firstOf } from './order';
import { dumpView } from './resource-view';

/** A filter, and its entry as the dump has it. */
interface Entry {
  readonly filter: TypedExtension | undefined;
  readonly raw: unknown;
}

/** The name of a filter and its message. */
interface NamedType {
  readonly name: string;
  readonly type: string;
}

function sortedByType<T extends { readonly key: NamedType }>(lines: readonly T[]): readonly T[] {
  return [...lines].sort(({ key: a }, { key: b }) => firstOf(byBytes(a.type, b.type), byBytes(a.name, b.name)));
}

/** Filters of every EcdsConfigDump section. Envoy writes none where it discovered none. */
export const ecdsView = dumpView<Entry, NamedType, NamedType>(
  {
    name: 'ecds',
    plural: 'discovered filters',
    each: eachFilter,
    filters: {},
    items: ({ filter }) => [{ name: filter?.name ?? '', type: messageTypeOf(filter?.typed_config) }],
    label: ({ name }) => name,
    sorted: { key: (item) => item, order: sortedByType, names: true, json: false },
    short: rowLayout(5, [
      { heading: 'ECDS NAME', cell: ({ name }) => name },
      { heading: 'TYPE', cell: ({ type }) => type },
    ]),
    json: ({ raw }) => toJsonNames(raw) as object,
    wholeJson: (ecdsFilters) => ({ ecdsFilters }),
    missing: (dump) =>
      dump.section('Ecds') === null ? 'The dump has no EcdsConfigDump: this proxy uses no extension discovery.' : null,
  },
  { section: 'Ecds', isSectionNeeded: false, isEntryNeeded: false },
);

function* eachFilter(dump: ConfigDump): Iterable<Entry> {
  for (const section of dump.sections) {
    if (!section.type.endsWith('.EcdsConfigDump')) continue;
    for (const entry of section.lists['ecds_filters'] ?? section.lists['ecdsFilters'] ?? []) {
      const raw = entry.json();
      yield { raw, filter: (toProtoNames(raw) as { readonly ecds_filter?: TypedExtension }).ecds_filter };
    }
  }
}
