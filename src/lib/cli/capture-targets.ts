/** Which proxies a capture takes: those named, those of a selector or a namespace, or all. */
import { InputError, UnavailableError, UsageError } from '../errors';
import { type ProxyId, proxyName, shortened } from '../proxy-id';
import { loadNode } from '../session/load';
import type { MeshSource, ProxySource, ZtunnelSource } from '../source/source';
import { isOneProxy, type SourceFlags } from './session';
import type { Streams } from './streams';

type TargetFlags = SourceFlags & { readonly all: boolean };

/** Refuses a command line that names no proxies, or names them twice, before anything is opened. */
export function checkTargets(targets: readonly string[], flags: TargetFlags, streams: Streams): void {
  const { all, selector, namespace } = flags;
  const ways = [all, selector !== undefined, targets.length > 0].filter(Boolean).length;
  if (ways > 1) throw new UsageError('capture takes names of proxies, or --selector, or -A: one of them');
  if (all && namespace !== undefined) throw new UsageError('-A is every namespace, and -n one: give one of them');
  if (ways === 0 && namespace === undefined && !isOneProxy(flags, streams)) {
    throw new UsageError('capture requires names of proxies, --selector, -n or -A', {
      hint: 'For example mctl capture ./mesh -n shop, or -A for every proxy.',
    });
  }
}

export interface CaptureTargets {
  /** Each proxy once. */
  readonly proxies: readonly ProxySource[];
  /** Ztunnels that serve a pod that was named and has no proxy of its own. */
  readonly ztunnels: readonly ZtunnelSource[];
}

/** Opens those that are named, else every proxy of the source. */
export async function captureTargets(mesh: MeshSource, targets: readonly string[]): Promise<CaptureTargets> {
  if (targets.length === 0) return { proxies: await withProxies(mesh, await mesh.openAll(undefined)), ztunnels: [] };
  const proxies = new Map<string, ProxySource>();
  const ztunnels = new Map<string, ZtunnelSource>();
  for (const target of targets) {
    const opened = await openTarget(mesh, target);
    for (const source of opened.proxies) proxies.set(keyOf(source.id, source.label), source);
    for (const source of opened.ztunnels) ztunnels.set(keyOf(source.id, source.label), source);
  }
  return { proxies: [...proxies.values()], ztunnels: [...ztunnels.values()] };
}

/** A pod of ambient mode has no proxy of its own: the ztunnel of its node is its proxy. Throws what the source throws. */
async function openTarget(mesh: MeshSource, target: string): Promise<CaptureTargets> {
  let refusal: UnavailableError;
  try {
    const proxies = await mesh.openAll(target);
    if (proxies.some(({ hasProxy }) => hasProxy !== false)) return { proxies, ztunnels: [] };
    refusal = new UnavailableError(`${target} has no proxy`);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    refusal = error;
  }
  if ((await mesh.ztunnels?.known()) !== true) throw refusal;
  try {
    const opened = await mesh.ztunnels?.open({ target, node: undefined, any: false });
    if (opened !== undefined) return { proxies: [], ztunnels: [opened.ztunnel] };
  } catch (error) {
    // What is lacking is the proxy, whatever is said of ztunnels.
    if (!(error instanceof UnavailableError) && !(error instanceof UsageError)) throw error;
  }
  throw refusal;
}

/** Ztunnels to save with them: all with -A, those of the pods that were named, else one, which knows what all of them know. */
export async function captureZtunnels(
  { ztunnels }: MeshSource,
  all: boolean,
  named: readonly ZtunnelSource[],
): Promise<readonly ZtunnelSource[]> {
  if (ztunnels === undefined || !(await ztunnels.known())) return [];
  if (all) return await ztunnels.openAll();
  if (named.length > 0) return named;
  return [(await ztunnels.open({ target: undefined, node: undefined, any: true })).ztunnel];
}

/** Labels are on pods without a proxy, too; nobody misses those. Where pods cannot be listed, all are tried. */
async function withProxies(mesh: MeshSource, sources: readonly ProxySource[]): Promise<readonly ProxySource[]> {
  const known = new Set((await mesh.proxies()).map(proxyName));
  return known.size === 0 ? sources : sources.filter(({ id }) => id === null || known.has(proxyName(id)));
}

function keyOf(id: ProxyId | null, label: string): string {
  return id === null ? label : proxyName(id);
}

/**
 * The name of a proxy that its source does not name, from its dump's node id: `type~ip~pod.namespace~domain` as Istio
 * writes it. Null where that is another's form, and says nothing of a pod. Throws InputError where it is Istio's, or could
 * be meant as a path, and names no pod.
 */
export async function nodeName(source: ProxySource): Promise<ProxyId | null> {
  const config = await loadNode(source);
  const text = config?.node.id ?? '';
  const istio = text.split('~')[2];
  const isOdd = istio === undefined ? text.length > LONGEST_ID || ODD.test(text) : istio !== '';
  const id = config?.id ?? null;
  if (id !== null || !isOdd) return id;
  throw new InputError(`${source.label}: its node.id names no pod: ${shortened(istio ?? text)}`, {
    hint: 'Nothing was written. Istio writes sidecar~IP~POD.NAMESPACE~DOMAIN.',
  });
}

/** The longest name that Kubernetes takes. */
const LONGEST_ID = 253;

/** What no name has in it: steps of a path, control characters. */
const ODD = /(?:^|[\\/])\.\.|\p{Cc}/u;
