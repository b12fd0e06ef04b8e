/** `pc listener`: which addresses a proxy listens on, and what becomes of a connection. */
import type { ResourceEntry } from '../envoy/config-dump';
import type { FilterChain, Listener } from '../envoy/listener';
import { LISTENERS } from '../envoy/sections';
import type { PresentEntry } from '../envoy/serving';
import type { FieldMask } from '../scan/field-mask';
import { type Filter, type Filters, isSameText, portFilter, textFilter } from './filter';
import { type Column, layout, named, rowLayout } from './layout';
import {
  ADDRESS_FIELDS,
  addressesOf,
  BLACK_HOLE,
  chainsOf,
  destinationOf,
  DIRECTION_FIELDS,
  directionOf,
  FILTER_FIELDS,
  listenerType,
  MATCH_FIELDS,
  matchCell,
  portOf,
  sourceParts,
  wideDestination,
} from './listener-text';
import { byBytes, byBytesOf } from './order';
import { dumpView, resourceSpec } from './resource-view';
import { stateCell } from './state-text';

export const LISTENER_TYPES = ['HTTP', 'TCP', 'HTTP+TCP', 'UNKNOWN'];
export const LISTENER_DIRECTIONS = ['inbound', 'outbound', 'unspecified'];

type Entry = ResourceEntry<Listener>;
export type PresentListener = PresentEntry<Listener>;

/** A filter by a value of the listener, whatever its letters' case. */
function valueFilter(
  summary: string,
  values: (listener: Listener) => readonly string[],
  more: Partial<Filter<Entry> & { readonly kind: 'text' }> & { readonly fields: FieldMask },
): Filter<Entry> {
  return textFilter({
    summary,
    ...more,
    passes: ({ resource }, text) => resource !== null && values(resource).some((own) => isSameText(own, text)),
    values: ({ resource }) => (resource === null ? [] : values(resource)),
  });
}

const filters: Filters<Entry> = {
  address: valueFilter('Listeners on this address.', addressesOf, {
    helpValue: 'ADDRESS',
    fields: ADDRESS_FIELDS,
    // Letters of an address may be large or small.
    sought: (text) => (/[a-z]/i.test(text) ? undefined : { text, as: 'string' }),
  }),
  port: portFilter({
    summary: 'Listeners on this port.',
    fields: ADDRESS_FIELDS,
    passes: ({ resource }, port) => resource !== null && portOf(resource) === port,
    sought: (port) => ({ text: String(port), as: 'part' }),
    values: ({ resource }) => (resource === null ? [] : [String(portOf(resource))]),
  }),
  type: valueFilter('Listeners of this type: HTTP, TCP, HTTP+TCP, UNKNOWN.', (listener) => [listenerType(listener)], {
    fields: FILTER_FIELDS,
    vocabulary: { values: LISTENER_TYPES, isExact: false },
  }),
  direction: valueFilter(
    'Listeners of this direction: inbound, outbound, unspecified.',
    (listener) => [directionOf(listener)],
    { fields: DIRECTION_FIELDS, vocabulary: { values: LISTENER_DIRECTIONS, isExact: false } },
  ),
  name: textFilter({
    summary: 'The listener of this name.',
    passes: ({ name }, text) => name === text,
    sought: (text) => ({ text, as: 'string' }),
    values: ({ name }) => [name],
  }),
};

/** What listeners are sorted by. */
interface SortKey {
  readonly port: number;
  readonly address: string;
  readonly type: string;
}

/** The key of a listener. */
export function keyOf({ resource }: PresentListener): SortKey {
  return { port: portOf(resource), address: addressesOf(resource)[0] ?? '', type: listenerType(resource) };
}

/** By port, address and type. */
export function sortedByPort<T extends { readonly key: SortKey }>(lines: readonly T[]): readonly T[] {
  const compare = byBytesOf(lines.map(({ key }) => key.address));
  // Step by step: this runs for each comparison of a sort, and the port nearly always decides.
  return [...lines].sort(
    ({ key: a }, { key: b }) => a.port - b.port || compare(a.address, b.address) || byBytes(a.type, b.type),
  );
}

