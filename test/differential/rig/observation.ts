/** A call that was sent, and what was seen of it. */
import type { LogLine } from './access-log';
import type { Answer, NumberedCall } from './call';

/** What came of a call: what its caller got, and Envoy's log lines about it. */
export interface Observation {
  readonly call: NumberedCall;
  readonly answer: Answer;
  readonly lines: readonly LogLine[];
}
