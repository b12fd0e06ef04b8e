/** Where a trace says otherwise than Envoy's access log. */
import type { ClusterChance, Hop, Step, Trace } from '../../../src/lib/trace/model';
import { MAPPED_STATUSES } from '../generate/network-filters';
import { type LogLine, mostTelling } from '../rig/access-log';
import type { Call, HttpCall } from '../rig/call';
import type { Observation } from '../rig/observation';
import type { Traced } from '../rig/mctl';

export interface Difference {
  readonly what: string;
  readonly envoy: unknown;
  readonly mctl: unknown;
}

/** How many single decisions were held against each other, and which differ. */
export class Comparison {
  readonly differences: Difference[] = [];
  compared = 0;

  same(what: string, envoy: unknown, mctl: unknown): void {
    this.holds(what, envoy, mctl, envoy === mctl);
  }

  holds(what: string, envoy: unknown, mctl: unknown, does: boolean): void {
    this.compared += 1;
    if (!does) this.differences.push({ what, envoy, mctl });
  }
}

/** Holds the trace of a call at one Envoy against what that Envoy logged of it. */
export function compareHop(observation: Observation, trace: Traced): Comparison {
  const comparison = new Comparison();
  const line = mostTelling(observation.lines);
  if ('error' in trace) {
    comparison.same('trace', 'a trace', trace.error);
  } else if (line === null) {
    comparison.same('log', 'none', trace.verdict);
  } else if (!isHalfSent(observation, line) && !isServed(observation, line)) {
    compareLine(comparison, observation, line, trace);
  }
  return comparison;
}

function compareLine(comparison: Comparison, observation: Observation, line: LogLine, trace: Trace): void {
  const hop = trace.hops[0];
  comparison.same('listener', line.listener, hop?.listener?.name ?? null);
  comparison.same('filter chain', line.filterChain, hop?.filterChain?.name ?? null);
  const closed = line.closed ?? line.details ?? '';
  if (line.details === 'filter_chain_not_found') {
    comparison.same('verdict', 'failed', trace.verdict);
    comparison.same('reason', 'no-filter-chain', trace.reason);
  } else if (closed.startsWith('rbac_access_denied')) {
    compareDenial(comparison, line, trace);
    if (line.by === 'http') compareRouting(comparison, line, hop);
  } else if (failedHandshake(observation)) {
    comparison.same('verdict', 'failed', trace.verdict);
    comparison.same('reason', 'tls-error', trace.reason);
  } else if (line.by === 'http') {
    compareRouting(comparison, line, hop);
    compareHttp(comparison, observation.call, line, trace);
  } else if (line.by === 'tcp') {
    compareTcp(comparison, line, trace);
  } else {
    comparison.same('verdict', 'failed', trace.verdict);
  }
}

/** An upgrade or CONNECT of which a filter waits for the end, which does not come: the client gives up. */
function isHalfSent({ call }: Observation, { details, flags }: LogLine): boolean {
  const isOpen = call.http?.method === 'CONNECT' || call.http?.headers.some(([name]) => name === 'upgrade') === true;
  // The details of a header that HTTP/2 dropped stay.
  const isGone =
    details === 'downstream_remote_disconnect' || (details === 'http2.unexpected_underscore' && flags === 'DC');
  return isOpen && isGone;
}

/** Network RBAC looks at a connection when its client speaks: one that only listens is served until it hangs up. */
function isServed({ call, answer }: Observation, { closed }: LogLine): boolean {
  return call.payload === 'server-first' && answer.body !== '' && (closed ?? '').startsWith('rbac_access_denied');
}

/** Nothing that was asked tells whether the body is too long: a stream of HTTP/2 may end in its last frame, and needs no length. */
const OF_THE_BODY = /the size of the request|whether the last DATA frame/;

/** Cookies are a session or none by their signature, and the paths of the login answer by what they bring. */
const OF_THE_SESSION = /whether the request has a valid session/;

/** A dump leaves users and keys out: who comes with some is let in or not, and a trace says that it does not know. */
function isUndisclosed(trace: Trace): boolean {
  return trace.verdict === 'unknown' && trace.hops[0]?.steps.some(isUndisclosedStep) === true;
}

