/** Who sends requests on either side of a comparison of behavior, and has no Envoy of which every request could be asked. */
import type { NotCompared } from '../diff/report';
import { MctlError } from '../errors';
import { isPod, podOf, workloadName } from '../mesh/ztunnel-index';
import { proxyName } from '../proxy-id';
import { loadZtunnelIndex } from '../session/ambient';
import type { MeshSource } from '../source/source';
import type { Side } from './comparison-sides';

const WHY = 'it has no Envoy, and ztunnels take its requests';

/**
 * Pods in ambient mode, by name, where both sides are meshes and not one proxy of each.
 * https://istio.io/latest/docs/ambient/architecture/data-plane/
 */
export async function withoutEnvoys(a: Side, b: Side): Promise<readonly NotCompared[]> {
  if (a.target !== undefined || b.target !== undefined) return [];
  const names = new Set([...(await podsOfZtunnels(a.mesh)), ...(await podsOfZtunnels(b.mesh))]);
  return [...names].sort().map((name) => ({ name, why: WHY }));
}

/** What is not decided, where some were left out: their names by the reason. */
export function leftOutTexts(notCompared: readonly NotCompared[]): readonly string[] {
  const reasons = [...new Set(notCompared.map(({ why }) => why))];
  return reasons.map((reason) => {
    const names = notCompared.filter(({ why }) => why === reason).map(({ name }) => name);
    return `what ${names.join(', ')} ${names.length === 1 ? 'sends' : 'send'} (of each: ${reason})`;
  });
}

async function podsOfZtunnels(mesh: MeshSource): Promise<readonly string[]> {
  const index = await loadZtunnelIndex(mesh, null).catch(nullForFailure);
  if (index === null) return [];
  const proxies = new Set((await mesh.proxies()).map(proxyName));
  return index.workloads
    .filter((one) => isPod(one) && (one.protocol === 'HBONE' || index.isServed(podOf(one)) === true))
    .map(workloadName)
    .filter((name) => !proxies.has(name));
}

function nullForFailure(error: unknown): null {
  if (error instanceof MctlError) return null;
  throw error;
}
