/** An end of the walk at this proxy, as a value that stages hand back in place of their result. */
import type { HopEnd } from './context';
import type { Cause } from '../facts/step';
import type { StreamState } from '../../http/stream-state';
import type { Outcome, Reason, Verdict } from '../model';
import { outcome } from '../outcome';

export type Ending = Extract<HopEnd, { kind: 'end' }>;

/** An end whose cause is of a kind that is known. */
export type EndingBy<C extends Cause> = Ending & { readonly cause: C };

/** The request ends here with this verdict. */
export function ending<C extends Cause>(
  verdict: Verdict,
  reason: Reason | null,
  cause: C,
  more: Partial<Outcome> = {},
): EndingBy<C> {
  return { kind: 'end', outcome: outcome(verdict, reason, more), cause };
}

/** Whether a stage ended the walk. */
export function isEnding(result: object): result is Ending {
  return 'kind' in result && result.kind === 'end';
}

/**
 * The end with what filters set, for an internal listener behind it.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/internal_upstream/v3/internal_upstream.proto
 */
export function carrying(state: StreamState, end: HopEnd): HopEnd {
  return end.kind === 'forward' ? { ...end, forward: { ...end.forward, state } } : end;
}
