/** One seed of the two pods: its requests traced from a snapshot, sent for real, and where the two differ. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Difference } from '../compare/compare';
import { comparePath } from '../compare/compare-path';
import { checkRequest, traceAll, type Traced } from '../rig/mctl';
import { makePodCalls, type PodCall } from './calls';
import { Mesh } from './mesh';

export interface MeshReport {
  readonly requests: number;
  readonly compared: number;
  readonly disagreements: readonly { readonly call: PodCall | null; readonly differences: readonly Difference[] }[];
}

/** Requests that the trace says are decided by the same rule go together, so that the rule's counter can be read. */
export async function runMesh(seed: number, requests: number, keep: string | null = null): Promise<MeshReport> {
  const mesh = await Mesh.start(seed);
  try {
    const snapshot = await mesh.snapshot();
    if (keep !== null) cpSync(snapshot, join(keep, `mesh-${seed}`), { recursive: true });
    const calls = makePodCalls(mesh.plan, requests);
    const questions = calls.map((call) => ({ ...checkRequest(call), uid: call.uid, gid: call.uid, allBranches: true }));
    const traces = traceAll(['--snapshot', snapshot], questions, `${mesh.plan.client.name}.bookinfo`);
    const groups = new Map<string, { readonly call: PodCall; readonly trace: Traced }[]>();
    calls.forEach((call, index) => {
      const trace = traces[index] ?? { error: 'no trace' };
      const rule = decidingRule(trace);
      groups.set(rule, [...(groups.get(rule) ?? []), { call, trace }]);
    });
    const results = [];
    for (const [rule, group] of groups) results.push(...(await compareGroup(mesh, rule, group)));
    return {
      requests,
      compared: results.reduce((sum, { compared }) => sum + compared, 0),
      disagreements: results.filter(({ differences }) => differences.length > 0),
    };
  } finally {
    await mesh.stop();
  }
}

/** `CHAIN NUMBER` of the rule that decides about the outgoing packet; empty where no rule does. */
function decidingRule(trace: Traced): string {
  const step = 'error' in trace ? undefined : trace.hops[0]?.steps.find(({ stage }) => stage === 'iptables');
  const rule = /^(\S+) rule (\d+)$/.exec(step?.name ?? '');
  return rule === null ? '' : `${rule[1] ?? ''} ${rule[2] ?? ''}`;
}

type Result = MeshReport['disagreements'][number] & { readonly compared: number };

async function compareGroup(
  mesh: Mesh,
  rule: string,
  group: readonly { readonly call: PodCall; readonly trace: Traced }[],
): Promise<readonly Result[]> {
  const before = mesh.ruleCounts().get(rule) ?? 0;
  const observations = await mesh.observe(group.map(({ call }) => call));
  const met = (mesh.ruleCounts().get(rule) ?? 0) - before;
  const results: Result[] = observations.map((observation, index) => {
    const { compared, differences } = comparePath(observation, group[index]!.trace);
    return { call: observation.call, compared, differences };
  });
  if (rule !== '') {
    const agrees = met === group.length;
    const difference = { what: `packets that met rule ${rule}`, envoy: met, mctl: group.length };
    results.push({ call: null, compared: 1, differences: agrees ? [] : [difference] });
  }
  return results;
}
