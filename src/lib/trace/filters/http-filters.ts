/**
 * The HTTP filters of a connection manager, in order up to the router.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_filters
 */
import { type Any, messageOf, messageTypeOf } from '../../envoy/any';
import type { HttpFilter } from '../../envoy/listener';
import type { Ending } from '../hop/ending';
import type { HopRecord } from '../hop/record';
import type { HttpMessage } from '../../http/message';
import type { Outcome } from '../model';
import { type EvaluatedHttpFilter, KNOWN_HTTP_FILTERS, type KnownHttpFilter } from '../facts/known-filters';
import { BY_NAME, MAY_ANSWER } from './http/catalogue';
import {
  endsUnknown,
  type FilterResult,
  type FilterRun,
  filterStep,
  goesOn,
  type HttpFilterHandler,
  mayAnswer,
} from './http/handler';
import { runApiKeyAuth } from './http/api-key-auth';
import { runBasicAuth } from './http/basic-auth';
import { runBuffer } from './http/buffer';
import { runCdnLoop } from './http/cdn-loop';
import { runCompressor, runDecompressor } from './http/encodings';
import { runCors } from './http/cors';
import { runCsrf } from './http/csrf';
import { runDynamicForwardProxy } from './http/dynamic-forward-proxy';
import { runExtAuthz } from './http/ext-authz';
import { runFault } from './http/fault';
import { runHeaderMutation } from './http/header-mutation';
import { runIpTagging } from './http/ip-tagging';
import { runJwt } from './http/jwt';
import { runLocalRateLimit } from './http/local-rate-limit';
import { runOauth2 } from './http/oauth2';
import { runRbac } from './http/rbac';
import { runHeaderToMetadata } from './http/header-to-metadata';
import { runJsonToMetadata, runSetMetadata } from './http/set-metadata';
import { runHealthCheck, runIstioAuthn } from './http/small';
import { runGrpcWeb } from './http/grpc-web';
import { runForSome, SOME_REQUESTS } from './http/some-requests';
import { runWithMatcher } from './http/with-matcher';
import { setFilterState } from './shared/filter-state';
import type { HttpFilterInput } from './shared/input';
import { joinsHeaders } from '../../envoy/version-behavior';
import { requestFacts } from './shared/request-facts';
import { perRoute } from './shared/per-route';
import { ownField } from '../../own-field';
import { telemetrySteps } from './telemetry';

const ROUTER = 'envoy.extensions.filters.http.router.v3.Router';

/** Filters that are evaluated as far as the configuration decides what they do. */
type EvaluatedInPart =
  | 'envoy.extensions.filters.http.cdn_loop.v3.CdnLoopConfig'
  | 'envoy.extensions.filters.http.compressor.v3.Compressor'
  | 'envoy.extensions.filters.http.decompressor.v3.Decompressor'
  | 'envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig'
  | 'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb'
  | 'envoy.extensions.filters.http.ip_tagging.v3.IPTagging'
  | 'envoy.extensions.filters.http.oauth2.v3.OAuth2';

