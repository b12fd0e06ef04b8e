/** Whether a predicted step was seen: each stage by what of Envoy's logs and counters tells of it. */
import { hostPort } from '../envoy/address';
import { FACTS, type Hop, type Stage, type Step } from '../trace/model';
import { clusterCounter, hostCounter, listenerCounter, managerCounter, noChainCounter, tcpCounter } from './counters';
import type { Sight } from './sight';

/** Null: nothing tells. */
export interface StepJudgement {
  readonly seen: boolean | null;
  readonly evidence: string;
  /** The details of Envoy's own answer, where one came in place of the application's. */
  readonly replyDetails?: string;
}

/** A step among those of its hop, and what was seen there. */
export interface StepInSight {
  readonly step: Step;
  readonly hop: Hop;
  readonly sight: Sight;
  /** Of the hop behind it; null where there is none. */
  readonly next: Sight | null;
  /** Its number among the RBAC filters of its hop that check the request; null where it is none. */
  readonly rbacOrder: number | null;
  /** Whether the request began a connection of its own here, so that it is counted. */
  readonly isFirst: boolean;
  /** Whether the hop is predicted to see HTTP. */
  readonly isHttp: boolean;
}

const NOTHING: StepJudgement = { seen: null, evidence: 'nothing tells of it' };

const yes = (evidence: string): StepJudgement => ({ seen: true, evidence });
const no = (evidence: string): StepJudgement => ({ seen: false, evidence });
const instead = (replyDetails: string, evidence: string): StepJudgement => ({ ...no(evidence), replyDetails });
const decide = (seen: boolean, evidence: string): StepJudgement => ({ seen, evidence });

/** Null for a step that predicts nothing: what acts without deciding, what is not worked out. */
export function judgeStep(where: StepInSight): StepJudgement | null {
  const { step, sight } = where;
  if (step.outcome === 'not-evaluated' || step.outcome === 'unknown') return null;
  if (step.outcome === 'noted') return step.stage === 'endpoint' ? application(sight) : null;
  return STAGES[step.stage]?.(where) ?? null;
}

const STAGES: Partial<Record<Stage, (where: StepInSight) => StepJudgement | null>> = {
  iptables,
  listener,
  'filter-chain': filterChain,
  'http-connection-manager': manager,
  'virtual-host': virtualHost,
  route,
  'network-filter': networkFilter,
  'http-filter': httpFilter,
  cluster,
  endpoint,
  tls,
};

function iptables({ step, hop, sight, isHttp }: StepInSight): StepJudgement | null {
  // Envoy's own packets: what comes of them is seen at the next hop.
  if (hop.steps.indexOf(step) > 0) return null;
  const { story, isHeard } = sight;
  if (step.outcome === 'matched') {
    if (story !== null) return yes('the request came to Envoy');
    if (isHttp && isHeard) return no('the request never came to Envoy');
    // Of a connection without HTTP counters tell.
    return risen(listenerCounter(hop), sight) ?? NOTHING;
  }
  return isHeard
    ? decide(story === null, story === null ? 'Envoy never saw it' : 'the request came to Envoy')
    : NOTHING;
}

/** A counter that rose while this one request was sent; null where it did not, or others were sent, too. */
function risen(name: string | null, { rise, isOnly }: Sight): StepJudgement | null {
  const by = name === null || !isOnly ? null : (rise?.of(name) ?? null);
  return name === null || by === null || by === 0 ? null : yes(`${name} rose by ${by}`);
}

function listener({ step, hop, sight, isFirst }: StepInSight): StepJudgement | null {
  if (step.outcome === 'passed') return null;
  const name = listenerCounter(hop);
  const rise = name === null ? null : (sight.rise?.of(name) ?? null);
  if (name === null || rise === null || step.outcome !== 'matched') return NOTHING;
  if (rise > 0) return yes(`${name} rose by ${rise}`);
  return isFirst && sight.isOnly ? no(`${name} did not rise`) : NOTHING;
}

