/** A trace in words: the published steps, made of the facts of the evaluated ones. */
import type { DestinationFacts } from '../../trace/facts/destination';
import type { Cause, DetailOf, Miss, StepFacts } from '../../trace/facts/step';
import {
  type Branch,
  type BranchFacts,
  FACTS,
  type Hop,
  type HopFacts,
  type Step,
  type Trace,
  type TraceFacts,
} from '../../trace/model';
import type { Stage } from '../../trace/terms';
import { drawsText } from './draws';
import { HTTP_FILTER, HTTP_FILTER_SETTINGS, NETWORK_FILTER, NETWORK_FILTER_SETTINGS } from './filters';
import { IPTABLES, IPTABLES_SETTINGS } from './iptables';
import { destinationText, JOURNEY } from './journey';
import { type LabelledText, labelled } from './labels';
import { countText, EFFECTS, FILTER_CHAIN, LISTENER, LISTENER_FILTERS } from './listener';
import { MANAGER, MANAGER_SETTINGS } from './manager';
import { POLICY_MISS } from './policy';
import { ROUTE, ROUTE_CONFIGURATION, ROUTE_SETTINGS, VIRTUAL_HOST } from './routing';
import { tell, type Tellings } from './tellings';
import { tlsTellings } from './tls';
import { CLUSTER, CLUSTER_SETTINGS, ENDPOINT, ENDPOINT_SETTINGS, TLS_SETTINGS } from './upstream';
import {
  TUNNEL,
  WORKLOAD_MISS,
  ZTUNNEL_DESTINATION,
  ZTUNNEL_ENDPOINT,
  ZTUNNEL_POLICY,
  ZTUNNEL_WAYPOINT,
} from './ztunnel';

const WORDS: Tellings<Cause | Miss> = {
  ...IPTABLES,
  ...LISTENER,
  ...LISTENER_FILTERS,
  ...FILTER_CHAIN,
  ...ROUTE_CONFIGURATION,
  ...VIRTUAL_HOST,
  ...ROUTE,
  ...CLUSTER,
  ...ENDPOINT,
  ...NETWORK_FILTER,
  ...MANAGER,
  ...HTTP_FILTER,
  ...POLICY_MISS,
  ...ZTUNNEL_DESTINATION,
  ...ZTUNNEL_WAYPOINT,
  ...ZTUNNEL_ENDPOINT,
  ...WORKLOAD_MISS,
  ...TUNNEL,
  ...ZTUNNEL_POLICY,
  ...JOURNEY,
  ...tlsTellings(causeText),
};

/** Why a step came out as it did, why a candidate was not taken, or why a walk ended: as a clause without a full stop. */
export function causeText(cause: Cause | Miss): string {
  return tell(WORDS, cause);
}

/** A trace without its summary. */
export type ToldTrace = Omit<Trace, 'summary'>;

/** A trace in words, but for its summary. */
export function toldTrace(trace: TraceFacts): ToldTrace {
  return { ...trace, hops: trace.hops.map(toldHop), branches: trace.branches.map(toldBranch) };
}

function toldBranch({ drawn, hops, ...outcome }: BranchFacts): Branch {
  return { ...outcome, because: drawsText(drawn), hops: hops.map(toldHop) };
}

/** A hop in words. */
export function toldHop(hop: HopFacts): Hop {
  return { ...hop, steps: hop.steps.map(toldStep) };
}

/** A step in words, with the facts that it was told from. */
export function toldStep(facts: StepFacts): Step {
  const { stage, outcome, name, rejectedCount, config, origin } = facts;
  return {
    stage,
    outcome,
    name,
    because: causeText(facts.cause),
    rejected: facts.rejected.map(({ name: own, cause }) => ({ name: own, because: causeText(cause) })),
    rejectedCount,
    config,
    details: [
      ...(facts.destination === undefined ? [] : [destination(facts.destination)]),
      ...(facts.notEvaluated ?? []).map((field): LabelledText => ['not evaluated', field]),
      ...detailsOf(facts),
    ],
    origin,
    [FACTS]: facts,
  };
}

function destination({ found }: DestinationFacts): LabelledText {
  return ['destination', destinationText(found)];
}

/** A setting of a step, of each stage that has any. */
const DETAILS: { readonly [S in Stage]: (detail: DetailOf<S>) => LabelledText } = {
  iptables: (setting) => labelled(IPTABLES_SETTINGS, setting),
  listener: hasNone,
  'listener-filters': ({ filter, effect }) => [filter, tell(EFFECTS, effect)],
  'filter-chain': chainDetail,
  'network-filter': (setting) => labelled(NETWORK_FILTER_SETTINGS, setting),
  'http-connection-manager': (setting) => labelled(MANAGER_SETTINGS, setting),
  'http-filter': (setting) => labelled(HTTP_FILTER_SETTINGS, setting),
  'route-configuration': hasNone,
  'virtual-host': hasNone,
  route: (setting) => labelled(ROUTE_SETTINGS, setting),
  cluster: (setting) => labelled(CLUSTER_SETTINGS, setting),
  endpoint: (setting) => labelled(ENDPOINT_SETTINGS, setting),
  tls: (setting) => labelled(TLS_SETTINGS, setting),
  'ztunnel-destination': hasNone,
  'ztunnel-waypoint': hasNone,
  'ztunnel-policy': hasNone,
  hbone: hasNone,
};

function hasNone(detail: never): never {
  return detail;
}

function detailsOf({ stage, details }: StepFacts): readonly LabelledText[] {
  // The compiler cannot see that the settings of a stage are those of that stage.
  const told = DETAILS[stage] as (detail: StepFacts['details'][number]) => LabelledText;
  return details.map((detail) => told(detail));
}

function chainDetail(detail: DetailOf<'filter-chain'>): LabelledText {
  return detail.kind === 'chains-kept' ? [detail.criterion, countText(detail)] : ['matcher', detail.path];
}
