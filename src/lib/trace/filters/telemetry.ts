/**
 * Access logs and tracing of a connection manager: what is written where, without deciding anything.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/observability/observability
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../envoy/any';
import type { HttpConnectionManager } from '../../envoy/listener';
import { step } from '../hop/record';
import type { ManagerSetting } from '../facts/manager';
import type { StepFacts } from '../facts/step';

/** One step for all access logs; none where there are none. */
function accessLogSteps(logs: readonly TypedExtension[] | undefined, pointer: string): readonly StepFacts[] {
  if (logs === undefined || logs.length === 0) return [];
  const cause = { kind: 'writes-access-logs', count: logs.length } as const;
  const more = { config: `${pointer}/access_log`, details: logs.map(accessLogOf) };
  return [step('http-connection-manager', 'noted', 'access log', cause, more)];
}

interface AccessLog {
  readonly path?: string;
  readonly log_name?: string;
  readonly common_config?: {
    readonly log_name?: string;
    readonly grpc_service?: { readonly envoy_grpc?: { readonly cluster_name?: string } };
  };
}

function accessLogOf(log: TypedExtension & { readonly filter?: object }): ManagerSetting {
  const { path, common_config: common, log_name: name } = messageOf<AccessLog>(log.typed_config);
  const cluster = common?.grpc_service?.envoy_grpc?.cluster_name;
  const to = path ?? cluster ?? common?.log_name ?? name;
  const what = log.name ?? messageTypeOf(log.typed_config);
  return { kind: 'access-log', name: what, to: to ?? null, isFiltered: log.filter !== undefined };
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
  const logs = accessLogSteps(manager.access_log, pointer);
  if (manager.tracing === undefined) return logs;
  const { provider, random_sampling: random, overall_sampling: overall } = manager.tracing as Tracing;
  const sampled = Math.min(percentOf(random), percentOf(overall));
  const cause = { kind: 'traces-requests', percent: sampled, provider: provider?.name ?? null } as const;
  const share = { kind: 'traced-requests', percent: sampled, isDefault: USUAL_PERCENTS.has(sampled) } as const;
  return [
    ...logs,
    step('http-connection-manager', 'noted', 'tracing', cause, { details: [share], config: `${pointer}/tracing` }),
  ];
}
