/**
 * `envoy.extensions.filters.http.fault.v3.HTTPFault`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/fault_filter
 */
import { runtimeOf } from '../../../match/runtime';
import { durationMs } from '../../../envoy/any';
import type { Runtime } from '../../../match/runtime';
import type { FractionalPercent, HeaderMatcher } from '../../../envoy/route';
import { matchHeader } from '../../../match/header-matcher';
import { every, isUnknown, type Ternary, type Unknown } from '../../../match/ternary';
import { firstHeader, headerView, type HttpMessage } from '../../../http/message';
import { wholeNumber } from '../../../http/whole-number';
import { localReply } from '../../hop/local-reply';
import { fractionOf } from '../../../match/fraction';
import { outcome } from '../../outcome';
import type { AbortFacts, DelayFacts, HttpFilterCause, HttpFilterSetting } from '../../facts/filters';
import { joinsHeaders } from '../../../envoy/version-behavior';
import { configOf, ends, type FilterResult, type FilterRun, goesOn, open } from './handler';

interface HttpFault {
  readonly delay?: {
    readonly fixed_delay?: string;
    readonly header_delay?: object;
    readonly percentage?: FractionalPercent;
  };
  readonly abort?: {
    readonly http_status?: number;
    readonly grpc_status?: number;
    readonly header_abort?: object;
    readonly percentage?: FractionalPercent;
  };
  readonly upstream_cluster?: string;
  readonly headers?: readonly HeaderMatcher[];
  readonly downstream_nodes?: readonly string[];
  readonly max_active_faults?: number;
  readonly abort_percent_runtime?: string;
  readonly delay_percent_runtime?: string;
  readonly abort_http_status_runtime?: string;
  readonly response_rate_limit?: object;
}

/** A route's own faults replace the chain's. A delay comes first, then the abort; each is drawn on its own. */
export function runFault(run: FilterRun): FilterResult {
  const runtime = runtimeOf(run.input.context.config);
  const fault = withRuntime(configOf<HttpFault>(run), runtime, serviceCluster(run.message, runtime));
  if (isUnknown(fault)) return open(run, fault.unknown, outcome('unknown', null));
  const spared = whySpared(run, fault);
  if (isUnknown(spared)) return open(run, spared.unknown, outcome('unknown', null));
  if (spared !== null) return goesOn(run, spared);
  const lacking = unknownNumber(run.message, fault);
  if (lacking !== null) return open(run, lacking.unknown, outcome('unknown', null));
  const delay = delayOf(fault, run.message);
  const details: HttpFilterSetting[] = delay === null ? [] : [{ kind: 'delay', ...delay }];
  if (fault.response_rate_limit !== undefined) details.push({ kind: 'rate-limit' });
  const abort = abortOf(fault, run.message);
  if (abort === null || abort.share <= 0) {
    return goesOn(run, delay === null ? { kind: 'injects-nothing' } : { kind: 'delays', ...delay }, { details });
  }
  if (abort.share < 1 && draw(run, abort) === 1) {
    return goesOn(run, { kind: 'abort-spares', abort: abort.with, share: abort.share }, { details });
  }
  const cause = { kind: 'aborts', abort: abort.with, share: abort.share } as const;
  const responseFlags = delay?.share === 1 ? 'DI,FI' : 'FI';
  return ends(run, localReply(run.message, ['failed', 'fault-abort'], abort.status, cause, { responseFlags }), {
    details,
  });
}

const SERVICE_CLUSTER = 'x-envoy-downstream-service-cluster';

/** The cluster that the request says to come from, by which the runtime may have other faults; null where it says none. */
function serviceCluster(message: HttpMessage, runtime: Runtime): string | Unknown | null {
  if (runtime.isEmpty) return null;
  return firstHeader(message, SERVICE_CLUSTER);
}

/**
 * The faults as the runtime has them: their shares and the status, under keys that the filter names, else under these. A request
 * that says from which cluster it comes is looked up under keys of that alone, whatever the others say.
 * @param cluster null where it says none
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/fault_filter#runtime
 */
function withRuntime(fault: HttpFault, runtime: Runtime, cluster: string | Unknown | null): HttpFault | Unknown {
  if (isUnknown(cluster)) return cluster;
  const abort = abortInForce(fault, runtime, cluster);
  const delay = delayInForce(fault, runtime, cluster);
  if (isUnknown(abort)) return abort;
  if (isUnknown(delay)) return delay;
  return { ...fault, ...(abort === undefined ? {} : { abort }), ...(delay === undefined ? {} : { delay }) };
}

function abortInForce(fault: HttpFault, runtime: Runtime, cluster: string | null): HttpFault['abort'] | Unknown {
  const { abort } = fault;
  if (abort === undefined) return undefined;
  const key = keyOf('abort.abort_percent', cluster, fault.abort_percent_runtime);
  const percentage = runtime.fraction({ runtime_key: key, default_value: abort.percentage ?? {} });
  if (isUnknown(percentage)) return percentage;
  const inForce = { ...abort, ...(percentage === undefined ? {} : { percentage }) };
  if (abort.http_status === undefined && abort.header_abort === undefined) return inForce;
  const named = keyOf('abort.http_status', cluster, fault.abort_http_status_runtime);
  const status = runtime.number(named, abort.http_status ?? 0);
  return isUnknown(status) ? status : { ...inForce, ...(status === 0 ? {} : { http_status: status }) };
}

