/** Whether an entry of a dump serves: the one place where the states of a resource are told apart. */
import type { ResourceEntry } from './resource-entry';

/** An entry whose resource stands in the dump. */
export type PresentEntry<T> = ResourceEntry<T> & { readonly resource: T };

/**
 * Whether Envoy uses this resource for traffic now: it is active, or static. A resource that drains still has its old
 * connections, but takes no new ones. https://www.envoyproxy.io/docs/envoy/latest/api-v3/admin/v3/config_dump_shared.proto
 */
export function isServing<T>(entry: ResourceEntry<T>): entry is PresentEntry<T> {
  return (entry.state === 'active' || entry.state === 'static') && entry.isPresent;
}

/** Whether the resource is warming (it does not serve yet) or draining (it is on its way out). */
export function isComingOrGoing<T>(entry: ResourceEntry<T>): entry is PresentEntry<T> {
  return isOnItsWay(entry) && entry.isPresent;
}

/** As isComingOrGoing, by the state alone: an entry may have lost its resource to a field mask. */
export function isOnItsWay({ state }: ResourceEntry<unknown>): boolean {
  return state === 'warming' || state === 'draining';
}

/** Whether Envoy refused the resource and has no older version of it: only its name and the failure are known. */
export function isRefused({ state }: ResourceEntry<unknown>): boolean {
  return state === 'error';
}
