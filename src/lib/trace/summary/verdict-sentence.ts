/** How a request ends, in plain words. */
import { hostPort } from '../../envoy/address';
import type { Outcome, TracedRequest } from '../model';
import { endingStep, type Walk } from './dead-end';
import { likeliestEndpoint } from './likeliest';
import { flagsText } from './response-flags';

/** `GET http://reviews:9080/reviews/0 is delivered to …`, `… fails: the caller gets 404, NR (no route)`. */
export function verdictSentence(request: TracedRequest, walk: Walk): string {
  return `${requestName(request)} ${fateOf(request, walk)}.`;
}

/** What becomes of a request, without its name. */
export function fateOf(request: TracedRequest, walk: Walk): string {
  const answer = answerText(request, walk);
  switch (walk.verdict) {
    case 'delivered':
      return `is delivered to ${destinationText(walk)}`;
    case 'redirected':
      return `is redirected: the caller gets ${walk.status ?? 'a redirect'}${walk.location === null ? '' : ` to ${walk.location}`}`;
    case 'direct-response':
      return `is answered by Envoy itself: ${answer}`;
    case 'denied':
      return `is denied${walk.policy === null ? '' : ` by ${walk.policy}`}: ${answer}`;
    case 'failed':
      return `fails: ${answer}`;
    case 'unknown':
      return 'cannot be decided from the configuration alone';
  }
}

/** What stopped the request, or what it hangs on; null where nothing did, or where the fate says all. */
export function causeOf(walk: Walk): string | null {
  if (walk.verdict === 'delivered' || walk.verdict === 'redirected') return null;
  return endingStep(walk)?.step.because ?? null;
}

/** `GET http://reviews:9080/`; of what is no HTTP request the URL alone. */
export function requestName({ method, url }: TracedRequest): string {
  return method === null ? url : `${method} ${url}`;
}

/** What the caller sees: a status with Envoy's flags, or a connection that closes. */
export function answerText(request: TracedRequest, { status, responseFlags }: Outcome): string {
  const flags = responseFlags === null ? '' : `, ${flagsText(responseFlags)}`;
  if (status !== null) {
    const grpc = status === 200 && isGrpc(request) ? ' with a gRPC error' : '';
    return `the caller gets ${status}${grpc}${flags}`;
  }
  return `the caller's connection is closed without an answer${flags}`;
}

function isGrpc({ url, headers }: TracedRequest): boolean {
  return (
    url.startsWith('grpc:') ||
    headers.some(([name, value]) => name.toLowerCase() === 'content-type' && value.startsWith('application/grpc'))
  );
}

/** Where a walk arrives: the application behind the last sidecar, or the likeliest endpoint of the last proxy. */
function destinationText({ hops }: Walk): string {
  const last = hops.at(-1);
  const endpoint = last === undefined ? null : likeliestEndpoint(last);
  if (last === undefined || endpoint === null) return 'its destination';
  const address = endpoint.port === 0 ? endpoint.address : hostPort(endpoint.address, endpoint.port);
  if (last.direction === 'inbound')
    return `port ${endpoint.port} of ${last.proxy ?? endpoint.pod ?? 'the application'}`;
  return endpoint.pod === null ? address : `${endpoint.pod} at ${address}`;
}
