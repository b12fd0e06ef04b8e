/** `pc ecds`: filters that Envoy fetched by themselves. */
import { messageTypeOf, type TypedExtension } from '../envoy/any';
import type { ConfigDump } from '../envoy/config-dump';
import { toJsonNames, toProtoNames } from '../envoy/field-names';
import { byBytes, firstOf } from './order';
import type { View } from './view';

interface EcdsFilter {
  readonly ecds_filter?: TypedExtension;
}

/** Every EcdsConfigDump section's filters. */
export function ecdsView(dump: ConfigDump): View {
  const raw = dump.sections
    .filter((section) => section.type.endsWith('.EcdsConfigDump'))
    .flatMap((section) => [...(section.lists['ecds_filters'] ?? section.lists['ecdsFilters'] ?? [])])
    .map((entry) => entry.json());
  const rows = raw
    .map((one) => {
      const { ecds_filter: filter } = toProtoNames(one) as EcdsFilter;
      return { name: filter?.name ?? '', type: messageTypeOf(filter?.typed_config) };
    })
    .sort((a, b) => firstOf(byBytes(a.type, b.type), byBytes(a.name, b.name)));
  const table = { header: ['ECDS NAME', 'TYPE'], rows: rows.map(({ name, type }) => [name, type]), padding: 5 };
  return {
    table,
    wide: () => table,
    json: () => ({ ecdsFilters: raw.map((one) => toJsonNames(one)) }),
    names: () => rows.map(({ name }) => `ecds/${name}`),
    count: rows.length,
  };
}
