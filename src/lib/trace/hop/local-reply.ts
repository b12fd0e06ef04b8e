/** Replies that Envoy makes itself. */
import { type EndingBy, ending } from './ending';
import type { Cause } from '../facts/step';
import { isUnknown } from '../../match/ternary';
import type { Outcome, Reason, Verdict } from '../model';
import { type HttpMessage, isAnsweredAsGrpc } from '../../http/message';

/**
 * An answer of Envoy's own: to a gRPC request its HTTP status is 200 and the error stands in grpc-status. Where it is not known
 * whether the request is one, neither is the status.
 */
export function localReply<C extends Cause>(
  message: HttpMessage | null,
  [verdict, reason]: readonly [Verdict, Reason | null],
  status: number,
  cause: C,
  more: Partial<Outcome> = {},
): EndingBy<C> {
  const grpc = message !== null && isAnsweredAsGrpc(message);
  return ending(verdict, reason, cause, { status: isUnknown(grpc) ? null : grpc ? 200 : status, ...more });
}
