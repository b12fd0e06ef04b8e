/** `mctl reach`: from the flags to the classes of one proxy, or of all of them. */
import { scopeOf, type ScopeFlags } from './scope';
import { walkedBy } from '../../reach/walked-by';
import type { WantedOutcomes } from '../../reach/wanted';
import type { Reach, ReachOptions } from '../../reach/reach';
import { requireEnvoy } from '../../session/ambient';
import { TraceSession } from '../../session/trace-session';
import { type SourceFlags, withCaller, withMesh } from '../session';
import type { MeshSource } from '../../source/source';
import type { Streams } from '../streams';

export interface ReachFlags extends SourceFlags, ScopeFlags, WantedOutcomes {}

/** Throws UsageError for flags that name no requests, and what sources throw. */
export async function runReach(target: string | undefined, flags: ReachFlags, streams: Streams): Promise<Reach> {
  const { reach } = await import('../../reach/reach.js');
  const { mode } = flags;
  // What is wrong in the flags is said before anything is read.
  await optionsOf({ ...flags, to: undefined }, streams);
  if (target === undefined && flags.to !== undefined) {
    const { to: asked } = flags;
    const [{ reachFromAll }, { wantedOutcomes }] = await Promise.all([
      import('./from-all.js'),
      import('../../reach/wanted.js'),
    ]);
    const { wants: wantsThere } = wantedOutcomes({ ...flags, to: undefined });
    return await withMesh(flags, streams, async (mesh) => {
      const to = await named(mesh, asked);
      const options = await optionsOf({ ...flags, to }, streams);
      return await reachFromAll(mesh, { to, options, wantsThere, mode });
    });
  }
  return await withCaller({ flags, target, noun: 'reach' }, streams, async (from, mesh) => {
    const to = flags.to === undefined ? undefined : await named(mesh, flags.to);
    const options = await optionsOf({ ...flags, to }, streams);
    const tracer = await new TraceSession(mesh).open(from);
    requireEnvoy(tracer);
    return await reach(walkedBy(tracer), options);
  });
}

async function named(mesh: MeshSource, to: string): Promise<string> {
  const { destinationNamed } = await import('./destination-named.js');
  return await destinationNamed(mesh, to);
}

async function optionsOf(flags: ReachFlags, streams: Streams): Promise<ReachOptions> {
  const { wantedOutcomes } = await import('../../reach/wanted.js');
  const { wants, where } = wantedOutcomes(flags);
  return { ...(await scopeOf({ ...flags, where: [...(flags.where ?? []), ...where] }, streams)), wants };
}
