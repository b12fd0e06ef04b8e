/** Which proxies a capture takes: those named, those of a selector or a namespace, or all. */
import { InputError, UsageError } from '../errors';
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

/** Opens them; each proxy once. */
export async function captureTargets(mesh: MeshSource, targets: readonly string[]): Promise<readonly ProxySource[]> {
  if (targets.length === 0) return await withProxies(mesh, await mesh.openAll(undefined));
  const found = new Map<string, ProxySource>();
  for (const target of targets) {
    for (const source of await mesh.openAll(target)) found.set(keyOf(source.id, source.label), source);
  }
  return [...found.values()];
}

/** Ztunnels to save with them: all with -A, else one, which knows what all of them know. */
export async function captureZtunnels({ ztunnels }: MeshSource, all: boolean): Promise<readonly ZtunnelSource[]> {
  if (ztunnels === undefined || !(await ztunnels.known())) return [];
  if (all) return await ztunnels.openAll();
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
