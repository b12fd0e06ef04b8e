/** An end of the walk at this proxy, as a value that stages hand back in place of their result. */
import type { HopEnd } from './hop-context';
import type { Outcome, Reason, Verdict } from './model';
import { outcome } from './outcome';

export type Dead = Extract<HopEnd, { kind: 'end' }>;

/** The request ends here with this verdict. */
export function dead(verdict: Verdict, reason: Reason | null, because: string, more: Partial<Outcome> = {}): Dead {
  return { kind: 'end', outcome: outcome(verdict, reason, more), because };
}

/** Whether a stage ended the walk. */
export function isDead(result: object): result is Dead {
  return 'kind' in result && result.kind === 'end';
}
