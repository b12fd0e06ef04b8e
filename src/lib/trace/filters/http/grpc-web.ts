/**
 * `envoy.extensions.filters.http.grpc_web.v3.GrpcWeb`: a gRPC-Web request goes on as gRPC, to the same place.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/grpc_web_filter
 */
import { bodySize } from '../../../http/body';
import { firstHeader, headerValues, type HttpMessage, withHeader, withoutHeaders } from '../../../http/message';
import { isUnknown } from '../../../match/ternary';
import { outcome } from '../../outcome';
import { type FilterResult, type FilterRun, filterStep, goesOn } from './handler';

const TYPE = 'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb';

/** Content types that Envoy takes for gRPC-Web, and whether the body is base64: it is refused with 400 where it is not. */
const CONTENT_TYPES: ReadonlyMap<string, boolean> = new Map([
  ['application/grpc-web', false],
  ['application/grpc-web+proto', false],
  ['application/grpc-web-text', true],
  ['application/grpc-web-text+proto', true],
]);

export function runGrpcWeb(run: FilterRun): FilterResult {
  const type = firstHeader(run.message, 'content-type');
  const isOpen = isUnknown(type);
  const isText = isOpen ? undefined : CONTENT_TYPES.get(type ?? '');
  if (!isOpen && (isText === undefined || run.message.path === '')) {
    return goesOn(run, { kind: 'works-on-others', works: 'gRPC-Web requests' });
  }
  // Of a content type that is not known nobody can tell what comes of it.
  if (isOpen)
    return { kind: 'goes-on', steps: [filterStep(run, 'not-evaluated', { kind: 'http-filter-acts', filter: TYPE })] };
  const message = asGrpc(run.message);
  if (isText === true && bodySize(run.message) !== 0n) return { ...mayBeOdd(run), message };
  return { kind: 'goes-on', steps: [filterStep(run, 'passed', { kind: 'made-grpc' })], message };
}

/** A body that is no base64 is refused; none at all is fine. */
function mayBeOdd(run: FilterRun): Extract<FilterResult, { kind: 'open' }> {
  const input = 'whether the body of the gRPC-Web request is base64';
  const steps = [filterStep(run, 'unknown', { kind: 'filter-open', input })];
  // Whatever content type it came with, the answer is none of gRPC.
  const otherwise = outcome('failed', 'local-reply', { status: 400 });
  return { kind: 'open', steps, input, otherwise };
}

const ENCODING = 'grpc-accept-encoding';

function asGrpc(message: HttpMessage): HttpMessage {
  const typed = withHeader(withoutHeaders(message, ['content-length']), 'content-type', 'application/grpc');
  const told = withHeader(typed, 'te', 'trailers');
  return headerValues(told, ENCODING).length > 0 ? told : withHeader(told, ENCODING, 'identity');
}
