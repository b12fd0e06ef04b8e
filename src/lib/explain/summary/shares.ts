/** The first sentence of a trace where chance decides: each end with its share, and the way that the answer goes by. */
import type { Trace } from '../../trace/model';
import { isToTheDoor, type Walk } from './dead-end';
import { takenEndpoint } from './chosen-upstream';
import { fateOf, requestName, verdictSentence } from './verdict-sentence';
import { percent } from '../words';

export interface Headline {
  /** The way that mark, cause and exit status go by. */
  readonly worst: Walk;
  readonly text: string;
}

/** Ends that are told one by one; of more, the rest is counted. */
const TOLD = 3;

/**
 * What becomes of a request. Where its ways end alike, that is the main way's verdict; otherwise each end has its share, and
 * the worst way that is not an injected fault is the one that the answer goes by.
 */
export function headline(trace: Trace): Headline {
  const ends = endsOf(trace);
  const worst = worstWay(trace);
  if (ends.length === 1) return { worst, text: verdictSentence(trace.request, trace) };
  const shown = ends.slice(0, TOLD);
  const left = ends.slice(TOLD).reduce((sum, { share }) => sum + share, 0);
  const more = ends.length - TOLD;
  const rest = more <= 0 ? [] : [`${percent(left)} ends in ${more === 1 ? 'another way' : `${more} other ways`}`];
  const told = [...shown.map(({ share, text }) => `${percent(share)} ${text}`), ...rest];
  return { worst, text: `${requestName(trace.request)}: ${told.join('; ')}.` };
}

/** Whether any way ends otherwise than a caller may want, injected faults aside. */
export function isAnswerBad(trace: Trace): boolean {
  return severity(worstWay(trace)) > SEVERITY.door;
}

interface End {
  readonly share: number;
  readonly text: string;
}

function endsOf(trace: Trace): readonly End[] {
  const shares = new Map<string, number>();
  const others = trace.branches.reduce((sum, { share }) => sum + share, 0);
  const ways: readonly [Walk, number][] = [
    [trace, trace.share ?? 1 - others],
    ...trace.branches.map((branch): [Walk, number] => [branch, branch.share]),
  ];
  for (const [walk, share] of ways) {
    const text = endText(trace, walk);
    shares.set(text, (shares.get(text) ?? 0) + share);
  }
  return [...shares].map(([text, share]) => ({ text, share })).sort((a, b) => b.share - a.share);
}

/** Pods of one workload are one end. */
function endText(trace: Trace, walk: Walk): string {
  if (walk.verdict !== 'delivered') return fateOf(trace.request, walk);
  const last = walk.hops.at(-1);
  const endpoint = last === undefined ? null : takenEndpoint(last);
  const where = endpoint === null ? fateOf(trace.request, walk) : (workloadOf(endpoint.pod) ?? endpoint.address);
  if (endpoint === null) return where;
  return isToTheDoor(walk) ? `is sent to ${where}, whose proxy is not known` : `is delivered to ${where}`;
}

/** What Kubernetes appends to a workload's name to name its pods. */
const POD_SUFFIX = /-(?:[0-9a-f]{8,10}-[0-9a-z]{5}|\d{1,5})(?=\.)/;

function workloadOf(pod: string | null): string | null {
  return pod?.replace(POD_SUFFIX, '') ?? null;
}

const SEVERITY = { good: 0, door: 1, unknown: 2, bad: 3 } as const;

function severity(walk: Walk): number {
  if (walk.verdict === 'denied' || walk.verdict === 'failed') return SEVERITY.bad;
  if (walk.verdict === 'unknown') return SEVERITY.unknown;
  return isToTheDoor(walk) ? SEVERITY.door : SEVERITY.good;
}

/** The likeliest of the worst; the main way where no other is worse. A fault that is injected on purpose makes none worse. */
function worstWay(trace: Trace): Walk {
  const others = trace.branches.filter(({ reason }) => reason !== 'fault-abort');
  const isFault = trace.reason === 'fault-abort' && others.length > 0;
  return others.reduce<Walk>(
    (worst, one) => (severity(one) > (worst === trace && isFault ? SEVERITY.good : severity(worst)) ? one : worst),
    trace,
  );
}
