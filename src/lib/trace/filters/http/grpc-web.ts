/**
 * `envoy.extensions.filters.http.grpc_web.v3.GrpcWeb`: a gRPC-Web request goes on as gRPC, to the same place.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/grpc_web_filter
 */
import { firstHeader, type HttpMessage, withHeader, withoutHeaders } from '../../../http/message';
import { isUnknown } from '../../../match/ternary';
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
  // Of a body of base64, and of a content type that is not known, nobody can tell what comes of it.
  const isPassed = !isOpen && isText === false;
  const step = filterStep(
    run,
    isPassed ? 'passed' : 'not-evaluated',
    isPassed ? { kind: 'made-grpc' } : { kind: 'http-filter-acts', filter: TYPE },
  );
  return { kind: 'goes-on', steps: [step], ...(isOpen ? {} : { message: asGrpc(run.message) }) };
}

function asGrpc(message: HttpMessage): HttpMessage {
  const typed = withHeader(withoutHeaders(message, ['content-length']), 'content-type', 'application/grpc');
  return withHeader(withHeader(typed, 'te', 'trailers'), 'grpc-accept-encoding', 'identity,deflate,gzip');
}
