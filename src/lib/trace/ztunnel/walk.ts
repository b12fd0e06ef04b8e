/** What the walk of a ztunnel is given, and what it makes of a connection. */
import { workloadName, type ZtunnelIndex } from '../../mesh/ztunnel-index';
import type { ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import type { Decisions } from '../decisions';
import type { Cause, StepFacts } from '../facts/step';
import type { NoGateway, NoUpstream, WorkloadLacksField } from '../facts/ztunnel';
import { step } from '../hop/record';
import type { Reason } from '../model';
import type { EndpointChoice } from './load-balance';

/** The port that ztunnels and waypoints take HBONE on. */
export const HBONE_PORT = 15008;

/** What a walk through a ztunnel is given. */
export interface ZtunnelWalk {
  readonly index: ZtunnelIndex;
  readonly decisions: Decisions;
  /** How many rejected candidates a step keeps. */
  readonly limit: number;
}

/** Where ztunnel connects to. */
export interface NextHop {
  /** Null where DNS decides. */
  readonly ip: string | null;
  readonly hostname: string | null;
  readonly port: number;
  readonly workload: ZtunnelWorkload | null;
}

export interface Sent {
  readonly kind: 'sent';
  readonly protocol: 'HBONE' | 'DOUBLEHBONE' | 'TCP';
  readonly next: NextHop;
  /** Of the CONNECT; null for plain text. */
  readonly authority: { readonly host: string; readonly port: number } | null;
  readonly service: ZtunnelService | null;
  /** The waypoint that it goes to: what names it. */
  readonly waypoint: string | null;
  /** The workload behind the gateway of another network. */
  readonly behind: EndpointChoice | null;
  /** A name that DNS must answer before anything is sent, where the workload has no address. */
  readonly asksDns?: string | null;
  readonly steps: readonly StepFacts[];
}

export interface NotSent {
  readonly kind: 'failed';
  readonly reason: Reason;
  readonly cause: Cause;
  readonly service: ZtunnelService | null;
  readonly waypoint: string | null;
  readonly steps: readonly StepFacts[];
}

/** What has been decided before something is not known. */
export type Decided = Pick<NotSent, 'service' | 'waypoint' | 'steps'>;

/** A connection of which it is not known what becomes: a field decides that the dump does not have. */
export function notKnown(cause: WorkloadLacksField, { service, waypoint, steps }: Decided): NotSent {
  const unknown = step('hbone', 'unknown', cause.workload, cause);
  return { kind: 'failed', reason: 'unknown-input', cause, service, waypoint, steps: [...steps, unknown] };
}

/** The field that is lacking, where that is why no endpoint is found. */
export function lackedField(why: NoUpstream | NoGateway): WorkloadLacksField | null {
  if (why.kind === 'no-endpoint') return lackedField(why.why);
  return why.kind === 'workload-lacks-field' ? why : null;
}

/** One of the endpoints, by chance. */
export function drawn(decisions: Decisions, choices: readonly [EndpointChoice, ...EndpointChoice[]]): EndpointChoice {
  const taken = decisions.draw(
    choices.map(({ workload, port, share }) => ({
      of: { kind: 'workload', name: workload.uid ?? workloadName(workload), port } as const,
      share,
    })),
  );
  return choices[taken] ?? choices[0];
}

/** The nearest of what was not taken, for a step. */
export function nearestOf<T>(
  { limit }: ZtunnelWalk,
  rejected: readonly T[],
): { readonly rejected: readonly T[]; readonly rejectedCount: number } {
  return { rejected: rejected.slice(0, limit), rejectedCount: rejected.length };
}

/** Whether two workloads are on one network. */
export function isSameNetwork(a: ZtunnelWorkload, b: ZtunnelWorkload): boolean {
  return (a.network ?? '') === (b.network ?? '');
}
