/** Callers without an Envoy, and the ztunnels that take what they send. */
import { ConfigDump } from '../envoy/config-dump';
import { ProxyConfig } from '../envoy/proxy-config';
import { UnavailableError, UsageError } from '../errors';
import { isPod, podOf, workloadName, type ZtunnelDump, ZtunnelIndex } from '../mesh/ztunnel-index';
import { nearest } from '../nearest';
import { readPod } from '../mesh/kubernetes';
import { type ProxyId, proxyName } from '../proxy-id';
import { podFacts, serviceFacts } from '../source/kubernetes-objects';
import { resolveTarget } from '../source/resolve';
import { parseTarget } from '../source/target';
import type { MeshSource, ProxySource } from '../source/source';
import { loadZtunnel, loadZtunnelStates } from './load-ztunnel';

/** Ztunnels beside the caller's own whose pods are read, of a snapshot. */
const MOST_OTHERS = 64;

const STAND_INS = new WeakSet<ProxyConfig>();

/** Whether a configuration only stands for a pod that has no Envoy. */
export function isWithoutEnvoy(config: ProxyConfig): boolean {
  return STAND_INS.has(config);
}

/** Throws UsageError for a pod without an Envoy, of which classes of requests cannot be made. */
export function requireEnvoy({ proxy, config }: { readonly proxy: string | null; readonly config: ProxyConfig }): void {
  if (!isWithoutEnvoy(config)) return;
  throw new UsageError(`${proxy ?? 'the pod'} has no Envoy: its requests go through ztunnel`, {
    hint: 'Classes are made of what Envoys ask. Trace single requests.',
  });
}

/** Stands for the configuration of a pod that has no Envoy. */
export function withoutEnvoy(id: ProxyId): ProxyConfig {
  const dump = new ConfigDump({ kind: 'config_dump', label: proxyName(id), sections: [] });
  const config = new ProxyConfig(dump, null, id);
  STAND_INS.add(config);
  return config;
}

/** The proxy that a target names, or a pod without one where there are ztunnels. Throws what the source's open throws. */
export async function openCaller(
  mesh: MeshSource,
  target: string | undefined,
): Promise<{ readonly proxy: ProxySource } | { readonly pod: ProxyId }> {
  const isAmbient = mesh.live !== true && (await mesh.ztunnels?.known()) === true;
  const proxies = isAmbient ? await mesh.proxies() : [];
  if (isAmbient && proxies.length === 0) return { pod: await podNamed(mesh, target) };
  try {
    const proxy = await mesh.open(target);
    return proxy.hasProxy === false && proxy.id !== null ? { pod: proxy.id } : { proxy };
  } catch (error) {
    if (!isAmbient || target === undefined || !(error instanceof UnavailableError)) throw error;
    const index = await loadZtunnelIndex(mesh, null);
    const exact = candidates(target).find((id) => index !== null && index.workloadOf(id) !== null);
    return { pod: exact ?? (await podMeant(mesh, target, index)) };
  }
}

/** Where ztunnels are all that is known: a pod that they know; one that they do not is outside, unless it seems misspelt. */
async function podNamed(mesh: MeshSource, target: string | undefined): Promise<ProxyId> {
  if (target === undefined) {
    throw new UsageError(`trace requires a pod name: ${mesh.label} has ztunnels, and no proxy of a pod`, {
      hint: 'Name the calling pod as POD.NAMESPACE; mctl zc workload lists those that ztunnel knows.',
    });
  }
  const index = await loadZtunnelIndex(mesh, null);
  const listed = ((await mesh.kubernetes()).pods ?? [])
    .flatMap((pod) => readPod(pod) ?? [])
    .map(({ id }) => proxyName(id));
  const readings = candidates(target);
  const found = readings.find(
    (id) => index?.workloadOf(id) != null || index?.isServed(id) === true || listed.includes(proxyName(id)),
  );
  if (found !== undefined) return found;
  const known = [...(index?.workloads ?? []).filter(isPod).map(workloadName), ...listed];
  const near = readings.flatMap((id) => nearest(proxyName(id), known));
  const [first] = readings;
  const meant = await podMeant(mesh, target, index).catch(unlessUnavailable);
  if (meant !== null) return meant;
  if (first !== undefined && near.length === 0) return first;
  throw new UnavailableError(`no pod of ${mesh.label} matches "${target}"`, {
    hint: `Nearest: ${[...new Set(near)].join(', ')}. Of a pod outside of the mesh a list of pods (kubernetes/pods.json) tells.`,
  });
}

/** The pod of a workload, a Service or a name in another spelling, the one to prefer first. Throws UnavailableError for none. */
async function podMeant(mesh: MeshSource, target: string, index: ZtunnelIndex | null): Promise<ProxyId> {
  const lists = await mesh.kubernetes();
  const pods = lists.pods?.flatMap((pod) => podFacts(pod) ?? []) ?? null;
  const named = [...(index?.workloads ?? []).filter(isPod).map(podOf), ...(pods ?? []).map(({ id }) => id)];
  const proxies = [...new Map(named.map((id) => [proxyName(id), id])).values()];
  const services = lists.services?.flatMap((service) => serviceFacts(service) ?? []) ?? null;
  const [first] = resolveTarget(target, { label: mesh.label, namespace: null, proxies, pods, services });
  if (first !== undefined) return first;
  throw new UnavailableError(`no pod of ${mesh.label} matches "${target}"`);
}

function unlessUnavailable(error: unknown): null {
  if (error instanceof UnavailableError) return null;
  throw error;
}

function candidates(target: string): readonly ProxyId[] {
  const { readings } = parseTarget(target);
  return readings.map(({ name, namespace }) => ({ name, namespace: namespace ?? 'default' }));
}

/** What the ztunnels of a source know, the caller's own first; null where there are none. */
export async function loadZtunnelIndex(mesh: MeshSource, caller: ProxyId | null): Promise<ZtunnelIndex | null> {
  const { ztunnels } = mesh;
  if (ztunnels?.near !== undefined) {
    const near = await ztunnels.near(caller);
    return near === null ? null : new ZtunnelIndex([await loadZtunnel(near)]);
  }
  if (ztunnels === undefined || !(await ztunnels.known())) return null;
  const { ztunnel } = await ztunnels
    .open({ target: caller === null ? undefined : proxyName(caller), node: undefined, any: true })
    .catch(async (error: unknown) => {
      if (!(error instanceof UnavailableError) && !(error instanceof UsageError)) throw error;
      // Of a caller that is nowhere any ztunnel knows as much.
      return await ztunnels.open({ target: undefined, node: undefined, any: true });
    });
  const own = await loadZtunnel(ztunnel);
  const others = (await ztunnels.openAll()).filter(({ id }) => id !== null && id !== ztunnel.id).slice(0, MOST_OTHERS);
  const near: ZtunnelDump[] = [own];
  const beyond: ZtunnelIndex[] = [];
  for (const [at, states] of (await Promise.all(others.map(loadZtunnelStates))).entries()) {
    const other = others[at];
    if (other !== undefined && isOnOtherNetwork(states, own)) beyond.push(new ZtunnelIndex([await loadZtunnel(other)]));
    else near.push(states);
  }
  return new ZtunnelIndex(near, beyond);
}

/** Whether a ztunnel is of another network, and so of another cluster, of which the own one knows little. */
function isOnOtherNetwork({ settings: { network } }: ZtunnelDump, { settings }: ZtunnelDump): boolean {
  return network !== undefined && settings.network !== undefined && network !== settings.network;
}
