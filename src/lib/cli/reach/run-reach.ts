/** `mctl reach`: from the flags to the classes of one proxy, or of all of them. */
import { UsageError } from '../../errors';
import { proxyName } from '../../proxy-id';
import { scopeOf, type ScopeFlags } from './scope';
import { walkedBy } from './walked-by';
import type { Walked } from '../../reach/walked';
import type { Reach, ReachOptions } from '../../reach/reach';
import type { ClassOutcome } from '../../reach/outcome';
import type { MeshSource } from '../../source/source';
import { isWithoutEnvoy } from '../../session/ambient';
import { TraceSession, type Tracer } from '../../session/trace-session';
import type { Verdict } from '../../trace/model';
import { type SourceFlags, withCaller, withMesh } from '../session';
import type { Streams } from '../streams';

export interface ReachFlags extends SourceFlags, ScopeFlags {
  readonly to?: string | undefined;
  readonly verdict?: readonly Verdict[] | undefined;
  readonly status?: number | undefined;
  readonly policy?: string | undefined;
}

/** Throws UsageError for flags that name no requests, and what sources throw. */
export async function runReach(target: string | undefined, flags: ReachFlags, streams: Streams): Promise<Reach> {
  const { reach } = await import('../../reach/reach.js');
  const options = await optionsOf(flags, streams);
  if (target === undefined && flags.to !== undefined) {
    return await withMesh(flags, streams, async (mesh) => await fromAll(mesh, options, reach));
  }
  return await withCaller({ flags, target, noun: 'reach' }, streams, async (named, mesh) => {
    const tracer = await new TraceSession(mesh).open(named);
    if (isWithoutEnvoy(tracer.config)) {
      throw new UsageError(`${tracer.proxy ?? 'the pod'} has no Envoy: its requests go through ztunnel`, {
        hint: 'Classes are made of what Envoys ask. Trace single requests with mctl pc trace.',
      });
    }
    return await reach(walkedBy(tracer), options);
  });
}

async function optionsOf(flags: ReachFlags, streams: Streams): Promise<ReachOptions> {
  const { parseTo } = await import('../../reach/to.js');
  const { to, where = [], verdict, status, policy } = flags;
  const host = to?.startsWith('host=') === true ? [to] : [];
  const isThere = to === undefined || host.length > 0 ? () => true : parseTo(to);
  return {
    ...(await scopeOf({ ...flags, where: [...where, ...host] }, streams)),
    wants: (outcome: ClassOutcome) =>
      isThere(outcome) &&
      (verdict === undefined || verdict.includes(outcome.verdict)) &&
      (status === undefined || outcome.status === status) &&
      (policy === undefined || isOfPolicy(outcome.policy, policy)),
  };
}

/** By Envoy's name of it, or by that of the AuthorizationPolicy that istiod made it of. */
function isOfPolicy(own: string | null, wanted: string): boolean {
  return own === wanted || own?.includes(`policy[${wanted}]`) === true || own?.endsWith(`/${wanted}`) === true;
}

/** Gateways come first: they are how requests come from outside. */
async function fromAll(
  mesh: MeshSource,
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
  const found: Reach[] = [];
  for (const tracer of senders) found.push(await reach(walkedBy(tracer), options));
  return {
    from: null,
    complete: found.every(({ complete }) => complete),
    unsplit: [...new Set(found.flatMap(({ unsplit }) => unsplit))],
    assumed: found[0]?.assumed ?? [],
    classes: found.flatMap(({ classes }) => classes),
  };
}
