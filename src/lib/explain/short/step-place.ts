/** Where a step stands, for what is said of it. */
import type { Hop, Outcome } from '../../trace/model';

export interface StepPlace {
  readonly hop: Hop;
  readonly index: number;
  readonly outcome: Outcome;
}
