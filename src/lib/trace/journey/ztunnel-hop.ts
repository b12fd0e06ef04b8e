/** A ztunnel's hop of a trace, from what it decided. */
import { hostPort } from '../../envoy/address';
import { isPod, podOf, workloadName, type ZtunnelIndex } from '../../mesh/ztunnel-index';
import type { ProxyId } from '../../proxy-id';
import type { ZtunnelWorkload } from '../../ztunnel/resources';
import { HopRecord } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { HopFacts, ZtunnelFacts } from '../model';
import type { NotSent, Sent } from '../ztunnel/walk';
import { nameOf } from './walk-proxy';

const NOTHING: ZtunnelFacts = {
  workload: null,
  service: null,
  waypoint: null,
  protocol: 'TCP',
  authority: null,
  next: null,
  policy: null,
};

function hopOf(
  proxy: string | null,
  direction: 'ztunnel-outbound' | 'ztunnel-inbound',
  facts: Partial<ZtunnelFacts>,
  steps: readonly StepFacts[],
): HopFacts {
  const { proxy: own, direction: way, ...envoy } = new HopRecord(proxy, direction).toHop();
  return { proxy: own, direction: way, ...NOTHING, ...facts, ...envoy, steps };
}

/** @param before what happened before ztunnel had it */
export function outboundHop(
  index: ZtunnelIndex,
  source: ProxyId,
  result: Sent | NotSent,
  before: readonly StepFacts[],
): HopFacts {
  const facts = {
    workload: nameOf(source),
    service: result.service?.hostname ?? null,
    waypoint: result.waypoint,
    ...(result.kind === 'sent' ? sentFacts(result) : {}),
  };
  return hopOf(nameOf(index.ztunnelOf(source)), 'ztunnel-outbound', facts, [...before, ...result.steps]);
}

function sentFacts({ protocol, authority, next }: Sent): Partial<ZtunnelFacts> {
  return {
    protocol,
    authority: authority === null ? null : hostPort(authority.host, authority.port),
    next: {
      address: next.ip ?? next.hostname ?? '',
      port: next.port,
      workload: next.workload === null || !isPod(next.workload) ? null : workloadName(next.workload),
    },
  };
}

export interface InboundFacts {
  readonly workload: ZtunnelWorkload;
  readonly authority: { readonly host: string; readonly port: number } | null;
  /** The application that gets it; null where none does. */
  readonly to: { readonly ip: string; readonly port: number } | null;
  readonly policy: string | null;
  readonly isNested: boolean;
}

/** The hop of the ztunnel of the destination's node. */
export function inboundHop(index: ZtunnelIndex, facts: InboundFacts, steps: readonly StepFacts[]): HopFacts {
  const { workload, authority, to, policy, isNested } = facts;
  const name = isPod(workload) ? workloadName(workload) : null;
  const isByName = authority !== null && !/^[\d.:[\]a-f]+$/i.test(authority.host);
  return hopOf(
    nameOf(index.ztunnelOf(podOf(workload))),
    'ztunnel-inbound',
    {
      workload: name,
      service: isByName ? authority.host : null,
      protocol: authority === null ? 'TCP' : isNested ? 'DOUBLEHBONE' : 'HBONE',
      authority: authority === null ? null : hostPort(authority.host, authority.port),
      next: to === null ? null : { address: to.ip, port: to.port, workload: name },
      policy,
    },
    steps,
  );
}
