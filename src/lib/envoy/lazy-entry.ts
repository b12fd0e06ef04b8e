/** An entry of a large dump of which only a brief was read: it is parsed when more of it is looked at, and kept then. */
import { textOrNull } from '../json-fields';
import type { RawEntry } from '../scan/raw-dump';
import { decoded } from './decode';
import { toProtoNames } from './field-names';
import type { MessageName } from './messages';
import type { ResourceEntry, ResourceState, UpdateFailure } from './resource-entry';

export type Wrapper = Readonly<Record<string, unknown>>;

let lastBrief: { readonly of: Whole; readonly brief: Wrapper } | null = null;

/** An element of a section's list, decoded: its brief each time anew, the whole of it once. */
export class Whole {
  readonly raw: RawEntry;
  readonly #message: MessageName;
  readonly #briefMessage: MessageName;
  #whole: Wrapper | undefined;

  /** @param briefMessage the message that its brief is read as */
  constructor(raw: RawEntry, message: MessageName, briefMessage: MessageName = message) {
    this.raw = raw;
    this.#message = message;
    this.#briefMessage = briefMessage;
  }

  again(): Whole {
    return new Whole(this.raw, this.#message, this.#briefMessage);
  }

  /** Of an element without a brief the whole. */
  brief(): Wrapper {
    if (!this.raw.hasBrief) return this.whole();
    // Who goes through a list asks for that of one entry several times, and then never again.
    if (lastBrief?.of !== this) lastBrief = { of: this, brief: this.#decoded(this.raw.brief(), this.#briefMessage) };
    return lastBrief.brief;
  }

  whole(): Wrapper {
    this.#whole ??= this.#decoded(this.raw.json(), this.#message);
    return this.#whole;
  }

  #decoded(json: unknown, message: MessageName): Wrapper {
    return decoded(toProtoNames(json), message, this.raw) as Wrapper;
  }
}

/** An entry of a dump of which the resource is parsed when it is first asked for. */
export class LazyEntry<T> implements ResourceEntry<T> {
  readonly name: string;
  readonly state: ResourceState;
  readonly failure: UpdateFailure | null;
  readonly isPresent: boolean;
  readonly #element: Whole;
  readonly #path: readonly [string, string?];
  #pointer: string | undefined;

  /** @param path where in the element the resource stands */
  constructor(
    element: Whole,
    path: readonly [string, string?],
    { name, state, failure, isPresent }: Pick<ResourceEntry<T>, 'name' | 'state' | 'failure' | 'isPresent'>,
  ) {
    this.name = name;
    this.state = state;
    this.failure = failure;
    this.isPresent = isPresent;
    this.#element = element;
    this.#path = path;
  }

  /** The same, whose whole is not kept with this one's; what makes it does not hold this one. */
  get again(): () => ResourceEntry<T> {
    const { name, state, failure, isPresent } = this;
    const element = this.#element.again();
    const path = this.#path;
    return () => new LazyEntry<T>(element.again(), path, { name, state, failure, isPresent });
  }

  get resource(): T | null {
    return this.isPresent ? this.#in(this.#element.whole()) : null;
  }

  get brief(): Partial<T> | null {
    return this.#in(this.#element.brief());
  }

  get pointer(): string {
    this.#pointer ??= [this.#element.raw.pointer, ...this.#path].join('/');
    return this.#pointer;
  }

  get versionInfo(): string | null {
    return textOrNull(this.#stamps()['version_info']);
  }

  get lastUpdated(): string | null {
    return textOrNull(this.#stamps()['last_updated']);
  }

  #in(wrapper: Wrapper): T | null {
    const [field, inner] = this.#path;
    const value = wrapper[field] as Wrapper | undefined;
    return ((inner === undefined ? value : value?.[inner]) ?? null) as T | null;
  }

  /** The message that the resource stands in. */
  #stamps(): Wrapper {
    const [field, inner] = this.#path;
    const whole = this.#element.whole();
    return inner === undefined ? whole : ((whole[field] ?? {}) as Wrapper);
  }
}