function filterChain({ step, hop, sight }: StepInSight): StepJudgement {
  if (step.outcome === 'missed') return risen(noChainCounter(hop), sight) ?? NOTHING;
  const told = sight.line?.values.get('FILTER_CHAIN_NAME');
  if (told === undefined || step.outcome !== 'matched' || (hop.filterChain?.name ?? null) === null) return NOTHING;
  return decide(told === hop.filterChain?.name, `the access log says ${told ?? 'none'}`);
}

function manager({ step, sight }: StepInSight): StepJudgement {
  const { story, isHeard, rise, isOnly } = sight;
  const count = step.name === null ? null : (rise?.of(managerCounter(step.name)) ?? null);
  const counted = count === null || count === 0 ? '' : `; ${managerCounter(step.name ?? '')} rose by ${count}`;
  if (story !== null) {
    if (step.outcome === 'ended') return ended(sight, 'the manager');
    return yes(`its log has the request${story.stream === null ? '' : `, stream ${story.stream}`}${counted}`);
  }
  if (step.outcome === 'ended') return NOTHING;
  if (isHeard) return no('its log does not have the request');
  if (count !== null && isOnly) return decide(count > 0, count > 0 ? counted.slice(2) : 'its counter did not rise');
  return NOTHING;
}

function virtualHost({ step, sight }: StepInSight): StepJudgement {
  if (step.outcome === 'missed') return ended(sight, 'the virtual host');
  const told = sight.line?.values.get('CEL(xds.virtual_host_name)');
  if (told === undefined) return NOTHING;
  return decide(told === step.name, `the access log says ${told ?? 'none'}`);
}

/** What Envoy answers where no route takes a request, and where a route answers itself. */
const ROUTE_ENDS = ['route_not_found', 'direct_response'];

function route({ step, hop, sight }: StepInSight): StepJudgement {
  const { story, line } = sight;
  if (step.outcome !== 'matched') return ended(sight, 'the route');
  const isEnd = hop.steps.some(({ stage, outcome }) => stage === 'route' && outcome !== 'matched');
  const reply = story?.localReply ?? null;
  if (!isEnd && reply !== null && ROUTE_ENDS.includes(reply)) {
    return no(`Envoy answered itself: ${reply}`);
  }
  if (line?.entry.tellsRoute === true) {
    const told = line.entry.route;
    return decide(told === (hop.route?.name ?? null), `the access log says ${told ?? 'none with a name'}`);
  }
  return { seen: null, evidence: 'no line names it' };
}

function httpFilter({ step, sight, rbacOrder }: StepInSight): StepJudgement {
  const { story } = sight;
  const answer = rbacOrder === null ? undefined : story?.rbac[rbacOrder];
  if (answer !== undefined) {
    const policy = answer.policy === null ? 'no policy matched' : `policy ${answer.policy}`;
    return decide(
      answer.isAllowed === (step.outcome === 'passed'),
      `${answer.isAllowed ? 'allowed' : 'denied'}, ${policy}`,
    );
  }
  if (step.outcome !== 'passed') return ended(sight, 'the filter');
  if (story === null || !hasPassedFilters(sight)) return NOTHING;
  return yes('the router behind it had the request');
}

function hasPassedFilters({ story }: Sight): boolean {
  return story?.cluster !== null || story.isAnswered;
}

/** A TCP proxy counts connections; other network filters are not seen. */
function networkFilter({ step, sight }: StepInSight): StepJudgement {
  return (step.name === null ? null : risen(tcpCounter(step.name), sight)) ?? NOTHING;
}

function cluster({ step, sight }: StepInSight): StepJudgement {
  const { story, line } = sight;
  const told = story?.cluster ?? line?.entry.cluster ?? null;
  if (step.outcome !== 'matched' && step.outcome !== 'passed') return ended(sight, 'the cluster');
  if (told !== null) return decide(told === step.name, `the router chose ${told}`);
  if (story?.localReply === 'cluster_not_found') return no('Envoy has no such cluster: cluster_not_found');
  return (step.name === null ? null : risen(clusterCounter(step.name), sight)) ?? NOTHING;
}

