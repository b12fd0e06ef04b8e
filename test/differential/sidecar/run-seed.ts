/** One seed: a configuration, its requests sent for real and traced, and where the two differ. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../helpers/temporary-directory';
import { compareHop, type Comparison, type Difference } from '../compare/compare';
import { compareShares, drawsBeforeHosts, drawsCluster, isByChance, isByCluster } from '../compare/shares';
import { makeCalls } from '../generate/calls';
import { disclosed } from '../generate/credentials';
import type { Call } from '../rig/call';
import { checkRequest, traceAll, type Traced } from '../rig/mctl';
import type { Observation } from '../rig/observation';
import { withOtherSeeds } from '../rig/other-seed';
import { compareSentOn } from './sent-on';
import { Refused, SidecarRig } from './rig';

export interface SeedReport {
  readonly requests: number;
  readonly compared: number;
  readonly disagreements: readonly Disagreement[];
}

export interface Disagreement {
  readonly call: Call;
  readonly differences: readonly Difference[];
}

/** How many draws are made of a request whose path is left to chance, and of how many such requests. */
const DRAWS = 120;
const DRAWN_REQUESTS = 2;

/** Runs a seed; one that Envoy refuses goes on as another that is made from it. */
export async function runSeed(seed: number, requests: number, keep: string | null = null): Promise<SeedReport> {
  return await withOtherSeeds(seed, Refused, (one) => runOnce(one, requests, keep));
}

async function runOnce(seed: number, requests: number, keep: string | null): Promise<SeedReport> {
  const files = temporaryDirectory();
  const { rig, setting } = await SidecarRig.start(seed);
  try {
    const calls = makeCalls(setting, requests);
    const observations = await rig.observe(calls);
    const dumped = await rig.dump();
    const { clusters } = dumped;
    // As a control plane has it, and every third as Envoy's admin interface gives it.
    const configDump = seed % 3 === 0 ? dumped.configDump : disclosed(dumped.configDump);
    const source = ['-f', files.write('config_dump.json', configDump), '-f', files.write('clusters.json', clusters)];
    if (keep !== null) save(join(keep, String(seed)), { configDump, clusters, observations });
    const traces = traceAll(source, calls.map(checkRequest));
    const branched = (call: Call): Traced | undefined =>
      traceAll(source, [checkRequest(call)], null, { walksBranches: true })[0];
    const first = await compareEach(rig, observations, traces, branched);
    const sent = (await compareSentOn({ configDump, clusters }, observations)).map(({ call, comparison }) => ({
      call,
      ...resultOf(comparison),
    }));
    const byWeight = files.write('by-weight.json', countedByWeight(configDump));
    const traceByWeight = (call: Call): Traced | undefined =>
      traceAll(['-f', byWeight, ...source.slice(2)], [checkRequest(call)])[0];
    const drawn = await drawRepeatedly(rig, observations, traces, traceByWeight);
    const all = [...first, ...sent, ...drawn];
    return {
      requests: observations.length + drawn.length * DRAWS,
      compared: all.reduce((sum, { compared }) => sum + compared, 0),
      disagreements: all.filter(({ differences }) => differences.length > 0),
    };
  } finally {
    await rig.stop();
    files.remove();
  }
}

/** A busy machine can make Envoy's listener filters wait too long for a client: what differs is asked once more. */
async function compareEach(
  rig: SidecarRig,
  observations: readonly Observation[],
  traces: readonly Traced[],
  branched: (call: Call) => Traced | undefined,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const [index, observation] of observations.entries()) {
    const trace = traces[index] ?? { error: 'no trace' };
    let comparison = compareWays(observation, trace, branched);
    if (comparison.differences.length > 0) {
      const [again] = await rig.observe([observation.call]);
      comparison = compareWays(again!, trace, branched);
    }
    results.push({ call: observation.call, ...resultOf(comparison) });
  }
  return results;
}

/** Where chance decides before a host is chosen, the way that the request took counts: one of the branches is as good. */
function compareWays(
  observation: Observation,
  trace: Traced,
  branched: (call: Call) => Traced | undefined,
): Comparison {
  const comparison = compareHop(observation, trace);
  const isLot = drawsBeforeHosts(observation, trace);
  if (comparison.differences.length === 0 || !(isLot || drawsCluster(trace))) return comparison;
  const walked = branched(observation.call);
  if (walked === undefined || 'error' in walked) return comparison;
  const taken = walked.branches.filter((branch) => isLot || isByCluster(observation, branch));
  for (const branch of taken) {
    const other = compareHop(observation, { ...walked, ...branch, branches: [] });
    if (other.differences.length === 0) return other;
  }
  return comparison;
}

type Result = Disagreement & { readonly compared: number };

/**
 * The dump with `weighted_priority_health` everywhere: Envoy 1.37 reads the setting, where it is not set, as one or the other from
 * run to run, and then counts the hosts of a priority by their weights.
 */
function countedByWeight(configDump: string): string {
  const dump = JSON.parse(configDump) as { configs: Record<string, unknown>[] };
  for (const section of dump.configs) {
    const entries = [section['static_endpoint_configs'], section['dynamic_endpoint_configs']].flat();
    for (const entry of entries as ({ endpoint_config?: { policy?: object } } | undefined)[]) {
      const assignment = entry?.endpoint_config;
      if (assignment !== undefined) assignment.policy = { ...assignment.policy, weighted_priority_health: true };
    }
  }
  return JSON.stringify(dump);
}

async function drawRepeatedly(
  rig: SidecarRig,
  observations: readonly Observation[],
  traces: readonly Traced[],
  traceByWeight: (call: Call) => Traced | undefined,
): Promise<readonly Result[]> {
  const byChance = observations.flatMap(({ call }, index) => {
    const trace = traces[index];
    return trace !== undefined && !('error' in trace) && isByChance(trace) ? [{ call, trace }] : [];
  });
  const reports = [];
  for (const { call, trace } of byChance.slice(0, DRAWN_REQUESTS)) {
    const draws = await rig.observe(Array.from({ length: DRAWS }, () => call));
    const comparison = compareShares(draws, trace);
    const other = comparison.differences.length === 0 ? undefined : traceByWeight(call);
    const isOther = other !== undefined && !('error' in other);
    reports.push({ call, ...resultOf(isOther ? nearer(comparison, compareShares(draws, other)) : comparison) });
  }
  return reports;
}

/** Whether one of the two readings fits. */
function nearer(one: Comparison, other: Comparison): Comparison {
  return other.differences.length === 0 ? other : one;
}

function resultOf({ compared, differences }: Comparison): Pick<Comparison, 'compared' | 'differences'> {
  return { compared, differences };
}

interface Kept {
  readonly configDump: string;
  readonly clusters: string;
  readonly observations: readonly Observation[];
}

function save(directory: string, { configDump, clusters, observations }: Kept): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config_dump.json'), configDump);
  writeFileSync(join(directory, 'clusters.json'), clusters);
  writeFileSync(join(directory, 'observations.jsonl'), observations.map((one) => JSON.stringify(one)).join('\n'));
}
