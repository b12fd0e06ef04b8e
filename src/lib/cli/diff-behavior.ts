/** Runs `diff --behavior`: every request of each pair of proxies, through both sides. */
import { compareValues, type FieldChange } from '../diff/compare-values';
import { waysOf, type OutcomeWay } from '../diff/outcome';
import type { BehaviorDiff, NotCompared } from '../diff/report';
import { UsageError } from '../errors';
import type { ChangedBehavior } from '../reach/behavior';
import { type Scope, tellsOfTls } from '../reach/division';
import { asksOfClient } from '../reach/where';
import { TraceSession, type Tracer } from '../session/trace-session';
import type { Trace } from '../trace/model';
import type { Side } from './comparison-sides';
import { leftOutTexts, withoutEnvoys } from './behavior-left-out';
import { type Pairs, pairsOf } from './diff-sides';
import { titleOf } from './envoy-answers';
import { walkedBy } from '../reach/walked-by';
import { collectGarbageSooner } from './thrift';
import type { Streams } from './streams';

export interface BehaviorFlags {
  readonly where?: readonly string[] | undefined;
  readonly 'one-hop': boolean;
  readonly 'max-classes': number;
}

/** Throws UsageError for conditions that are none, and where no pair of proxies can be compared. */
export async function compareBehavior(a: Side, b: Side, flags: BehaviorFlags, streams: Streams): Promise<BehaviorDiff> {
  const [{ changedBehavior }, { scopeOf }] = await Promise.all([
    import('../reach/behavior.js'),
    import('./reach/scope.js'),
  ]);
  collectGarbageSooner();
  const scope = await scopeOf(flags, streams);
  const { pairs, onlyA, onlyB }: Pairs = await pairsOf(a, b);
  const [left, right] = [new TraceSession(a.mesh), new TraceSession(b.mesh)];
  const found: ChangedBehavior<FieldChange>[] = [];
  const notCompared: NotCompared[] = [...(await withoutEnvoys(a, b))];
  let compared = 0;
  for (const [one, other] of pairs) {
    const [before, after] = [await left.tracer(one), await right.tracer(other)];
    const why = whyNot(before, after, scope);
    if (why !== null) {
      notCompared.push({ name: titleOf(one), why });
      continue;
    }
    streams.spin(titleOf(one));
    compared += 1;
    for (const inbound of directionsOf(before, scope)) {
      found.push(await changedBehavior(walkedBy(before), walkedBy(after), { ...scope, inbound }, changesOf));
    }
  }
  if (found.length === 0) throw nothingToCompare(pairs.length === 0 ? [] : notCompared);
  return {
    compared,
    complete: notCompared.length === 0 && found.every(({ complete }) => complete),
    unsplit: [...leftOutTexts(notCompared), ...new Set(found.flatMap(({ unsplit }) => unsplit))],
    notCompared,
    assumed: found[0]?.assumed ?? [],
    made: found.reduce((sum, { made }) => sum + made, 0),
    classes: found.flatMap(({ classes }) => classes),
    onlyA,
    onlyB,
  };
}

/** Why two proxies cannot be compared; null where they can. */
function whyNot(a: Tracer, b: Tracer, { where }: Scope): string | null {
  const [before, after] = [roleOf(a), roleOf(b)];
  if (before !== after) return `it is a ${before} on one side and a ${after} on the other`;
  return before === 'waypoint' && tellsOfTls(where) ? 'conditions on TLS say nothing of what tunnels carry' : null;
}

type Role = 'gateway' | 'waypoint' | 'sidecar';

function roleOf({ config: { proxyType } }: Tracer): Role {
  if (proxyType === 'router') return 'gateway';
  return proxyType === 'waypoint' ? 'waypoint' : 'sidecar';
}

/** Of a sidecar what its pod sends, and what comes to it from any caller; conditions on a caller are on the latter alone. */
function directionsOf(tracer: Tracer, { where }: Scope): readonly boolean[] {
  if (roleOf(tracer) !== 'sidecar') return [false];
  return asksOfClient(where) ? [true] : [false, true];
}

function nothingToCompare([first]: readonly NotCompared[]): UsageError {
  return new UsageError(
    first === undefined
      ? 'no proxy stands on both sides, so there is no behavior to compare'
      : `there is no pair of proxies whose behavior can be compared: ${first.name}: ${first.why}`,
    { hint: 'Name one proxy of each side: BEFORE#POD.NAMESPACE AFTER#POD.NAMESPACE.' },
  );
}

/** The proxies that send are a pair whatever they are called. */
function changesOf(a: Trace, b: Trace): readonly FieldChange[] {
  const [before, after] = [waysOf(a).map(withoutSender), waysOf(b).map(withoutSender)];
  return before.length === 1 && after.length === 1
    ? compareValues(before[0], after[0])
    : compareValues(before, after, 'ways');
}

function withoutSender(way: OutcomeWay): OutcomeWay {
  return { ...way, hops: way.hops.map((hop, index) => (index === 0 ? { ...hop, proxy: null } : hop)) };
}
