/** A resource of a dump in one of its states. */
import type { Any } from './any';

/** Where a resource stands in Envoy: only `active` and `static` ones serve. */
export type ResourceState = 'active' | 'static' | 'warming' | 'draining' | 'error';

/** `envoy.admin.v3.UpdateFailureState`. */
export interface UpdateFailure {
  readonly failed_configuration?: Any;
  readonly last_update_attempt?: string;
  readonly details?: string;
  readonly version_info?: string;
}

/** One resource of a dump in one of its states. */
export interface ResourceEntry<T> {
  readonly name: string;
  readonly state: ResourceState;
  /** Null where only an update failure stands in its place. */
  readonly resource: T | null;
  /**
   * Of the resource those fields at least that the dump was read for (`FIELDS_OF_INDEX` for many questions), without parsing
   * more; null as `resource` is.
   */
  readonly brief: Partial<T> | null;
  /** Whether there is a resource, told without parsing it. */
  readonly isPresent: boolean;
  /** JSON pointer of the resource in the dump. */
  readonly pointer: string;
  readonly versionInfo: string | null;
  readonly lastUpdated: string | null;
  readonly failure: UpdateFailure | null;
  /** Makes it from the dump again, so that it need not be held. */
  readonly again?: () => ResourceEntry<T>;
}