function isUndisclosedStep({ outcome, because }: Step): boolean {
  return (
    outcome === 'unknown' &&
    [/the dump does not show the (?:users|keys)/, OF_THE_BODY, OF_THE_SESSION].some((open) => open.test(because))
  );
}

/** Envoy's log does not tell a failed handshake from what the TLS inspector made of plain text: the client does. */
function failedHandshake({ call, answer, lines }: Observation): boolean {
  if (call.tls === null)
    return lines.length === 1 && lines[0]?.by === 'listener' && answer.status === null && lines[0].flags === 'TLS';
  // A client of a busy machine may give up before the alert comes: Envoy's own word counts, too.
  return isHandshakeAlert(answer.error) || lines.some(isWithoutCertificate);
}

/** Whether Envoy refused a client for the certificate that it did not present. */
function isWithoutCertificate({ tlsFailure }: LogLine): boolean {
  return (tlsFailure ?? '').includes('PEER_DID_NOT_RETURN_A_CERTIFICATE');
}

/** Whether a client was told by the server that the handshake fails. */
export function isHandshakeAlert(error: string | null): boolean {
  return /certificate required|handshake failure|no application protocol/i.test(error ?? '');
}

function compareDenial(comparison: Comparison, line: LogLine, trace: Trace): void {
  if (isUndisclosed(trace)) return;
  const policy = /rbac_access_denied_matched_policy\[(.*)\]/.exec(line.closed ?? line.details ?? '')?.[1];
  comparison.same('verdict', 'denied', trace.verdict);
  comparison.same('reason', 'rbac-denied', trace.reason);
  comparison.same('policy', policy === 'none' ? null : policy, trace.policy?.replaceAll(' ', '_') ?? null);
  if (line.by === 'http') comparison.same('status', line.status, trace.status);
}

/** Refusals that come before a route is looked for; to make its answer, Envoy then looks for one all the same. */
const BEFORE_ROUTING: ReadonlySet<string> = new Set([
  'path_normalization_failed',
  'low_version',
  'missing_host_header',
  'http1.codec_error',
  'http1.invalid_url',
  'http.invalid_authority',
  'absolute_path_rejected',
  'rejecting_because_detection_failed',
  'http1.unexpected_underscore',
  'http1.too_many_headers',
  'http1.headers_too_large',
  'http1.invalid_characters',
  'http1.invalid_transfer_encoding',
  'http1.content_length_and_chunked_not_allowed',
  'http2.unexpected_underscore',
  'http2.too_many_headers',
  'http2.invalid.header.field',
]);

/** Of a refusal whose details went with another answer the trace tells. */
function isBeforeRouting(line: LogLine, hop: Hop | undefined): boolean {
  const isEnded = hop?.steps.some(({ stage, outcome }) => stage === 'http-connection-manager' && outcome === 'ended');
  return BEFORE_ROUTING.has(line.details ?? '') || (isReplaced(line) && isEnded === true && hop?.virtualHost === null);
}

/** The route configuration, virtual host, route and cluster; where the request did not get so far, none. */
export function compareRouting(comparison: Comparison, line: LogLine, hop: Hop | undefined): void {
  if (isBeforeRouting(line, hop)) return;
  if (line.routeConfiguration !== null) {
    comparison.same('route configuration', line.routeConfiguration, hop?.routeConfiguration?.name ?? null);
  }
  comparison.same('virtual host', line.virtualHost, hop?.virtualHost?.name ?? null);
  comparison.same('route', line.route, hop?.route?.name ?? null);
  if (line.cluster !== null) compareCluster(comparison, line, hop);
}

