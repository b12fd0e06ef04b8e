/** Replies that Envoy makes itself. */
import { type Ending, ending } from './ending';
import { isUnknown } from '../../match/ternary';
import type { Outcome, Reason, Verdict } from '../model';
import { type HttpMessage, isGrpc } from '../../http/message';

/**
 * An answer of Envoy's own: to a gRPC request its HTTP status is 200 and the error stands in grpc-status. Where it is not known
 * whether the request is one, neither is the status.
 */
export function localReply(
  message: HttpMessage | null,
  [verdict, reason]: readonly [Verdict, Reason | null],
  status: number,
  because: string,
  more: Partial<Outcome> = {},
): Ending {
  const grpc = message !== null && isGrpc(message);
  return ending(verdict, reason, because, { status: isUnknown(grpc) ? null : grpc ? 200 : status, ...more });
}