function endpoint(where: StepInSight): StepJudgement {
  const { step, sight, next } = where;
  const { story, line } = sight;
  if (step.outcome !== 'matched' && step.outcome !== 'passed') return ended(sight, 'the cluster');
  const host = line?.entry.upstreamHost ?? null;
  if (host !== null) {
    const told = hostPort(host.ip, host.port);
    return decide(told === step.name, `the access log says ${told}`);
  }
  if (story?.localReply === 'no_healthy_upstream') return no('Envoy has no endpoint to use: no_healthy_upstream');
  return counted(where) ?? (next !== null && next.story !== null ? yes('the proxy there had the request') : NOTHING);
}

/** The endpoint whose requests rose, where only this one was sent and only one's did; null otherwise. */
function counted({ step, hop, sight: { rise, isOnly } }: StepInSight): StepJudgement | null {
  if (!isOnly || rise === null) return null;
  const risen = hop.clusters
    .flatMap(({ name, endpoints }) => endpoints.map((one) => ({ cluster: name, ...one })))
    .map(({ cluster: own, address, port }) => ({
      name: hostPort(address, port),
      by: rise.of(hostCounter(own, address, port)) ?? 0,
    }))
    .filter(({ by }) => by > 0);
  const [first, second] = risen;
  if (first === undefined || second !== undefined) return null;
  return decide(first.name === step.name, `requests to ${first.name} rose by ${first.by}`);
}

/** Mutual TLS is seen where the request arrives: in the caller's certificate. */
function tls({ step, sight, next }: StepInSight): StepJudgement {
  if (step.outcome === 'ended' || step.outcome === 'missed') return ended(sight, 'TLS');
  const arrived = next ?? null;
  const peer =
    arrived?.story?.rbac.find((answer) => answer.peer !== null)?.peer ??
    arrived?.line?.values.get('DOWNSTREAM_PEER_URI_SAN') ??
    null;
  if (peer !== null && isMutual(step)) return yes(`the next proxy saw the certificate of ${peer}`);
  return NOTHING;
}

function isMutual({ [FACTS]: facts }: Step): boolean {
  if (facts?.stage !== 'tls') return false;
  const { cause } = facts;
  return cause.kind === 'speaks-to' ? cause.what === 'mutual-tls' : cause.kind === 'agreed' && cause.isMutual;
}

/** Whether the application's answer came through the last proxy. */
function application({ story, line, isHeard }: Sight): StepJudgement {
  if (story !== null) {
    if (story.isAnswered && story.localReply === null)
      return yes(`it answered${story.status === null ? '' : ` ${story.status}`}`);
    if (story.localReply !== null) return instead(story.localReply, `Envoy answered itself: ${story.localReply}`);
    return isHeard ? { seen: null, evidence: 'no answer of it was seen' } : NOTHING;
  }
  if (line === null) return NOTHING;
  const { details, status, flags } = line.entry;
  if (details === 'via_upstream') return yes(`the access log says ${status ?? 'no status'} via_upstream`);
  return details === null
    ? NOTHING
    : instead(details, `the access log says ${details}${flags === null ? '' : `, ${flags}`}`);
}

/** A step that ends the walk: Envoy answers itself. */
function ended({ story, line, isHeard }: Sight, what: string): StepJudgement {
  const details = story?.localReply ?? line?.entry.details ?? null;
  const isPassed = story === null ? details === 'via_upstream' : story.localReply === null && story.isAnswered;
  if (isPassed) return no(`${what} let it pass: upstream answered`);
  if (details !== null && details !== 'via_upstream') return yes(`Envoy answered itself: ${details}`);
  return isHeard && story !== null ? { seen: null, evidence: 'no answer was seen' } : NOTHING;
}
