/** What filters hand on to later ones: dynamic metadata and filter state. Each connection and each of its requests has one. */
import type { MetadataFields } from '../match/metadata-matcher';
import type { Ternary, Unknown } from '../match/ternary';

export type Fields = Readonly<Record<string, unknown>>;

export class StreamState {
  readonly #metadata = new Map<string, Fields>();
  readonly #unknownMetadata = new Map<string, string>();
  readonly #filterState = new Map<string, string | Unknown | null>();
  #isHealthCheck: Ternary = false;
  readonly #resolved = new Set<string>();
  /** Whether an object that nobody was seen to write is known not to be there. */
  #isAbsent: (key: string) => boolean = () => false;

  /** @param from the state to begin with, as a request begins with its connection's */
  constructor(from: StreamState | null = null) {
    if (from === null) return;
    for (const [key, value] of from.#metadata) this.#metadata.set(key, value);
    for (const [key, value] of from.#unknownMetadata) this.#unknownMetadata.set(key, value);
    for (const [key, value] of from.#filterState) this.#filterState.set(key, value);
    this.#isHealthCheck = from.#isHealthCheck;
    for (const host of from.#resolved) this.#resolved.add(host);
    this.#isAbsent = from.#isAbsent;
  }

  /** Says which objects of filter state are not there unless somebody was seen to write them. */
  knowsAbsent(isAbsent: (key: string) => boolean): void {
    this.#isAbsent = isAbsent;
  }

  /** What is known of the dynamic metadata of a filter; null where nothing is. */
  metadata(namespace: string): Fields | null {
    return this.#metadata.get(namespace) ?? null;
  }

  /** The input on which a namespace's fields depend that are not known; null where all of them are. */
  unknownMetadata(namespace: string): string | null {
    return this.#unknownMetadata.get(namespace) ?? null;
  }

  /** Adds fields to a namespace. */
  setMetadata(namespace: string, fields: Fields): void {
    this.#metadata.set(namespace, { ...this.#metadata.get(namespace), ...fields });
  }

  /** Says that a namespace may have fields that hang on this input. */
  setUnknownMetadata(namespace: string, input: string): void {
    this.#unknownMetadata.set(namespace, input);
  }

  /** A filter state object as text; null where it is known that none was set, undefined where nothing is known of it. */
  filterState(key: string): string | Unknown | null | undefined {
    const own = this.#filterState.get(key);
    return own === undefined && this.#isAbsent(key) ? null : own;
  }

  /** What matchers and format strings read of it, as it is when they ask. */
  facts(): {
    readonly filterState: (key: string) => string | Unknown | null | undefined;
    readonly metadata: (namespace: string) => MetadataFields;
  } {
    return {
      filterState: (key) => this.filterState(key),
      metadata: (namespace) => ({ fields: this.metadata(namespace), unknown: this.unknownMetadata(namespace) }),
    };
  }

  /** Says that a filter takes the request for a health check. */
  marksHealthCheck(isCheck: Ternary): void {
    if (this.#isHealthCheck !== true) this.#isHealthCheck = isCheck;
  }

  get isHealthCheck(): Ternary {
    return this.#isHealthCheck;
  }

  /** Says that a filter has this host, with the port where it names one, resolved for a dynamic forward proxy. */
  resolves(host: string): void {
    this.#resolved.add(host);
  }

  isResolved(host: string): boolean {
    return this.#resolved.has(host);
  }

  setFilterState(key: string, value: string | Unknown): void {
    this.#filterState.set(key, value);
  }

  /** Says that the filter that would set an object did not, and that it is not there unless an earlier one did. */
  leavesFilterState(key: string): void {
    if (!this.#filterState.has(key)) this.#filterState.set(key, null);
  }
}