/** The clusters that a trace lists are those that the request can go to, with shares that sum to one. */
function compareCluster(comparison: Comparison, line: LogLine, hop: Hop | undefined): ClusterChance | null {
  const clusters = hop?.clusters ?? [];
  const taken = clusters.find((cluster) => cluster.name === line.cluster) ?? null;
  comparison.holds(
    'cluster',
    line.cluster,
    clusters.map(({ name }) => name),
    taken !== null && taken.share > 0,
  );
  const sum = clusters.reduce((total, { share }) => total + share, 0);
  comparison.holds(
    'shares of the clusters',
    1,
    clusters.map(({ share }) => share),
    // A route by lot may leave some of the requests to one that leads to no cluster.
    isRouteByLot(hop) ? sum <= 1 + 1e-6 : Math.abs(sum - 1) < 1e-6,
  );
  if (line.host !== null && taken !== null) {
    const hosts = taken.endpoints.filter(({ share }) => share > 0).map(({ address, port }) => `${address}:${port}`);
    comparison.holds('endpoint', line.host, hosts, hosts.includes(line.host));
  }
  return taken;
}

/** Whether chance had a say in which route is taken. */
export function isRouteByLot(hop: Hop | undefined): boolean {
  return (
    hop?.steps.some(
      ({ stage, details, rejected }) =>
        stage === 'route' &&
        (details.some(([name]) => name === 'chance') ||
          rejected.some(({ because }) => because.startsWith('left out by chance'))),
    ) === true
  );
}

function isDrawn(trace: Trace): boolean {
  return (trace.hops[0]?.clusters.length ?? 0) > 1;
}

/** Whether a part of the load goes to a priority of which no host can be picked: how much of it, many draws tell. */
function losesLoad({ hops: [hop] }: Trace): boolean {
  const shares = hop?.clusters[0]?.endpoints.map(({ share }) => share) ?? [];
  const sum = shares.reduce((all, share) => all + share, 0);
  return sum > 0 && sum < 1 - 1e-6;
}

/** Answers of filters whose work is to refuse. */
const REFUSALS =
  /^csrf_origin_mismatch$|^request_payload_too_large$|_basic_auth$|^rejecting_because_detection_failed$|^missing_api_key$|^unkonwn_api_key$|^client_not_allowed$|^jwt_authn_access_denied|^Unauthorized,_and_redirecting_to_OAuth_server_is_not_allowed/;

const VERDICTS: Readonly<Record<string, Trace['verdict']>> = {
  via_upstream: 'delivered',
  // The application does not speak WebSocket, and its answer is handed on.
  websocket_handshake_unsuccessful: 'delivered',
};

function compareHttp(comparison: Comparison, { http }: Call, line: LogLine, trace: Trace): void {
  if (isUndisclosed(trace)) return;
  if (line.details === 'local_rate_limited') {
    compareRateLimit(comparison, line, trace);
    return;
  }
  if (isDrawn(trace) && ['via_upstream', 'no_healthy_upstream', 'cluster_not_found'].includes(line.details ?? '')) {
    const drawn = trace.hops[0]?.clusters.find(({ name }) => name === line.cluster);
    const reachable = drawn?.endpoints.some(({ share }) => share > 0) ?? false;
    comparison.same('endpoints of the drawn cluster', line.details === 'via_upstream', reachable);
    return;
  }
  if (line.details === 'no_healthy_upstream' && losesLoad(trace)) return;
  if (isReplaced(line)) compareReplaced(comparison, line, trace);
  else compareEnd(comparison, http, line, trace);
}

function compareEnd(comparison: Comparison, http: Call['http'], line: LogLine, trace: Trace): void {
  comparison.same('verdict', verdictOf(line), trace.verdict);
  if (calledNobody(line)) return;
  // The status of an answer that is handed on is the application's own. Where no answer comes Envoy logs 0.
  const isHandedOn = verdictOf(line) === 'delivered';
  if (!isHandedOn) comparison.same('status', line.status === 0 ? null : line.status, trace.status);
  comparison.same('response flags', flagsOf(line, http), trace.responseFlags);
  comparison.same('location', isLogin(line) ? null : line.location, trace.location);
}

/** The way to a login, which holds numbers that Envoy draws. */
function isLogin({ details }: LogLine): boolean {
  return details === 'oauth.missing_credentials';
}

/** Who comes first no configuration says: that the limit may refuse is told with its status, and it does not count as let through. */
function compareRateLimit(comparison: Comparison, { status }: LogLine, trace: Trace): void {
  const told = statusesOfRateLimit(trace);
  // An answer to gRPC has 200; other statuses are changed afterwards.
  const may = told.length === 0 ? [] : [...told.map(Number), ...MAPPED_STATUSES];
  comparison.holds('status of the rate limit', status, told, status !== null && may.includes(status));
}

