/**
 * Access logs and tracing of a connection manager or another network filter: what is written where, without deciding anything.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/observability/observability
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../envoy/any';
import type { HttpConnectionManager } from '../../envoy/listener';
import { step } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { Stage } from '../model';

/** One step for all access logs; none where there are none. */
export function accessLogSteps(
  logs: readonly TypedExtension[] | undefined,
  stage: Stage,
  pointer: string,
): readonly StepFacts[] {
  if (logs === undefined || logs.length === 0) return [];
  const details = logs.map((log): readonly [string, string] => ['access log', accessLogText(log)]);
  const because = logs.length === 1 ? 'writes an access log' : `writes ${logs.length} access logs`;
  return [step(stage, 'noted', 'access log', because, { config: `${pointer}/access_log`, details })];
}

interface AccessLog {
  readonly path?: string;
  readonly log_name?: string;
  readonly common_config?: {
    readonly log_name?: string;
    readonly grpc_service?: { readonly envoy_grpc?: { readonly cluster_name?: string } };
  };
}

function accessLogText(log: TypedExtension & { readonly filter?: object }): string {
  const { path, common_config: common, log_name: name } = messageOf<AccessLog>(log.typed_config);
  const cluster = common?.grpc_service?.envoy_grpc?.cluster_name;
  const to = path ?? cluster ?? common?.log_name ?? name;
  const what = log.name ?? messageTypeOf(log.typed_config);
  return `${what}${to === undefined ? '' : ` to ${to}`}${log.filter === undefined ? '' : ', where its filter holds'}`;
}

interface Tracing {
  readonly provider?: TypedExtension;
  readonly client_sampling?: { readonly value?: number };
  readonly random_sampling?: { readonly value?: number };
  readonly overall_sampling?: { readonly value?: number };
}

/** Envoy traces every request where nothing is set, and istiod writes 1 %. */
const USUAL_PERCENTS: ReadonlySet<number> = new Set([100, 1]);

/** A percentage that is there without a value is 0 %; one that is not there is 100 %. */
function percentOf(percent: { readonly value?: number } | undefined): number {
  return percent === undefined ? 100 : (percent.value ?? 0);
}

/** Access logs and tracing of a connection manager. */
export function telemetrySteps(manager: HttpConnectionManager, pointer: string): readonly StepFacts[] {
  const logs = accessLogSteps(manager.access_log, 'http-connection-manager', pointer);
  if (manager.tracing === undefined) return logs;
  const { provider, random_sampling: random, overall_sampling: overall } = manager.tracing as Tracing;
  const sampled = Math.min(percentOf(random), percentOf(overall));
  const because = `${sampled}% of requests are traced${provider?.name === undefined ? '' : ` by ${provider.name}`}`;
  const share = { kind: 'traced-requests', percent: sampled, isDefault: USUAL_PERCENTS.has(sampled) } as const;
  return [
    ...logs,
    step('http-connection-manager', 'noted', 'tracing', because, { details: [share], config: `${pointer}/tracing` }),
  ];
}
