/** `mctl reach`: from the flags to the classes of one proxy, or of all of them. */
import { UsageError } from '../../errors';
import { proxyName } from '../../proxy-id';
import { scopeOf, type ScopeFlags } from './scope';
import type { Walked } from '../../reach/walked';
import { walkedBy } from '../../reach/walked-by';
import type { WantedOutcomes } from '../../reach/wanted';
import type { Reach, ReachOptions } from '../../reach/reach';
import type { MeshSource } from '../../source/source';
import { requireEnvoy } from '../../session/ambient';
import { TraceSession, type Tracer } from '../../session/trace-session';
import { type SourceFlags, withCaller, withMesh } from '../session';
import type { Streams } from '../streams';

export interface ReachFlags extends SourceFlags, ScopeFlags, WantedOutcomes {}

/** Throws UsageError for flags that name no requests, and what sources throw. */
export async function runReach(target: string | undefined, flags: ReachFlags, streams: Streams): Promise<Reach> {
  const { reach } = await import('../../reach/reach.js');
  const options = await optionsOf(flags, streams);
  const { to } = flags;
  if (target === undefined && to !== undefined) {
    return await withMesh(flags, streams, async (mesh) => await fromAll(mesh, to, options, reach));
  }
  return await withCaller({ flags, target, noun: 'reach' }, streams, async (named, mesh) => {
    const tracer = await new TraceSession(mesh).open(named);
    requireEnvoy(tracer);
    return await reach(walkedBy(tracer), options);
  });
}

async function optionsOf(flags: ReachFlags, streams: Streams): Promise<ReachOptions> {
  const { wantedOutcomes } = await import('../../reach/wanted.js');
  const { wants, where } = wantedOutcomes(flags);
  return { ...(await scopeOf({ ...flags, where: [...(flags.where ?? []), ...where] }, streams)), wants };
}

/** Gateways come first: they are how requests come from outside. */
async function fromAll(
  mesh: MeshSource,
  to: string,
  options: ReachOptions,
  reach: (from: Walked, options: ReachOptions) => Promise<Reach>,
): Promise<Reach> {
  const session = new TraceSession(mesh);
  const ids = await mesh.proxies();
  if (ids.length === 0) {
    throw new UsageError(`reach requires a pod name: ${mesh.label} does not say which proxies there are`, {
      hint: 'Name the calling pod as POD.NAMESPACE.',
    });
  }
  const tracers: Tracer[] = [];
  for (const id of ids) tracers.push(await session.open(proxyName(id)));
  const rank = ({ config }: Tracer): number => (config.proxyType === 'router' ? 0 : 1);
  const senders = tracers.filter(({ config }) => config.proxyType !== 'waypoint').sort((a, b) => rank(a) - rank(b));
  const passing = tracers.flatMap(({ proxy, config }) =>
    proxy !== null && config.proxyType !== 'sidecar' ? [proxy] : [],
  );
  const { leadsTo } = await import('../../reach/to.js');
  const leads = leadsTo(to, new Set(passing));
  const found: Reach[] = [];
  for (const [number, tracer] of senders.entries()) {
    const progress = (text: string): void => options.progress?.(`${number + 1} of ${senders.length} proxies: ${text}`);
    found.push(await reach(walkedBy(tracer), { ...options, leads, progress }));
  }
  return {
    from: null,
    complete: found.every(({ complete }) => complete),
    unsplit: [...new Set(found.flatMap(({ unsplit }) => unsplit))],
    assumed: found[0]?.assumed ?? [],
    classes: found.flatMap(({ classes }) => classes),
  };
}
