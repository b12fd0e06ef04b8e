/** A trace as the value that `-o json` prints: its fields in the order in which the documentation has them. */
import type { Branch, ClusterChance, Hop, Outcome, Step, Trace, TracedRequest } from '../trace/model';

type Key<T> = keyof T & string;

const OUTCOME: readonly Key<Outcome>[] = [
  'verdict',
  'reason',
  'status',
  'statusDependsOn',
  'responseFlags',
  'location',
  'policy',
];
const REQUEST: readonly Key<TracedRequest>[] = [
  'method',
  'url',
  'authority',
  'path',
  'protocol',
  'headers',
  'destination',
  'source',
];
const HOP: readonly Key<Hop>[] = [
  'proxy',
  'direction',
  'listener',
  'filterChain',
  'routeConfiguration',
  'virtualHost',
  'route',
  'clusters',
  'steps',
];
const CLUSTER: readonly Key<ClusterChance>[] = ['name', 'share', 'type', 'endpoints'];
const STEP: readonly Key<Step>[] = [
  'stage',
  'outcome',
  'name',
  'because',
  'rejected',
  'rejectedCount',
  'config',
  'details',
  'origin',
  'manifest',
];

/** The trace itself; only the order of its fields is made the same everywhere. */
export function traceJson(trace: Trace): Trace {
  return {
    ...inOrder(trace, ['request', ...OUTCOME, 'summary', 'share', 'unwalked', 'proof', 'hops', 'branches']),
    request: inOrder(trace.request, REQUEST),
    hops: trace.hops.map(hopJson),
    branches: trace.branches.map(branchJson),
  };
}

function branchJson(branch: Branch): Branch {
  return { ...inOrder(branch, ['share', ...OUTCOME, 'because', 'hops']), hops: branch.hops.map(hopJson) };
}

function hopJson(hop: Hop): Hop {
  return {
    ...inOrder(hop, HOP),
    clusters: hop.clusters.map((cluster) => inOrder(cluster, CLUSTER)),
    steps: hop.steps.map(stepJson),
  };
}

function stepJson(step: Step): Step {
  return inOrder(step, STEP);
}

/** The named fields first, then any others. */
function inOrder<T extends object>(value: T, keys: readonly Key<T>[]): T {
  const named = keys.flatMap((key) => (Object.hasOwn(value, key) ? [[key, value[key]]] : []));
  return { ...(Object.fromEntries(named) as Partial<T>), ...value };
}
