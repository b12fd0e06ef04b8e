/**
 * HTTP filters whose work is not evaluated, and that leave most requests alone: which requests each works on. Such a request is one
 * that the filter may answer or send elsewhere, or that it changes by what no configuration holds; every other goes on as it is.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/http_filters
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../../envoy/any';
import { firstHeader, type HttpMessage, isGrpc, joinedHeader } from '../../../http/message';
import { isUnknown, type Ternary, unknown } from '../../../match/ternary';
import type { KnownHttpFilter } from '../../facts/known-filters';
import { configOf, type FilterRun, goesOn, type HttpFilterHandler, mayAnswer, notEvaluated, open } from './handler';
import { outcome } from '../../outcome';

interface SomeRequests {
  /** Of which requests the filter takes notice, in words: `gRPC requests`. */
  readonly works: string;
  readonly worksOn: (run: FilterRun) => Ternary;
  /** What decides how the request goes on, where the filter may answer it or send it elsewhere; null where it does neither. */
  readonly decides: (run: FilterRun) => string | null;
}

const GRPC = 'gRPC requests';
const grpc = ({ message }: FilterRun): Ternary => isGrpc(message);
const NOTHING = (): null => null;

export const SOME_REQUESTS = {
  // Its surprise: it rewrites method and path before the route is found again, and lets gRPC pass.
  'envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder': {
    works: 'requests that are not gRPC, for services that it is told of',
    worksOn: (run) => (hasServices(run) ? not(isGrpc(run.message)) : false),
    decides: () => 'which gRPC method the request stands for, by the descriptors of the services',
  },
  'envoy.extensions.filters.http.grpc_json_reverse_transcoder.v3.GrpcJsonReverseTranscoder': {
    works: GRPC,
    worksOn: grpc,
    decides: () => 'what HTTP request the gRPC method stands for, by the descriptors of the services',
  },
  // It has the route found again with the other content type.
  'envoy.extensions.filters.http.grpc_http1_reverse_bridge.v3.FilterConfig': {
    works: GRPC,
    worksOn: grpc,
    decides: () => 'which route takes the gRPC request once its content type is another',
  },
  'envoy.extensions.filters.http.grpc_http1_bridge.v3.Config': {
    works: 'requests that it is to change: protobuf to be made gRPC, query parameters to be left out',
    worksOn: bridgesHttp1,
    decides: () => 'what gRPC request the filter makes of it',
  },
  'envoy.extensions.filters.http.connect_grpc_bridge.v3.FilterConfig': {
    works: 'requests of the Connect protocol',
    worksOn: ({ message }) => isConnectProtocol(message),
    decides: () => 'what gRPC request the Connect request is turned into',
  },
  'envoy.extensions.filters.http.on_demand.v3.OnDemand': {
    works: 'requests whose route or cluster is not there yet',
    worksOn: (run) => fetchedOnDemand(run) !== null,
    decides: fetchedOnDemand,
  },
  'envoy.extensions.filters.http.stateful_session.v3.StatefulSession': {
    works: 'requests that bring a session',
    worksOn: bringsSession,
    decides: (run) =>
      sessionConfig(run).strict === true ? 'whether the endpoint of the session is there: 503 where it is not' : null,
  },
  'envoy.extensions.filters.http.kill_request.v3.KillRequest': {
    works: 'requests with the header that kills the proxy',
    worksOn: (run) => hasHeader(run.message, killHeader(run)),
    decides: () => 'whether the request kills the proxy',
  },
  'envoy.extensions.filters.http.grpc_field_extraction.v3.GrpcFieldExtractionConfig': {
    works: GRPC,
    worksOn: grpc,
    decides: NOTHING,
  },
  'envoy.extensions.filters.http.proto_message_extraction.v3.ProtoMessageExtractionConfig': {
    works: GRPC,
    worksOn: grpc,
    decides: NOTHING,
  },
} as const satisfies Readonly<Partial<Record<KnownHttpFilter, SomeRequests>>>;

/** @param filter the filter's message, whose own words say what it does */
export function runForSome(filter: keyof typeof SOME_REQUESTS): HttpFilterHandler {
  const { works, worksOn, decides }: SomeRequests = SOME_REQUESTS[filter];
  return (run) => {
    const does = worksOn(run);
    if (does === false) return goesOn(run, { kind: 'works-on-others', works });
    const decisive = decides(run);
    if (decisive === null) return notEvaluated(run, { kind: 'http-filter-acts', filter });
    return isUnknown(does) ? open(run, does.unknown, outcome('unknown', null)) : mayAnswer(run, decisive);
  };
}

