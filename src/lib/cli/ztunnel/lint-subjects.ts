/** What is looked over for faults: proxies, and ztunnels beside them. */
import type { PodsAndPolicies } from '../../lint/ztunnel/network-policies';
import { readPod } from '../../mesh/kubernetes';
import { readNetworkPolicy } from '../../mesh/network-policy';
import type { MeshSource, ProxySource, ZtunnelSource } from '../../source/source';
import { parseTarget } from '../../source/target';
import { isZtunnelPod } from '../../source/ztunnel';
import { checkTarget, proxiesOf, type WantedSource, withMesh } from '../session';
import type { Streams } from '../streams';

export interface LintSubjects {
  readonly proxies: readonly ProxySource[];
  readonly ztunnels: readonly ZtunnelSource[];
  /** Of pods and NetworkPolicies, as they were saved; a running cluster is not asked for all of them. */
  readonly known: PodsAndPolicies;
}

/** Opens what is wanted and closes it whatever happens. */
export async function withLintSubjects<T>(
  wanted: WantedSource,
  streams: Streams,
  use: (subjects: LintSubjects) => Promise<T>,
): Promise<T> {
  checkTarget(wanted, streams);
  return await withMesh(wanted.flags, streams, async (mesh) => {
    const ztunnels = await ztunnelsOf(wanted, mesh);
    const known = await savedOf(mesh, ztunnels.length > 0);
    if (ztunnels.length > 0 && (await isWithoutProxies(wanted, mesh)))
      return await use({ proxies: [], ztunnels, known });
    const proxies = await proxiesOf(wanted, mesh, streams);
    // A pod without a proxy is an error, but for a file that is a ztunnel's alone.
    return await use({
      proxies: ztunnels.length === 0 ? proxies : proxies.filter(({ hasProxy }) => hasProxy !== false),
      ztunnels,
      known,
    });
  });
}

async function savedOf(mesh: MeshSource, isAsked: boolean): Promise<PodsAndPolicies> {
  if (!isAsked || mesh.live === true) return { pods: [], networkPolicies: [] };
  const { pods, networkPolicies } = await mesh.kubernetes(['pods', 'networkPolicies']);
  return {
    pods: (pods ?? []).flatMap((one) => readPod(one) ?? []),
    networkPolicies: (networkPolicies ?? []).flatMap((one) => readNetworkPolicy(one) ?? []),
  };
}

/**
 * The ztunnel that is named; one of those of a source that is looked over as a whole, since all know the same. A cluster's are
 * looked at only where one is named.
 */
async function ztunnelsOf({ flags, target }: WantedSource, mesh: MeshSource): Promise<readonly ZtunnelSource[]> {
  const { ztunnels } = mesh;
  if (ztunnels === undefined) return [];
  if (target !== undefined) {
    return namesZtunnel(target) ? [(await ztunnels.open({ target, node: undefined, any: false })).ztunnel] : [];
  }
  const isWhole = flags['all-replicas'] === true || (await mesh.proxies()).length === 0;
  if (mesh.live === true || !isWhole || flags.selector !== undefined || !(await ztunnels.known())) return [];
  return [(await ztunnels.open({ target: undefined, node: undefined, any: true })).ztunnel];
}

/** Whether a target is a ztunnel by its name. */
export function namesZtunnel(target: string): boolean {
  return parseTarget(target).readings.some(({ name }) => isZtunnelPod(name, undefined));
}

/** Whether the ztunnel is all that is meant, or all that there is. */
async function isWithoutProxies({ target, flags }: WantedSource, mesh: MeshSource): Promise<boolean> {
  if (target !== undefined) return true;
  return flags.file === undefined && (await mesh.proxies()).length === 0;
}
