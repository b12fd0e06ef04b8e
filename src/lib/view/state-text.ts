/** What `wide` says of a resource's state: nothing that is warming, draining or rejected is hidden there. */
import type { ResourceEntry } from '../envoy/config-dump';
import { shownText } from '../secrets/redact';

/** Envoy's own words for why it refused a resource. */
export function failureText(entry: ResourceEntry<unknown>): string {
  return shownText(entry.failure?.details ?? 'Envoy gave no reason');
}

/** `active`, `warming`, …, and whether a newer version was refused. */
export function stateCell(entry: ResourceEntry<unknown>): string {
  return entry.failure === null ? entry.state : `${entry.state}, update rejected: ${failureText(entry)}`;
}
