/** Replies that Envoy makes itself. */
import { type Ending, ending } from './ending';
import type { Outcome, Reason, Verdict } from '../model';
import { type HttpMessage, isGrpc } from '../../http/message';

/** An answer of Envoy's own: to a gRPC request its HTTP status is 200 and the error stands in grpc-status. */
export function localReply(
  message: HttpMessage | null,
  [verdict, reason]: readonly [Verdict, Reason | null],
  status: number,
  because: string,
  more: Partial<Outcome> = {},
): Ending {
  return ending(verdict, reason, because, { status: message !== null && isGrpc(message) ? 200 : status, ...more });
}
