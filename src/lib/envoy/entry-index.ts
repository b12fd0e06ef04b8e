/** Finds resources of a large dump by what stands in their briefs: at first by its bytes, after many questions by a map. */
import type { ResourceEntry } from './resource-entry';

/** A few questions look through the texts; from here on a map is worth what it costs. */
const MANY_QUESTIONS = 24;

export class EntryIndex<T> {
  readonly #each: (text?: string) => Iterable<ResourceEntry<T>>;
  readonly #keysOf: (entry: ResourceEntry<T>) => Iterable<string>;
  readonly #answers = new Map<string, readonly ResourceEntry<T>[]>();
  #map: ReadonlyMap<string, readonly ResourceEntry<T>[]> | undefined;

  /**
   * @param each the entries of a section in their order, or of them those whose brief may hold a text
   * @param keysOf of the brief, texts of its strings, in small letters or as they stand
   */
  constructor(
    each: (text?: string) => Iterable<ResourceEntry<T>>,
    keysOf: (entry: ResourceEntry<T>) => Iterable<string>,
  ) {
    this.#each = each;
    this.#keysOf = keysOf;
  }

  /** The entries that have this key, in the dump's order; the same ones each time. */
  get(key: string): readonly ResourceEntry<T>[] {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const found = this.#answers.size < MANY_QUESTIONS ? this.#search(key) : this.#lookUp(key);
    this.#answers.set(key, found);
    return found;
  }

  #lookUp(key: string): readonly ResourceEntry<T>[] {
    this.#map ??= this.#mapped();
    return this.#map.get(key) ?? [];
  }

  #mapped(): ReadonlyMap<string, readonly ResourceEntry<T>[]> {
    const map = new Map<string, ResourceEntry<T>[]>();
    for (const entry of this.#each()) {
      for (const key of new Set(this.#keysOf(entry))) {
        const same = map.get(key);
        if (same === undefined) map.set(key, [entry]);
        else same.push(entry);
      }
    }
    return map;
  }

  #has(entry: ResourceEntry<T>, key: string): boolean {
    for (const own of this.#keysOf(entry)) if (own === key) return true;
    return false;
  }

  #search(key: string): readonly ResourceEntry<T>[] {
    const found: ResourceEntry<T>[] = [];
    for (const entry of this.#each(key)) if (this.#has(entry, key)) found.push(entry);
    return found;
  }
}
