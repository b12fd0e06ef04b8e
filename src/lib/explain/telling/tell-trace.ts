/** A trace in words: the published steps, made of the facts of the evaluated ones. */
import type { Cause, DetailOf, Miss, StepFacts, TracedShare } from '../../trace/facts/step';
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
import { drawsText } from './draws';
import { IPTABLES } from './iptables';
import { type LabelledText, labelled } from './labels';
import { countText, EFFECTS, FILTER_CHAIN, LISTENER, LISTENER_FILTERS } from './listener';
import { ROUTE, ROUTE_CONFIGURATION, ROUTE_SETTINGS, VIRTUAL_HOST } from './routing';
import { tell, type Tellings } from './tellings';
import { tlsTellings } from './tls';
import { CLUSTER, CLUSTER_SETTINGS, ENDPOINT, ENDPOINT_SETTINGS, TLS_SETTINGS } from './upstream';

type TypedFact = Exclude<Cause | Miss, string>;

const WORDS: Tellings<TypedFact> = {
  ...IPTABLES,
  ...LISTENER,
  ...LISTENER_FILTERS,
  ...FILTER_CHAIN,
  ...ROUTE_CONFIGURATION,
  ...VIRTUAL_HOST,
  ...ROUTE,
  ...CLUSTER,
  ...ENDPOINT,
  ...tlsTellings(causeText),
};

/** Why a step came out as it did, why a candidate was not taken, or why a walk ended: as a clause without a full stop. */
export function causeText(cause: Cause | Miss): string {
  return typeof cause === 'string' ? cause : tell(WORDS, cause);
}

/** A trace without its summary. */
export type ToldTrace = Omit<Trace, 'summary'>;

export function toldTrace(trace: TraceFacts): ToldTrace {
  return { ...trace, hops: trace.hops.map(toldHop), branches: trace.branches.map(toldBranch) };
}

function toldBranch({ drawn, hops, ...outcome }: BranchFacts): Branch {
  return { ...outcome, because: drawsText(drawn), hops: hops.map(toldHop) };
}

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
    details: [...(facts.destination === undefined ? [] : [destination(facts.destination.text)]), ...detailsOf(facts)],
    origin,
    [FACTS]: facts,
  };
}

function destination(text: string): LabelledText {
  return ['destination', text];
}

function detailsOf(step: StepFacts): readonly LabelledText[] {
  switch (step.stage) {
    case 'listener':
    case 'route-configuration':
    case 'virtual-host':
      return [];
    case 'listener-filters':
      return step.details.map(({ filter, effect }) => [filter, tell(EFFECTS, effect)]);
    case 'filter-chain':
      return step.details.map(chainDetail);
    case 'route':
      return step.details.map((setting) => labelled(ROUTE_SETTINGS, setting));
    case 'cluster':
      return step.details.map((setting) => labelled(CLUSTER_SETTINGS, setting));
    case 'http-connection-manager':
      return step.details.map((setting) => ('kind' in setting ? shareText(setting) : setting));
    case 'endpoint':
      return step.details.map((setting) => ('kind' in setting ? labelled(ENDPOINT_SETTINGS, setting) : setting));
    case 'tls':
      return step.details.map((setting) => labelled(TLS_SETTINGS, setting));
    default:
      return step.details;
  }
}

export function shareText({ percent }: TracedShare): LabelledText {
  return ['traced requests', `${percent}%`];
}

function chainDetail(detail: DetailOf<'filter-chain'>): LabelledText {
  return detail.kind === 'chains-kept' ? [detail.criterion, countText(detail)] : ['matcher', detail.path];
}