/** @param own the key that the filter names */
function keyOf(name: string, cluster: string | null, own: string | undefined): string {
  return cluster === null ? (own ?? `fault.http.${name}`) : `fault.http.${cluster}.${name}`;
}

function delayInForce(
  { delay, delay_percent_runtime: own }: HttpFault,
  runtime: Runtime,
  cluster: string | null,
): HttpFault['delay'] | Unknown {
  if (delay === undefined) return undefined;
  const key = keyOf('delay.fixed_delay_percent', cluster, own);
  const percentage = runtime.fraction({ runtime_key: key, default_value: delay.percentage ?? {} });
  if (isUnknown(percentage)) return percentage;
  return { ...delay, ...(percentage === undefined ? {} : { percentage }) };
}

function whySpared(run: FilterRun, fault: HttpFault): HttpFilterCause | Unknown | null {
  if (fault.abort === undefined && fault.delay === undefined) return { kind: 'no-fault' };
  if (fault.max_active_faults === 0) return { kind: 'no-active-faults' };
  const { upstream_cluster: cluster = '', downstream_nodes: nodes = [], headers = [] } = fault;
  if (cluster !== '' && run.input.cluster !== cluster) return { kind: 'faults-for-cluster', cluster };
  const holdsNode = isOfNode(nodes, run.message);
  if (isUnknown(holdsNode)) return holdsNode;
  if (!holdsNode) return { kind: 'faults-for-other-nodes' };
  const view = headerView(run.message, joinsHeaders(run.input.context.config));
  const holds = every(headers, (matcher) => matchHeader(matcher, view));
  if (isUnknown(holds)) return holds;
  return holds ? null : { kind: 'faults-for-other-headers' };
}

/** Without a list every node gets the fault. */
function isOfNode(nodes: readonly string[], message: HttpMessage): Ternary {
  if (nodes.length === 0) return true;
  const node = firstHeader(message, 'x-envoy-downstream-service-node');
  return isUnknown(node) ? node : node !== null && nodes.includes(node);
}

const ABORT = 'x-envoy-fault-abort-request';
const ABORT_GRPC = 'x-envoy-fault-abort-grpc-request';
const ABORT_SHARE = 'x-envoy-fault-abort-request-percentage';
const DELAY = 'x-envoy-fault-delay-request';
const DELAY_SHARE = 'x-envoy-fault-delay-request-percentage';

/** What is not known of a header that says which fault; null where all is. */
function unknownNumber(message: HttpMessage, { abort, delay }: HttpFault): Unknown | null {
  const asked = [
    ...(abort?.header_abort === undefined ? [] : [ABORT, ABORT_GRPC, ABORT_SHARE]),
    ...(delay?.header_delay === undefined ? [] : [DELAY, DELAY_SHARE]),
  ];
  return asked.map((name) => firstHeader(message, name)).find(isUnknown) ?? null;
}

function draw(run: FilterRun, abort: Abort): number {
  return run.input.context.decisions.draw([
    { of: { kind: 'fault', abort: abort.with }, share: abort.share },
    { of: { kind: 'fault', abort: null }, share: 1 - abort.share },
  ]);
}

interface Abort {
  /** HTTP status of the answer. */
  readonly status: number;
  readonly with: AbortFacts;
  readonly share: number;
}

/** Null where there is none, or where it waits for headers that do not come. */
function abortOf({ abort }: HttpFault, message: HttpMessage): Abort | null {
  if (abort === undefined) return null;
  const byHeader = abort.header_abort !== undefined;
  const share = shareOf(abort.percentage, byHeader ? message : null, ABORT_SHARE);
  // The runtime's status counts before the header's, which must be there all the same.
  const asked = byHeader ? statusIn(message) : 0;
  const status = asked === null ? null : (abort.http_status ?? asked);
  if (status !== null && status !== 0) return { status, with: { of: 'HTTP', status }, share };
  const grpc = byHeader ? numberIn(message, ABORT_GRPC) : (abort.grpc_status ?? null);
  return grpc === null ? null : { status: 200, with: { of: 'gRPC', status: grpc }, share };
}

function statusIn(message: HttpMessage): number | null {
  const status = numberIn(message, ABORT);
  return status !== null && status >= 200 && status < 600 ? status : null;
}

function delayOf({ delay }: HttpFault, message: HttpMessage): DelayFacts | null {
  if (delay === undefined) return null;
  const byHeader = delay.header_delay !== undefined;
  const fixed = durationMs(delay.fixed_delay);
  const ms = byHeader ? numberIn(message, DELAY) : fixed;
  const share = shareOf(delay.percentage, byHeader ? message : null, DELAY_SHARE);
  if (ms === null || ms <= 0 || share <= 0) return null;
  return { ms, share };
}

/** A percentage from a header can only lower the configured one. */
function shareOf(configured: FractionalPercent | undefined, message: HttpMessage | null, header: string): number {
  const told = message === null ? null : numberIn(message, header);
  if (told === null) return fractionOf(configured);
  return fractionOf({ ...configured, numerator: Math.min(told, configured?.numerator ?? 0) });
}

function numberIn(message: HttpMessage, header: string): number | null {
  const value = firstHeader(message, header);
  const number = typeof value === 'string' ? wholeNumber(value) : null;
  return number === null ? null : Number(number);
}
