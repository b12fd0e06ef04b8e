/** How a request ends, in plain words. */
import { hostPort } from '../../envoy/address';
import { FACTS, type Outcome, type TracedRequest } from '../../trace/model';
import { endingStep, isToTheDoor, type Walk } from './dead-end';
import { takenEndpoint } from './chosen-upstream';
import { reachedIn } from '../../trace/hop/reached';
import { placeText } from '../telling/upstream';
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
      return isToTheDoor(walk)
        ? `is sent to ${destinationText(walk)}, whose own proxy is not known`
        : `is delivered to ${destinationText(walk)}`;
    case 'redirected':
      return `is redirected: the caller gets ${walk.status ?? 'a redirect'}${walk.location === null ? '' : ` to ${walk.location}`}`;
    case 'direct-response':
      return `is answered by Envoy itself: ${answer}`;
    case 'denied':
      return `is denied: ${answer}`;
    case 'failed':
      return `fails: ${answer}`;
    case 'unknown':
      return 'cannot be decided from the configuration alone';
  }
}

/** What stopped the request, what it hangs on, or what is not known of its end; null where the fate says all. */
export function causeOf(walk: Walk): string | null {
  const step = endingStep(walk)?.step;
  if (step === undefined || (walk.verdict === 'redirected' && walk.reason === null)) return null;
  return walk.verdict === 'delivered' && step.outcome !== 'unknown' ? null : step.because;
}

/** The cause as a sentence that names the proxy where it arose; null where there is none. */
export function causeSentence(walk: Walk): string | null {
  const found = causeOf(walk);
  if (found === null) return null;
  const cause = found.startsWith('depends on ') ? `it ${found}` : found;
  const place = walk.verdict === 'delivered' ? null : endingStep(walk);
  const proxy = place === null || place.hopIndex === 0 ? null : place.hop.proxy;
  return sentence(proxy === null || cause.includes(proxy) ? cause : `at ${proxy}, ${cause}`);
}

/** A clause as a sentence; one that begins with a name keeps it as it is written. */
export function sentence(clause: string): string {
  const text = clause.trimEnd();
  const first = /^[a-z]+(?:'[a-z]+)?[ ,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?:]$/.test(first) ? first : `${first}.`;
}

/** `GET http://reviews:9080/`; of what is no HTTP request the URL alone. */
export function requestName({ method, url }: TracedRequest): string {
  return method === null ? url : `${method} ${url}`;
}

/** What the caller sees: a status with Envoy's flags, one that is not known, or a connection that closes. */
export function answerText(request: TracedRequest, { status, statusDependsOn, responseFlags }: Outcome): string {
  const flags = responseFlags === null ? '' : `, ${flagsText(responseFlags, status)}`;
  if (status !== null) {
    const grpc = status === 200 && isGrpc(request) ? ' with a gRPC error' : '';
    return `the caller gets ${status}${grpc}${flags}`;
  }
  if (statusDependsOn !== undefined) return `the caller gets a status that depends on ${statusDependsOn}${flags}`;
  return `the caller's connection is closed without an answer${flags}`;
}

function isGrpc({ url, headers }: TracedRequest): boolean {
  return (
    url.startsWith('grpc:') ||
    headers.some(([name, value]) => name.toLowerCase() === 'content-type' && value.startsWith('application/grpc'))
  );
}

/** Where a walk arrives: what lies behind the last proxy, or the endpoint that it sends to. */
function destinationText({ hops }: Walk): string {
  const last = hops.at(-1);
  if (last === undefined) return 'its destination';
  const reached = reachedIn(last.steps.map(({ [FACTS]: facts }) => facts));
  if (reached !== null) return placeText(reached);
  const endpoint = takenEndpoint(last);
  if (endpoint === null) return 'its destination';
  const address = endpoint.port === 0 ? endpoint.address : hostPort(endpoint.address, endpoint.port);
  return endpoint.pod === null ? address : `${endpoint.pod} at ${address}`;
}