const HANDLERS: Readonly<Record<EvaluatedHttpFilter | EvaluatedInPart, HttpFilterHandler>> = {
  'envoy.extensions.filters.http.rbac.v3.RBAC': runRbac,
  'envoy.extensions.filters.http.fault.v3.HTTPFault': runFault,
  'envoy.extensions.filters.http.cors.v3.Cors': runCors,
  'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication': runJwt,
  'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz': runExtAuthz,
  'envoy.extensions.filters.http.health_check.v3.HealthCheck': runHealthCheck,
  'envoy.extensions.filters.http.basic_auth.v3.BasicAuth': runBasicAuth,
  'envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth': runApiKeyAuth,
  'envoy.extensions.filters.http.csrf.v3.CsrfPolicy': runCsrf,
  'envoy.extensions.filters.http.buffer.v3.Buffer': runBuffer,
  'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit': runLocalRateLimit,
  'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation': runHeaderMutation,
  'envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig': runDynamicForwardProxy,
  'envoy.extensions.filters.http.cdn_loop.v3.CdnLoopConfig': runCdnLoop,
  'envoy.extensions.filters.http.compressor.v3.Compressor': runCompressor,
  'envoy.extensions.filters.http.decompressor.v3.Decompressor': runDecompressor,
  'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb': runGrpcWeb,
  'envoy.extensions.filters.http.ip_tagging.v3.IPTagging': runIpTagging,
  'envoy.extensions.filters.http.oauth2.v3.OAuth2': runOauth2,
  'envoy.extensions.filters.http.set_metadata.v3.Config': runSetMetadata,
  'envoy.extensions.filters.http.header_to_metadata.v3.Config': runHeaderToMetadata,
  'envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata': runJsonToMetadata,
  'envoy.extensions.filters.http.set_filter_state.v3.Config': (run) => {
    const facts = requestFacts({ ...run.input, message: run.message }, joinsHeaders(run.input.context.config));
    return goesOn(run, { kind: 'sets-filter-state', keys: setFilterState(run.config, run.input.state, facts) });
  },
  'envoy.extensions.common.matching.v3.ExtensionWithMatcher': (run) =>
    runWithMatcher(run, (config, name) => runConfig({ ...run, config, name: name === '' ? run.name : name })),
  'istio.envoy.config.filter.http.authn.v2alpha1.FilterConfig': runIstioAuthn,
  'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig': (run) => goesOn(run, { kind: 'offers-mesh-protocols' }),
  [ROUTER]: (run) => goesOn(run, { kind: 'router', hasCluster: run.input.cluster !== null }),
};

const ROUTE = 'the route, which may configure the filter anew';

/** Something that an earlier filter left open. */
interface Open {
  readonly input: string;
  readonly otherwise: Outcome;
}

/** The request as the filters leave it, or the end where one of them answers; each adds its step to the record. */
export function runHttpFilters(input: HttpFilterInput, record: HopRecord): HttpMessage | Ending {
  record.addAll(telemetrySteps(input.manager, input.pointer));
  let { message } = input;
  const list = `${input.pointer}/${input.filterList ?? 'http_filters'}`;
  const open: Open[] = [];
  for (const [index, filter] of (input.manager.http_filters ?? []).entries()) {
    const run = filterRun(input, message, filter, `${list}/${index}`);
    const result = runSeen(run, filter);
    record.addAll(result.steps);
    if (result.kind === 'ends') {
      return input.mayOverride?.(run.name) === true
        ? endsUnknown(ROUTE)
        : { ...endAfterOpen(result.end, open), request: () => message };
    }
    if (result.kind === 'open') open.push({ input: result.input, otherwise: result.otherwise });
    if (result.message !== undefined) ({ message } = result);
    if (messageTypeOf(run.config) === ROUTER) break;
  }
  const [first] = open;
  return first === undefined ? message : endsUnknown(first.input);
}

/**
 * Where every way comes to the same answer the open inputs decide nothing. Otherwise the first that may end the request in
 * another way decides, and so do those before it: they may end it as the last filter does, before that one is asked.
 */
function endAfterOpen(end: Ending, open: readonly Open[]): Ending {
  const deciding = open.findIndex(
    ({ otherwise }) => end.outcome.verdict !== otherwise.verdict || end.outcome.status !== otherwise.status,
  );
  if (deciding < 0) return end;
  return endsUnknown([...new Set(open.slice(0, deciding + 1).map(({ input }) => input))].join(', and on '));
}

function filterRun(input: HttpFilterInput, message: HttpMessage, filter: HttpFilter, pointer: string): FilterRun {
  const name = filter.name ?? '';
  return { input, message, name, ...configured(input, filter, pointer), perRoute: perRoute(input, name) };
}

