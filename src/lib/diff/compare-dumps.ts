/** Two proxies' configurations: resources that were added, removed or changed, by view and name. */
import type { ConfigDump } from '../envoy/config-dump';
import { compareValues, type FieldChange } from './compare-values';
import { type ComparedValue, type DiffView, type Resources, resourcesOf, sectionOf } from './resources';

export interface ResourceChange {
  readonly name: string;
  readonly fields: readonly FieldChange[];
}

export interface ViewDiff {
  /** A view of a proxy's configuration, or of a ztunnel's. */
  readonly view: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly ResourceChange[];
}

export interface DumpsDiff {
  /** Views with a difference. */
  readonly views: readonly ViewDiff[];
  /** Views that one side lacks, and so were not compared. */
  readonly skipped: readonly { readonly view: DiffView; readonly missingIn: 'a' | 'b' }[];
}

/**
 * What differs between two dumps, view by view, resources matched by their names.
 * @param compare compares a view that both have
 */
export function compareDumps(
  a: ConfigDump,
  b: ConfigDump,
  views: readonly DiffView[],
  compare = compareView,
): DumpsDiff {
  const found: ViewDiff[] = [];
  const skipped: DumpsDiff['skipped'][number][] = [];
  for (const view of views) {
    const [hasA, hasB] = [a, b].map((dump) => dump.section(sectionOf(view)) !== null);
    // Envoy writes the section of discovered filters only where there are any.
    if (hasA !== hasB && view !== 'ecds') {
      skipped.push({ view, missingIn: hasA === true ? 'b' : 'a' });
      continue;
    }
    const diff = compare(a, b, view);
    if (diff.added.length + diff.removed.length + diff.changed.length > 0) found.push(diff);
  }
  return { views: found, skipped };
}

/** The resources of one view, matched by their names. */
export function compareView(a: ConfigDump, b: ConfigDump, view: DiffView): ViewDiff {
  return compareResources(view, resourcesOf(a, view), resourcesOf(b, view));
}

/** What was added, removed and changed of the resources of a view. */
export function compareResources(view: string, left: Resources, right: Resources): ViewDiff {
  const added: string[] = [];
  const removed: string[] = [];
  const changed: ResourceChange[] = [];
  for (const name of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const [ours, theirs] = withoutEqual(left.get(name) ?? [], right.get(name) ?? []);
    for (const [index, value] of ours.entries()) {
      const other = theirs[index];
      if (other === undefined) removed.push(name);
      else changed.push({ name, fields: compareValues(value.value(), other.value()) });
    }
    for (let index = ours.length; index < theirs.length; index++) added.push(name);
  }
  return { view, added, removed, changed };
}

/** Resources of one name without those that the other side has, too. */
function withoutEqual(
  a: readonly ComparedValue[],
  b: readonly ComparedValue[],
): readonly [readonly ComparedValue[], readonly ComparedValue[]] {
  const counts = new Map<string, number>();
  for (const { digest } of b) counts.set(digest, (counts.get(digest) ?? 0) + 1);
  const take = ({ digest }: ComparedValue): boolean => {
    const count = counts.get(digest) ?? 0;
    if (count > 0) counts.set(digest, count - 1);
    return count > 0;
  };
  const ours = a.filter((value) => !take(value));
  const theirs = b.filter((value) => take(value));
  return [ours, theirs];
}
