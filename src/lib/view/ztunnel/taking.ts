/** What is taken of a ztunnel's dump while it streams by, for one view or several at once. */
import { type FieldMask, mergeMasks } from '../../scan/field-mask';
import { takenByAll } from '../../scan/field-places';
import type { PlaceTakers, Taker, TakenFields, Takers, ZtunnelSectionName } from '../../ztunnel/read-dump';

/** What is taken of a dump, and which fields of it are read. */
export interface Taking {
  readonly takers: Takers;
  readonly fields: TakenFields;
  /** Who takes entries by the places of their fields: in place of the taker of their section where that can be. */
  readonly places?: PlaceTakers;
}

/** Hands each entry to all that take it, with the fields that any of them reads. */
export function mergedTaking(all: readonly Taking[]): Taking {
  const takers: Partial<Record<ZtunnelSectionName, Taker<unknown>>> = {};
  const fields: Partial<Record<ZtunnelSectionName, FieldMask | undefined>> = {};
  for (const one of all) {
    for (const [name, take] of Object.entries(one.takers) as [ZtunnelSectionName, Taker<unknown>][]) {
      const before = takers[name];
      const mask = one.fields[name];
      if (before === undefined) {
        takers[name] = take;
        fields[name] = mask;
        continue;
      }
      const known = fields[name];
      fields[name] = known === undefined || mask === undefined ? undefined : mergeMasks([known, mask]);
      takers[name] = (entry, token, keep) => {
        before(entry, token, keep);
        take(entry, token, keep);
      };
    }
  }
  return { takers, fields, places: mergedPlaces(all) };
}

/** Of sections that everybody who takes them can take by places. */
function mergedPlaces(all: readonly Taking[]): PlaceTakers {
  const merged: PlaceTakers = {};
  for (const section of new Set(all.flatMap(({ takers }) => Object.keys(takers) as ZtunnelSectionName[]))) {
    const takers = all.filter((one) => one.takers[section] !== undefined).map(({ places }) => places?.[section]);
    const placed = takers.flatMap((taker) => taker ?? []);
    if (placed.length === takers.length) merged[section] = takenByAll(placed);
  }
  return merged;
}
