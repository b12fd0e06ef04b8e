/** `RouteMatch.grpc`: the request is gRPC. */
import { isGrpc } from '../message';
import type { RouteCondition } from './condition';

export const grpc: RouteCondition = {
  name: 'gRPC',
  holds: (match, { message }) => match.grpc === undefined || isGrpc(message),
  describe: (match) => (match.grpc === undefined ? [] : ['gRPC']),
  miss: () => 'it is not gRPC: the content type is not application/grpc',
  implies: (narrow, wide) => wide.grpc === undefined || narrow.grpc !== undefined,
  witness: (match) =>
    match.grpc === undefined ? {} : { isGrpc: true, method: 'POST', headers: [['content-type', 'application/grpc']] },
};