const ADDRESSES: Column<{ readonly resource: Listener }> = {
  heading: 'ADDRESSES',
  cell: ({ resource }) => addressesOf(resource).join(','),
  fields: ADDRESS_FIELDS,
};
const PORT: Column<{ readonly resource: Listener }> = {
  heading: 'PORT',
  cell: ({ resource }) => String(portOf(resource)),
  fields: ADDRESS_FIELDS,
};

const brief = rowLayout<PresentListener>(1, [
  ADDRESSES,
  PORT,
  { heading: 'TYPE', cell: ({ resource }) => listenerType(resource), fields: FILTER_FIELDS },
]);

/** A row of the short table. */
interface ChainRow {
  readonly resource: Listener;
  readonly chain: FilterChain;
  readonly destination: string;
}

const short = layout<PresentListener, ChainRow>(
  1,
  [
    ADDRESSES,
    PORT,
    { heading: 'MATCH', cell: ({ chain }) => matchCell(chain.filter_chain_match ?? {}), fields: MATCH_FIELDS },
    { heading: 'DESTINATION', cell: ({ destination }) => destination, fields: FILTER_FIELDS },
  ],
  ({ resource }) =>
    chainsOf(resource)
      .map((chain) => ({ resource, chain, destination: destinationOf(chain) }))
      .sort((a, b) => byBytes(b.destination, a.destination)),
);

/** A row of the wide table; a listener without chains has one. */
interface WideRow {
  readonly entry: PresentListener;
  readonly resource: Listener;
  readonly chain: FilterChain | null;
  readonly index: number;
}

/** A column about the chain. */
function chainColumn(heading: string, cell: (chain: FilterChain, row: WideRow) => string): Column<WideRow> {
  return { heading, cell: (row) => (row.chain === null ? '-' : cell(row.chain, row)) };
}

const wide = layout<PresentListener, WideRow>(
  2,
  [
    { heading: 'NAME', cell: ({ entry }) => entry.name },
    { heading: 'STATE', cell: ({ entry }) => stateCell(entry) },
    ADDRESSES,
    PORT,
    { heading: 'DIRECTION', cell: ({ resource }) => directionOf(resource) },
    chainColumn('ORDER', (chain, { resource, index }) =>
      chain === resource.default_filter_chain ? 'default' : String(index),
    ),
    chainColumn('CHAIN', ({ name = '-' }) => name),
    chainColumn('MATCH', ({ filter_chain_match: match = {} }) => [matchCell(match), ...sourceParts(match)].join('; ')),
    chainColumn('DESTINATION', wideDestination),
  ],
  (entry) => {
    const { resource } = entry;
    const chains = chainsOf(resource);
    if (chains.length === 0) return [{ entry, resource, chain: null, index: 0 }];
    return chains.map((chain, index) => ({ entry, resource, chain, index }));
  },
);

export const listenerSpec = resourceSpec<Listener, PresentListener, SortKey>({
  name: 'listener',
  plural: 'listeners',
  section: LISTENERS,
  filters,
  items: (entry) => [entry],
  label: ({ name }) => name,
  sorted: { key: keyOf, order: sortedByPort, names: false, json: false },
  short,
  brief,
  wide: () => wide,
  reading: { keepWholeIfContains: BLACK_HOLE },
});

const use = { section: LISTENERS.name, isSectionNeeded: true, isEntryNeeded: true } as const;

export const listenerView = dumpView(listenerSpec, use);

const nameOf = ({ name }: PresentListener): string => `listener/${name}`;

/** As `pc all` has it: each listener's name in front. */
export const labelledListenerView = dumpView(
  { ...listenerSpec, short: named(short, 'NAME', nameOf), brief: named(brief, 'NAME', nameOf) },
  use,
);
