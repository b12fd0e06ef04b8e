/** What mctl says of a call, in the words of Envoy's access log. */
import { causeText } from '../../../src/lib/explain/telling/tell-trace';
import { type Ending, isEnding } from '../../../src/lib/trace/hop/ending';
import { HopRecord } from '../../../src/lib/trace/hop/record';
import { admit } from '../../../src/lib/trace/http/connection-manager';
import type { HttpMessage } from '../../../src/lib/http/message';
import { runHttpFilters } from '../../../src/lib/trace/filters/http-filters';
import { runNetworkFilter } from '../../../src/lib/trace/filters/network-filters';
import { type ConnectionFacts, UNKNOWN_SOURCE_PORT } from '../../../src/lib/http/connection-facts';
import { StreamState } from '../../../src/lib/http/stream-state';
import { contextOf } from '../../helpers/filters';
import type { Call } from './call';
import type { HttpListener, TcpListener } from './configuration';

export interface Expected {
  readonly status: number | null;
  readonly flags: string;
  readonly details: string;
  /** What was decided, for counting: `rbac`, `passed`, … */
  readonly kind: string;
}

export function expectedOf(call: Call): Expected {
  return call.listener.kind === 'http' ? httpExpected(call, call.listener) : tcpExpected(call, call.listener);
}

function factsOf(call: Call): ConnectionFacts {
  const source = { ip: call.source, port: UNKNOWN_SOURCE_PORT };
  return {
    local: { ip: '127.0.0.1', port: call.listener.port },
    directSource: source,
    source,
    detected: { transportProtocol: '', serverName: call.sni, applicationProtocols: [] },
    tls: call.listener.isTls ? { certificate: call.client?.says ?? null } : null,
  };
}

function claimsOf(call: Call): Record<string, string> {
  const claims = Object.entries(call.claims ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(claims) as Record<string, string>;
}

function httpExpected(call: Call, { manager, routes, isTls }: HttpListener): Expected {
  const record = new HopRecord(null, 'inbound');
  const sent: HttpMessage = {
    method: call.method,
    authority: call.host,
    path: call.path,
    scheme: isTls ? 'https' : 'http',
    protocol: 'HTTP/1.1',
    headers: call.headers,
  };
  const arrival = {
    message: sent,
    payload: 'http/1.1' as const,
    isTls,
    isOpaqueTls: false,
    alpn: null,
    ownIp: null,
    presentsCertificate: call.client !== null,
    isAgain: false,
    localPort: call.listener.port,
    sourceIp: call.source,
  };
  const walk = {
    context: contextOf(),
    manager,
    pointer: '',
    arrival,
    connection: factsOf(call),
    restored: false,
    validated: false,
    state: new StreamState(),
  };
  const message = admit(walk, record);
  if (isEnding(message)) return ofEnd(message);
  const number = call.headers.find(([name]) => name === 'x-route')?.[1] ?? '';
  const route = routes[Number(number)] ?? null;
  const result = runHttpFilters(
    {
      context: contextOf({ claims: claimsOf(call) }),
      manager,
      pointer: '',
      message,
      connection: factsOf(call),
      state: new StreamState(),
      routeConfiguration: {},
      virtualHost: {},
      route,
      weighted: route?.route?.weighted_clusters?.clusters?.[0] ?? null,
      cluster: route === null ? null : 'upstream',
    },
    record,
  );
  if (isEnding(result)) return ofEnd(result);
  return route === null
    ? { status: isGrpc(result) ? 200 : 404, flags: 'NR', details: 'route_not_found', kind: 'passed' }
    : { status: 200, flags: '-', details: 'via_upstream', kind: 'passed' };
}

function isGrpc({ headers }: HttpMessage): boolean {
  return headers.some(([name, value]) => name === 'content-type' && value === 'application/grpc');
}

function ofEnd({ outcome, cause }: Ending): Expected {
  const { status, responseFlags, policy, reason } = outcome;
  const details: Readonly<Record<string, string>> = {
    'rbac-denied': `rbac_access_denied_matched_policy[${(policy ?? 'none').replace(/\s/g, '_')}]`,
    'fault-abort': 'fault_filter_abort',
    'jwt-denied': 'jwt_authn_access_denied',
    'unknown-input': `unknown: ${causeText(cause)}`,
  };
  const kind = reason ?? outcome.verdict;
  return { status, flags: responseFlags ?? '-', details: details[kind] ?? 'cors_response', kind };
}

function tcpExpected(call: Call, { filters }: TcpListener): Expected {
  const state = new StreamState();
  const record = new HopRecord(null, 'inbound');
  for (const filter of filters) {
    const input = {
      context: contextOf({ claims: claimsOf(call) }),
      filter,
      pointer: '',
      connection: factsOf(call),
      state,
    };
    const end = runNetworkFilter(input, record);
    if (end !== null && end.outcome.verdict !== 'direct-response') return ofEnd(end);
  }
  return { status: null, flags: '-', details: '-', kind: 'passed' };
}