function not(value: Ternary): Ternary {
  return isUnknown(value) ? value : !value;
}

/** Without services, in the chain or for the route, nothing is translated. */
function hasServices(run: FilterRun): boolean {
  return (configOf<{ readonly services?: readonly string[] }>(run).services ?? []).length > 0;
}

interface Http1Bridge {
  readonly upgrade_protobuf_to_grpc?: boolean;
  readonly ignore_query_parameters?: boolean;
}

/** Plain gRPC goes on as it came: its answer alone is changed. */
function bridgesHttp1({ config, message }: FilterRun): Ternary {
  const { upgrade_protobuf_to_grpc: upgrades, ignore_query_parameters: strips } = messageOf<Http1Bridge>(config);
  const type = firstHeader(message, 'content-type');
  if (upgrades === true) {
    if (isUnknown(type)) return type;
    if (type === 'application/x-protobuf') return true;
  }
  return strips === true && message.path.includes('?') ? isGrpc(message) : false;
}

/** By content type, by the protocol's own header, or by the query of a GET. */
function isConnectProtocol(message: HttpMessage): Ternary {
  if (/[?&]connect=v1(?:&|$)/.test(message.path)) return true;
  const type = firstHeader(message, 'content-type');
  if (isUnknown(type)) return unknown(`whether the request is of the Connect protocol: ${type.unknown}`);
  if (type?.startsWith('application/connect+') === true) return true;
  return type?.startsWith('application/') === true ? hasHeader(message, 'connect-protocol-version') : false;
}

function hasHeader(message: HttpMessage, name: string): Ternary {
  const value = joinedHeader(message, name);
  return isUnknown(value) ? value : value !== null;
}

function killHeader({ config }: FilterRun): string {
  const { kill_request_header: own = '' } = messageOf<{ readonly kill_request_header?: string }>(config);
  return own === '' ? 'x-envoy-kill-request' : own.toLowerCase();
}

/** What comes from a management server once a request asks for it; null where nothing does. */
function fetchedOnDemand(run: FilterRun): string | null {
  const { context, manager, routeConfiguration, route, cluster } = run.input;
  if (routeConfiguration === null) {
    return manager.scoped_routes === undefined ? null : 'the route configuration, which may be fetched on demand';
  }
  if (route === null) {
    return routeConfiguration.vhds === undefined ? null : 'the virtual host, which is fetched on demand (vhds)';
  }
  const hasOdcds = configOf<{ readonly odcds?: object }>(run).odcds !== undefined;
  const isMissing = cluster !== null && context.config.cluster(cluster) === null;
  return hasOdcds && isMissing ? `the cluster ${cluster}, which is fetched on demand (odcds)` : null;
}

interface Session {
  readonly session_state?: TypedExtension;
  readonly strict?: boolean;
}

/** A route may have a configuration of its own, or switch the filter off. */
function sessionConfig({ config, perRoute: { configs } }: FilterRun): Session {
  const own = configs[0]?.config;
  if (own === undefined) return messageOf<Session>(config);
  return messageOf<{ readonly stateful_session?: Session }>(own).stateful_session ?? {};
}

interface SessionState {
  readonly cookie?: { readonly name?: string };
  readonly header?: { readonly name?: string };
  readonly name?: string;
}

/** Without a session the balancer chooses as it does without the filter; a kind that is not known may find one in any request. */
function bringsSession(run: FilterRun): Ternary {
  const state = sessionConfig(run).session_state?.typed_config;
  if (state === undefined) return false;
  const { cookie, header, name } = messageOf<SessionState>(state);
  const type = messageTypeOf(state);
  if (type.endsWith('.CookieBasedSessionState')) return hasCookie(run.message, cookie?.name ?? '');
  if (type.endsWith('.HeaderBasedSessionState')) return hasHeader(run.message, (name ?? '').toLowerCase());
  if (type.endsWith('.EnvelopeSessionState')) return hasHeader(run.message, (header?.name ?? '').toLowerCase());
  return true;
}

function hasCookie(message: HttpMessage, name: string): Ternary {
  const cookies = joinedHeader(message, 'cookie');
  if (isUnknown(cookies)) return cookies;
  return (cookies ?? '').split(/[;,]/).some((one) => one.trim().startsWith(`${name}=`));
}
