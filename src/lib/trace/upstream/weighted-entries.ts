/** Weighted clusters, each way to send a request on once: a route may list the same one a hundred thousand times. */
import { asItStands } from '../../envoy/guarded';
import { rememberedFor } from '../../remembered';

/** An entry of a list of weighted clusters. */
interface Weighted {
  readonly weight?: number;
}

/** The entries that get requests, those that differ in nothing but their weight as one. */
export interface WeightedEntries<Entry> {
  /** In the order of the first of each; the weight is that of all of them. */
  readonly distinct: readonly Entry[];
  /** What all weights sum to. */
  readonly total: number;
  /** Of a number from 0 to below the total, the place in `distinct` of the entry that it falls to, in the list's own order; -1 above. */
  readonly placeOf: (number: number) => number;
}

const entriesOf = rememberedFor(grouped);

/** @param list as the configuration has it: the same list is looked through once */
export function weightedEntries<Entry extends Weighted>(list: readonly Entry[]): WeightedEntries<Entry> {
  return entriesOf(list) as WeightedEntries<Entry>;
}

/** The entry with another weight; a field that is not of its type stays one that throws where it is read. */
function weighing(entry: Weighted, weight: number): Weighted & { readonly weight: number } {
  const own = { value: weight, enumerable: true, configurable: true, writable: true };
  const fields = { ...Object.getOwnPropertyDescriptors(entry), weight: own };
  return Object.defineProperties({ weight }, fields);
}

function grouped(list: readonly Weighted[]): WeightedEntries<Weighted> {
  const places = new Map<string, number>();
  const distinct: (Weighted & { readonly weight: number })[] = [];
  const ends: number[] = [];
  const placesInOrder: number[] = [];
  let total = 0;
  for (const entry of list) {
    const { weight = 0 } = entry;
    if (weight === 0) continue;
    const key = JSON.stringify({ ...asItStands(entry), weight: null });
    const place = places.get(key) ?? distinct.length;
    places.set(key, place);
    distinct[place] = weighing(distinct[place] ?? entry, (distinct[place]?.weight ?? 0) + weight);
    total += weight;
    ends.push(total);
    placesInOrder.push(place);
  }
  const placeOf = (number: number): number => placesInOrder[ends.findIndex((end) => number < end)] ?? -1;
  return { distinct, total, placeOf };
}
