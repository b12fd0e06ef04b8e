/** Tunnels to pods of which it is not known what takes them there. */
import { ending } from '../hop/ending';
import { step } from '../hop/record';
import type { Place } from './place';

/**
 * A waypoint, of which the configuration is not known: where the request goes on it decides.
 * @param name its pod, or its address where no pod has that
 * @param why why the source has no configuration of it; null where nothing more is known
 */
export function atUnknownWaypoint(name: string, why: string | null): Place {
  const cause = { kind: 'stops-at-waypoint', pod: name, why } as const;
  const steps = [step('listener', 'unknown', name, cause)];
  return { kind: 'ended', ending: ending('unknown', 'unknown-input', cause), steps };
}

/** A pod that is marked HBONE, and that nothing is known to take it for. */
export function nobodyTakesHbone(workload: string): Place {
  const cause = { kind: 'nobody-takes-hbone', workload } as const;
  const steps = [step('hbone', 'unknown', workload, cause)];
  return { kind: 'ended', ending: ending('unknown', 'unknown-input', cause), steps };
}

/** Whoever is behind the gateway of another network. @param name the workload's, or the gateway's address */
export function behindOtherNetwork(name: string): Place {
  const cause = { kind: 'other-network-not-known' } as const;
  const steps = [step('hbone', 'unknown', name, cause)];
  return { kind: 'ended', ending: ending('unknown', 'unknown-input', cause), steps };
}
