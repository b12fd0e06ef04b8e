/** `--to` without a pod: who can reach a destination, asked of every proxy, and of the destination's own for any caller. */
import type { ProxyConfig } from '../../envoy/proxy-config';
import { UsageError } from '../../errors';
import { readPod } from '../../mesh/kubernetes';
import { type ProxyId, proxyName } from '../../proxy-id';
import type { Reach, ReachOptions } from '../../reach/reach';
import { leadsTo, portsAt } from '../../reach/to';
import { walkedBy } from '../../reach/walked-by';
import { asksOfClient } from '../../reach/where';
import { loadNode } from '../../session/load';
import { TraceSession } from '../../session/trace-session';
import type { MeshSource } from '../../source/source';

/** Of so many proxies the configurations are kept at a time: senders come one after the other, destinations again and again. */
const MOST_KEPT = 4;

export interface ReachFromAll {
  readonly to: string;
  /** Of requests that a pod or a gateway's client sends. */
  readonly options: ReachOptions;
  /** Which outcomes are wanted of requests that come to the destination itself. */
  readonly wantsThere: ReachOptions['wants'];
  /** Only these, where it is given. */
  readonly mode: 'outbound' | 'inbound' | undefined;
}

/** Gateways come first: they are how requests come from outside; then pods, then what any other caller can send there. */
export async function reachFromAll(mesh: MeshSource, asked: ReachFromAll): Promise<Reach> {
  const { reach } = await import('../../reach/reach.js');
  const { to, options, mode } = asked;
  const { gateways, sidecars, waypoints } = await proxiesByType(mesh);
  const leads = leadsTo(to, new Set([...gateways, ...waypoints]), await podsByAddress(mesh));
  const session = new TraceSession(mesh, { kept: MOST_KEPT });
  const all = [...gateways, ...sidecars];
  const found: Reach[] = [];
  const there: { readonly name: string; readonly ports: ReadonlySet<number> | 'any' }[] = [];
  for (const [number, name] of all.entries()) {
    const tracer = await session.open(name);
    const isSidecar = number >= gateways.length;
    const ports = isSidecar ? portsAt(to, name, tracer.config) : new Set<number>();
    if (ports === 'any' || ports.size > 0) there.push({ name, ports });
    if (mode === 'inbound' || (isSidecar && asksOfClient(options.where))) continue;
    const progress = (text: string): void => options.progress?.(`${number + 1} of ${all.length} proxies: ${text}`);
    found.push(await reach(walkedBy(tracer), { ...options, leads, progress, inbound: false }));
  }
  for (const { name, ports } of mode === 'outbound' ? [] : there) {
    options.progress?.(`Any caller of ${name}`);
    const inbound = { ...options, wants: asked.wantsThere, inbound: true, ports };
    found.push(await reach(walkedBy(await session.open(name)), inbound));
  }
  return together(found);
}

/** Of the pods that a list holds: of others nothing is known. */
async function podsByAddress(mesh: MeshSource): Promise<(ip: string) => string | null> {
  const { pods } = mesh.live === true ? { pods: [] } : await mesh.kubernetes(['pods']);
  const all = (pods ?? []).flatMap((value) => readPod(value) ?? []).filter(({ ended }) => !ended);
  const byAddress = new Map(all.flatMap(({ id, ips }) => ips.map((ip) => [ip, proxyName(id)] as const)));
  return (ip) => byAddress.get(ip) ?? null;
}

function together(found: readonly Reach[]): Reach {
  return {
    from: null,
    complete: found.every(({ complete }) => complete),
    unsplit: [...new Set(found.flatMap(({ unsplit }) => unsplit))],
    assumed: found[0]?.assumed ?? [],
    classes: found.flatMap(({ classes }) => classes),
  };
}

interface Proxies {
  readonly gateways: readonly string[];
  readonly sidecars: readonly string[];
  readonly waypoints: readonly string[];
}

/** Only the head of each is read for that. */
async function proxiesByType(mesh: MeshSource): Promise<Proxies> {
  const ids = await mesh.proxies();
  if (ids.length === 0) {
    throw new UsageError(`reach requires a pod name: ${mesh.label} does not say which proxies there are`, {
      hint: 'Name the calling pod as POD.NAMESPACE.',
    });
  }
  const typed: { readonly name: string; readonly type: ProxyConfig['proxyType'] }[] = [];
  for (const id of ids) typed.push({ name: proxyName(id), type: await typeOf(mesh, id) });
  const of = (isWanted: (type: ProxyConfig['proxyType']) => boolean): readonly string[] =>
    typed.filter(({ type }) => isWanted(type)).map(({ name }) => name);
  return {
    gateways: of((type) => type === 'router'),
    sidecars: of((type) => type !== 'router' && type !== 'waypoint'),
    waypoints: of((type) => type === 'waypoint'),
  };
}

async function typeOf(mesh: MeshSource, id: ProxyId): Promise<ProxyConfig['proxyType']> {
  const proxy = await mesh.openProxy(id);
  const node = proxy === null ? null : await loadNode(proxy);
  return node?.proxyType ?? null;
}
