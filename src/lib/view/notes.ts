/** Remarks for standard error: what a view leaves out, and what an empty one filtered away. */
import type { ResourceEntry } from '../envoy/config-dump';
import { nearest } from '../nearest';
import { failureText } from './state-text';
import type { FilterReport } from './view';

/** Resources that do not serve, or are on their way out: never hidden in silence. */
export function stateNotes(kind: string, entries: readonly ResourceEntry<unknown>[]): readonly string[] {
  return entries.flatMap((entry) => stateNote(kind, entry) ?? []);
}

/** The remark on one resource; null where it serves. */
export function stateNote(kind: string, entry: ResourceEntry<unknown>): string | null {
  const { name, state, failure } = entry;
  if (failure !== null) {
    return `${kind} ${name} was rejected by Envoy: ${failureText(entry)}; the table shows what serves`;
  }
  const isLeaving = state === 'warming' || state === 'draining';
  return isLeaving ? `${kind} ${name} has a ${state} version that is not shown` : null;
}

/** Values outside a filter's vocabulary. @param exact whether the filter tells capital letters from small ones */
export function vocabularyNotes(
  flag: string,
  given: string | undefined,
  valid: readonly string[],
  exact = false,
): readonly string[] {
  if (given === undefined || given === '') return [];
  if (valid.some((value) => value === given || (!exact && value.toLowerCase() === given.toLowerCase()))) return [];
  return [`Warning: --${flag} ${given} is none of ${valid.join(', ')}`];
}

const SHOWN = 5;

/** Why a view is empty: each filter given and the nearest values there are. */
export function emptyNotes(kind: string, total: number, filters: readonly FilterReport[]): readonly string[] {
  const given = filters.filter((filter) => filter.given !== '' && filter.given !== '0');
  if (given.length === 0) return [`No ${kind} here: the configuration has none.`];
  const lines = given.map(({ flag, given: value, values }) => {
    const near = nearestNames(value, values);
    const some = near.length > 0 ? near : [...new Set(values)].filter((one) => one !== '').slice(0, SHOWN);
    const says = some.length === 0 ? '' : `; ${near.length > 0 ? 'nearest' : 'there are'}: ${some.join(', ')}`;
    return `  --${flag} ${value}${values.includes(value) ? ' (matches some, but not with the other filters)' : says}`;
  });
  return [`No ${kind} left of ${total}. Filtered away by:`, ...lines];
}

/** Near values; of a host name that is not written out, near its first labels. */
function nearestNames(wanted: string, values: readonly string[]): readonly string[] {
  const direct = nearest(wanted, values, SHOWN);
  if (direct.length > 0) return direct;
  const labels = wanted.split('.').length;
  const cut = new Map(values.map((value) => [value.split('.').slice(0, labels).join('.'), value]));
  return nearest(wanted, cut.keys(), SHOWN).flatMap((short) => cut.get(short) ?? []);
}
