/** Runs `diff --behavior`: every request of each pair of proxies, through both sides. */
import { compareValues, type FieldChange } from '../diff/compare-values';
import { waysOf, type OutcomeWay } from '../diff/outcome';
import type { BehaviorDiff } from '../diff/report';
import { UsageError } from '../errors';
import type { ChangedBehavior } from '../reach/behavior';
import type { Scope } from '../reach/division';
import { asksOfClient } from '../reach/where';
import { isWithoutEnvoy } from '../session/ambient';
import { TraceSession, type Tracer } from '../session/trace-session';
import type { ProxySource } from '../source/source';
import type { Trace } from '../trace/model';
import type { Side } from './comparison-sides';
import { pairsOf } from './diff-sides';
import { titleOf } from './envoy-answers';
import { walkedBy } from '../reach/walked-by';
import type { Streams } from './streams';

export interface BehaviorFlags {
  readonly where?: readonly string[] | undefined;
  readonly 'one-hop': boolean;
  readonly 'max-classes': number;
}

/** Throws UsageError for conditions that are none, and where no pair of proxies sends requests. */
export async function compareBehavior(a: Side, b: Side, flags: BehaviorFlags, streams: Streams): Promise<BehaviorDiff> {
  const [{ changedBehavior }, { scopeOf }] = await Promise.all([
    import('../reach/behavior.js'),
    import('./reach/scope.js'),
  ]);
  const scope = await scopeOf(flags, streams);
  const { pairs, onlyA, onlyB } = await pairsOf(a, b);
  const [left, right] = [new TraceSession(a.mesh), new TraceSession(b.mesh)];
  const found: ChangedBehavior<FieldChange>[] = [];
  let compared = 0;
  for (const [one, other] of pairs) {
    const [before, after] = [await left.tracer(one), await right.tracer(other)];
    if (!sends(before) || !sends(after)) continue;
    streams.spin(titleOf(one));
    compared += 1;
    for (const inbound of directionsOf(before, scope)) {
      found.push(await changedBehavior(walkedBy(before), walkedBy(after), { ...scope, inbound }, changesOf));
    }
  }
  if (found.length === 0) throw nothingToCompare(pairs);
  return {
    compared,
    complete: found.every(({ complete }) => complete),
    unsplit: [...new Set(found.flatMap(({ unsplit }) => unsplit))],
    assumed: found[0]?.assumed ?? [],
    made: found.reduce((sum, { made }) => sum + made, 0),
    classes: found.flatMap(({ classes }) => classes),
    onlyA,
    onlyB,
  };
}

/** Of a sidecar what its pod sends, and what comes to it from any caller; conditions on a caller are on the latter alone. */
function directionsOf({ config }: Tracer, { where }: Scope): readonly boolean[] {
  if (config.proxyType === 'router') return [false];
  return asksOfClient(where) ? [true] : [false, true];
}

function sends({ config }: Tracer): boolean {
  return config.proxyType !== 'waypoint' && !isWithoutEnvoy(config);
}

function nothingToCompare(pairs: readonly (readonly [ProxySource, ProxySource])[]): UsageError {
  return new UsageError(
    pairs.length === 0
      ? 'no proxy stands on both sides, so there is no behavior to compare'
      : 'no pair of proxies sends requests of its own: waypoints and pods without an Envoy do not',
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
