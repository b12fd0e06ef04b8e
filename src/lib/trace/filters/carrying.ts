/** Filter state that goes along to an internal listener of the same Envoy. */
import type { HopEnd } from '../hop-context';
import type { StreamState } from './stream-state';

/**
 * The end with what filters set, for an internal listener behind it.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/internal_upstream/v3/internal_upstream.proto
 */
export function carrying(state: StreamState, end: HopEnd): HopEnd {
  return end.kind === 'forward' ? { ...end, forward: { ...end.forward, state } } : end;
}