/** The custom response filter puts its answer in another's place, and with it go the details that tell what that was. */
function isReplaced({ details, status }: LogLine): boolean {
  return (details ?? '') === '' && (status ?? 0) !== 0;
}

/** What is left: whether the application was asked, and of an answer of Envoy's own the new status and the flags of the old one. */
function compareReplaced(comparison: Comparison, line: LogLine, trace: Trace): void {
  if (line.flags === 'RL') {
    comparison.holds('the rate limit is told', true, trace.verdict, statusesOfRateLimit(trace).length > 0);
    return;
  }
  const isAnswered = line.host !== null;
  comparison.same('answer of the application', isAnswered, trace.verdict === 'delivered');
  if (isAnswered) return;
  comparison.same('status of the other answer', line.status, trace.status);
  comparison.same('response flags', flagsOf(line, null), trace.responseFlags);
  comparison.same('location', line.location, trace.location);
}

/** The statuses of rate limits that a trace names. */
function statusesOfRateLimit({ hops }: Trace): readonly string[] {
  const steps = hops[0]?.steps.filter(({ stage, outcome }) => stage === 'http-filter' && outcome === 'not-evaluated');
  return (steps ?? []).flatMap(
    ({ because }) => /^not evaluated: (\d+) once its token bucket is empty/.exec(because)?.[1] ?? [],
  );
}

/** Whether the host that was chosen did not take the call: what one proxy decides ends with the choice. */
function calledNobody({ details }: LogLine): boolean {
  return (details ?? '').startsWith('upstream_reset_before_response_started{remote_connection_failure');
}

/** The flags for which a trace must account. */
function flagsOf({ flags, details }: LogLine, http: HttpCall | null): string | null {
  const has = (wanted: string): boolean => http?.headers.some(([name]) => name === wanted) === true;
  const hasBody = http?.method === 'CONNECT' || has('content-length');
  const others = [
    // A delay that a fault filter put in is no failure; a trace speaks of it at its step.
    'DI',
    // An HTTP/2 stream that is answered before its body came is reset, for which Envoy blames a header that it dropped.
    ...(details === 'http2.unexpected_underscore' && flags !== 'DPE' && hasBody ? ['DPE'] : []),
    // A status for which Envoy tries again, as often as it may, is the caller's own wish, and no trace knows of it.
    ...(details === 'via_upstream' && has('x-answer') ? ['URX', 'UO'] : []),
  ];
  const left = (flags ?? '-').split(',').filter((flag) => flag !== '-' && !others.includes(flag));
  return left.length === 0 ? null : left.join(',');
}

function verdictOf(line: LogLine): Trace['verdict'] {
  if (calledNobody(line)) return 'delivered';
  const known = VERDICTS[line.details ?? ''];
  if (known !== undefined) return known;
  // An answer of Envoy's own with 201 has a Location, too.
  if (line.location !== null && line.status !== 201) return 'redirected';
  // CONNECT, which has no path, is redirected without one.
  if (line.details === 'direct_response' && String(line.status).startsWith('3')) return 'redirected';
  if (REFUSALS.test(line.details ?? '')) return 'denied';
  return ['direct_response', 'health_check_ok', 'cors_response'].includes(line.details ?? '')
    ? 'direct-response'
    : 'failed';
}

function compareTcp(comparison: Comparison, line: LogLine, trace: Trace): void {
  const hop = trace.hops[0];
  if (line.cluster !== null) compareCluster(comparison, line, hop);
  if (isDrawn(trace)) return;
  const reasons: Readonly<Record<string, Trace['reason']>> = { UH: 'no-healthy-endpoint', NC: 'cluster-not-found' };
  const flags = flagsOf(line, null);
  // Whether the host that was chosen takes the connection is no matter of this proxy's configuration.
  const sent = flags === null || flags.includes('UF');
  comparison.same('verdict', sent ? 'delivered' : 'failed', trace.verdict);
  if (flags !== null && flags in reasons && line.cluster !== 'BlackHoleCluster')
    comparison.same('reason', reasons[flags], trace.reason);
}
