/** Remarks for standard error: what a view leaves out, and what an empty one filtered away. */
import type { ResourceEntry } from '../envoy/config-dump';
import { isOnItsWay } from '../envoy/serving';
import { nearest } from '../nearest';
import { failureText } from './state-text';

/** What is said of a resource that does not serve, or is on its way out: nothing is hidden in silence. */
export function stateNote(kind: string, entry: ResourceEntry<unknown>): readonly string[] {
  const { name, state, failure } = entry;
  if (failure !== null) {
    return [`${kind} ${name} was rejected by Envoy: ${failureText(entry)}; the table shows what serves`];
  }
  return isOnItsWay(entry) ? [`${kind} ${name} has a ${state} version that is not shown`] : NOTHING;
}

/** One list for the many resources of which there is nothing to say. */
const NOTHING: readonly string[] = [];

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

/** What a filter was given, and the values that there are for it. */
export interface FilterReport {
  readonly flag: string;
  readonly given: string;
  readonly values: Iterable<string>;
}

/** Why a view is empty: each filter given and the nearest values there are. */
export function emptyNotes(kind: string, total: number, filters: readonly FilterReport[]): readonly string[] {
  const given = filters.filter((filter) => filter.given !== '');
  if (given.length === 0) return [`No ${kind} here: the configuration has none.`];
  const lines = given.map(({ flag, given: value, values: all }) => {
    const values = [...all];
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
