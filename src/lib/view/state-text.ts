/** What `wide` says of a resource's state: nothing that is warming, draining or rejected is hidden there. */
import type { ResourceEntry } from '../envoy/config-dump';
import { withoutPrivateKeys } from '../envoy/redact';
import type { Table } from '../render/table';

/** Envoy's own words for why it refused a resource. */
export function failureText(entry: ResourceEntry<unknown>): string {
  return withoutPrivateKeys(entry.failure?.details ?? 'Envoy gave no reason');
}

/** `active`, `warming`, …, and whether a newer version was refused. */
export function stateCell(entry: ResourceEntry<unknown>): string {
  return entry.failure === null ? entry.state : `${entry.state}, update rejected: ${failureText(entry)}`;
}

/** The table and a row for each resource that was only ever refused; its first column is a name, and one is STATE. */
export function withRejected(table: Table, entries: readonly ResourceEntry<unknown>[]): Table {
  const rows = entries
    .filter(({ state }) => state === 'error')
    .map((entry) =>
      table.header.map((head, column) => {
        if (column === 0) return entry.name;
        return head === 'STATE' ? `rejected: ${failureText(entry)}` : '-';
      }),
    );
  return { ...table, rows: [...table.rows, ...rows] };
}
