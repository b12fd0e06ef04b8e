/** Small texts that every form of a trace shares. */
import type { Hop, Outcome, Stage, Step } from '../trace/model';
import { isGood, isToTheDoor } from './summary/dead-end';

/** Stages as people read them. */
const STAGES: Readonly<Record<Stage, string>> = {
  iptables: 'iptables',
  listener: 'listener',
  'listener-filters': 'listener filters',
  'filter-chain': 'filter chain',
  'network-filter': 'network filter',
  'http-connection-manager': 'HTTP connection manager',
  'http-filter': 'HTTP filter',
  'route-configuration': 'route configuration',
  'virtual-host': 'virtual host',
  route: 'route',
  cluster: 'cluster',
  endpoint: 'endpoint',
  'ztunnel-destination': 'destination',
  'ztunnel-waypoint': 'waypoint',
  'ztunnel-policy': 'L4 policy',
  hbone: 'HBONE',
  tls: 'TLS',
};

/** A stage for people. */
export function stageText(stage: Stage): string {
  return STAGES[stage];
}

const MARKS: Readonly<Record<Step['outcome'], string>> = {
  matched: '✔',
  passed: '✔',
  missed: '✘',
  ended: '✘',
  unknown: '?',
  noted: '·',
  'not-evaluated': '~',
};

/** A step's mark; a step that ends a good walk (a redirect) is no failure. */
export function stepMark(step: Step, outcome: Outcome): string {
  return step.outcome === 'ended' && isGood(outcome) ? '✔' : MARKS[step.outcome];
}

/** One word for how a walk ended, for colours. */
export type Mood = 'good' | 'bad' | 'warn';

/** Whether an outcome is good, bad or open: what colours and marks go by. */
export function moodOf(outcome: Pick<Outcome, 'verdict'> & { readonly hops?: readonly Hop[] }): Mood {
  if (outcome.verdict === 'unknown') return 'warn';
  if (outcome.hops !== undefined && isToTheDoor({ ...outcome, hops: outcome.hops })) return 'warn';
  return isGood(outcome) ? 'good' : 'bad';
}

/** What a step means for the walk: its end, good or bad, or something that is not known; null where it goes on. */
export function endMood({ outcome }: Step, walk: Pick<Outcome, 'verdict'>): Mood | null {
  if (outcome === 'unknown') return 'warn';
  return outcome === 'missed' || outcome === 'ended' ? moodOf(walk) : null;
}

/** The sign in front of a verdict. */
export function verdictMark(outcome: Pick<Outcome, 'verdict'> & { readonly hops?: readonly Hop[] }): string {
  return { good: '✔', bad: '✘', warn: '?' }[moodOf(outcome)];
}

/** `failed (no-virtual-host) 404 NR`: the verdict as its JSON fields have it. */
export function verdictText({ verdict, reason, status, responseFlags, location, policy }: Outcome): string {
  return [
    verdict,
    ...(reason === null ? [] : [`(${reason})`]),
    ...(status === null ? [] : [String(status)]),
    ...(responseFlags === null ? [] : [responseFlags]),
    ...(location === null ? [] : [`to ${location}`]),
    ...(policy === null ? [] : [`by ${policy}`]),
  ].join(' ');
}

/** A share as people read it: `90%`, `33.3%`, and never 0% of what can happen. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '<0.1%';
  return `${Number(value.toFixed(1))}%`;
}

/** `outbound at productpage-v1-….bookinfo`. */
export function hopTitle(hop: Hop, index: number): string {
  const { direction, proxy, workload } = hop;
  if (direction !== 'ztunnel-outbound' && direction !== 'ztunnel-inbound') {
    return `${index + 1}  ${direction} at ${proxy ?? 'this proxy'}`;
  }
  const whose = workload === null || workload === undefined ? '' : ` for ${workload}`;
  return `${index + 1}  ${direction}${whose}${proxy === null ? '' : ` at ${proxy}`}`;
}