/** The filter's configuration: in the chain, or as ECDS delivered it under the filter's name. */
function configured(
  { context }: HttpFilterInput,
  filter: HttpFilter,
  pointer: string,
): { readonly config: Any | undefined; readonly pointer: string } {
  if (filter.config_discovery === undefined) return { config: filter.typed_config ?? byName(filter), pointer };
  const delivered = context.config.extensionConfig(filter.name ?? '');
  return delivered === null
    ? { config: filter.config_discovery.default_config, pointer }
    : { config: delivered.resource?.typed_config, pointer: delivered.pointer };
}

function byName({ name = '' }: HttpFilter): Any | undefined {
  const type = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  return type === undefined ? undefined : { '@type': `type.googleapis.com/${type}` };
}

/** Tells who watches when the route is found again; a filter that is switched off has no part in that. */
function runSeen(run: FilterRun, filter: HttpFilter): FilterResult {
  const { sight } = run.input;
  if (sight === undefined || isOff(run, filter)) return runFilter(run, filter);
  const type = messageTypeOf(run.config);
  sight.before(type, run);
  const result = runFilter(run, filter);
  sight.after(type, run, result);
  return result;
}

function isOff({ perRoute }: FilterRun, filter: HttpFilter): boolean {
  return perRoute.disabled ?? filter.disabled === true;
}

function runFilter(run: FilterRun, filter: HttpFilter): FilterResult {
  if (isOff(run, filter)) {
    return goesOn(run, { kind: 'filter-disabled', where: run.perRoute.disabled === null ? 'chain' : 'route' });
  }
  if (filter.config_discovery !== undefined && run.config === undefined) {
    return mayAnswer(
      run,
      `what the filter ${run.name} does (its configuration comes by ECDS, and the dump does not have it)`,
    );
  }
  return runConfig(run);
}

function runConfig(run: FilterRun): FilterResult {
  const type = messageTypeOf(run.config);
  const other = ownField(HANDLERS, type) === undefined ? undefined : otherMessage(run, type);
  return other === undefined ? handlerOf(type)(run) : mayAnswer(run, `what a route says of the filter by ${other}`);
}

/** A route's own message for a filter is of the filter's own package: one of another may say anything. */
function otherMessage({ perRoute: { configs } }: FilterRun, type: string): string | undefined {
  const types = configs.map(({ config }) => messageTypeOf(config));
  return type.startsWith(OWN_PACKAGES) ? types.find((one) => packageOf(one) !== packageOf(type)) : undefined;
}

const OWN_PACKAGES = 'envoy.extensions.filters.http.';

function packageOf(type: string): string {
  return type.slice(0, type.lastIndexOf('.'));
}

function handlerOf(type: string): HttpFilterHandler {
  const handler = ownField(HANDLERS, type);
  if (handler !== undefined) return handler;
  if (isKnown(type)) return (run) => (isOffForRoute(run) ? goesOn(run, { kind: 'off-for-route' }) : knownOf(type)(run));
  const answering = ownField(MAY_ANSWER, type);
  return (run) => mayAnswer(run, answering ?? `what the filter ${type === '' ? run.name : type} does with the request`);
}

function knownOf(type: KnownHttpFilter): HttpFilterHandler {
  if (isForSome(type)) return runForSome(type);
  return (run) => ({
    kind: 'goes-on',
    steps: [filterStep(run, KNOWN_HTTP_FILTERS[type], { kind: 'http-filter-acts', filter: type })],
  });
}

function isForSome(type: KnownHttpFilter): type is keyof typeof SOME_REQUESTS {
  return Object.hasOwn(SOME_REQUESTS, type);
}

/** Messages of filters for a route have a field of this name where a route may switch them off: Lua, ext_proc, compressors. */
function isOffForRoute({ perRoute: { configs } }: FilterRun): boolean {
  return messageOf<{ readonly disabled?: boolean }>(configs[0]?.config).disabled === true;
}

function isKnown(type: string): type is KnownHttpFilter {
  return Object.hasOwn(KNOWN_HTTP_FILTERS, type);
}
