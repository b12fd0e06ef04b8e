/** `mctl reach`: from the flags to the classes of one proxy, or of all of them. */
import type { ProxyConfig } from '../../envoy/proxy-config';
import { UnavailableError } from '../../errors';
import { nearest } from '../../nearest';
import { scopeOf, type ScopeFlags } from './scope';
import { walkedBy } from '../../reach/walked-by';
import type { WantedOutcomes } from '../../reach/wanted';
import type { Reach, ReachOptions } from '../../reach/reach';
import { requireEnvoy } from '../../session/ambient';
import { TraceSession } from '../../session/trace-session';
import { type SourceFlags, withCaller, withMesh } from '../session';
import { sourceWords } from '../source-words';
import type { TraceAgain } from '../../reach/table';
import type { MeshSource } from '../../source/source';
import type { Streams } from '../streams';

export interface ReachFlags extends SourceFlags, ScopeFlags, WantedOutcomes {}

export interface ReachFound {
  readonly result: Reach;
  /** What is to be said of it beside its count; null where that is nothing. */
  readonly remark: string | null;
  /** How a witness is traced again. */
  readonly again: TraceAgain;
}

/** Throws UsageError for flags that name no requests, and what sources throw. */
export async function runReach(target: string | undefined, flags: ReachFlags, streams: Streams): Promise<ReachFound> {
  const { noSuchDenial, wantedEnds } = await import('../../reach/wanted.js');
  // What is wrong in the flags is said before anything is read.
  const scope = await scopeOf(flags, streams);
  const { wants, policies } = wantedEnds(flags);
  const result = await reachBy(target, flags, streams, { ...scope, wants });
  const { policy } = flags;
  const isEmpty = policy !== undefined && result.classes.length === 0;
  const again = { isNamed: flags.file === undefined && flags.admin === undefined, source: sourceWords(flags) };
  return { result, remark: isEmpty ? noSuchDenial(policy, policies) : null, again };
}

async function reachBy(
  target: string | undefined,
  flags: ReachFlags,
  streams: Streams,
  asked: ReachOptions,
): Promise<Reach> {
  const { to, mode } = flags;
  if (target === undefined && to !== undefined) {
    const { reachFromAll } = await import('./from-all.js');
    return await withMesh(flags, streams, async (mesh) => {
      const destination = await named(mesh, to);
      const options = await endingThere(destination, asked);
      return await reachFromAll(mesh, { to: destination, options, wantsThere: asked.wants, mode });
    });
  }
  const { reach } = await import('../../reach/reach.js');
  return await withCaller({ flags, target, noun: 'reach' }, streams, async (from, mesh) => {
    const options = to === undefined ? asked : await endingThere(await named(mesh, to), asked);
    const tracer = await new TraceSession(mesh).open(from);
    requireEnvoy(tracer);
    requireCluster(to, tracer.config);
    return await reach(walkedBy(tracer), options);
  });
}

const CLUSTER = 'cluster=';

/** Throws UnavailableError for a cluster that the proxy does not have: no answer would tell that from one that nothing reaches. */
function requireCluster(to: string | undefined, config: ProxyConfig): void {
  if (to?.startsWith(CLUSTER) !== true) return;
  const name = to.slice(CLUSTER.length);
  if (config.cluster(name) !== null) return;
  const names = [...config.dump.eachCluster()].flatMap(({ resource }) => resource?.name ?? []);
  const near = nearest(name, names);
  throw new UnavailableError(
    `the proxy has no cluster ${name}`,
    near.length === 0 ? {} : { hint: `Did you mean ${CLUSTER}${near.join(` or ${CLUSTER}`)}?` },
  );
}

async function named(mesh: MeshSource, to: string): Promise<string> {
  const { destinationNamed } = await import('./destination-named.js');
  return await destinationNamed(mesh, to);
}

async function endingThere(to: string, asked: ReachOptions): Promise<ReachOptions> {
  const [{ endingAt }, { parseWhere }] = await Promise.all([
    import('../../reach/wanted.js'),
    import('../../reach/where.js'),
  ]);
  const { wants, where } = endingAt(to, asked.wants);
  return { ...asked, wants, where: [...asked.where, ...where.map(parseWhere)] };
}
