/**
 * What ztunnel may keep for one VIP: of each namespace one service, in the order of the namespaces. A service that is put in, or
 * whose endpoints change, takes the place of the one of its namespace that stood there, so that the dump, which lists both, does
 * not tell which it is. https://github.com/istio/ztunnel (src/state/service.rs, insert_internal)
 */
import type { PlacedService } from '../../mesh/ztunnel-index';

/** Beyond this many, namespaces that come later are taken as the dump has them. */
const MOST = 4096;

/** Each list that ztunnel may have; one where no namespace has two services. @param services in the order of the dump */
export function slotsOf(services: readonly PlacedService[]): readonly (readonly PlacedService[])[] {
  const byNamespace = new Map<string, PlacedService[]>();
  for (const one of services) {
    const namespace = one.service.namespace ?? '';
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), one]);
  }
  let kept: readonly (readonly PlacedService[])[] = [[]];
  for (const same of byNamespace.values()) {
    const last = same.slice(-1);
    const taken = kept.length * same.length > MOST ? last : [...last, ...same.slice(0, -1)];
    kept = taken.flatMap((one) => kept.map((before) => [...before, one]));
  }
  return kept;
}
