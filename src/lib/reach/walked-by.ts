/** What makes of an open proxy one that every request can be asked of. */
import type { Watcher } from '../match/watch';
import type { Trace } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import type { Walked } from './walked';

/** A proxy that traces what it is asked. */
interface TracedProxy extends Pick<Walked, 'proxy' | 'config'> {
  trace(
    query: TraceQuery,
    options: {
      readonly allBranches: boolean;
      readonly explain: boolean;
      readonly quiet?: boolean;
      readonly butEndpoints?: boolean;
      readonly watch?: (() => Watcher) | undefined;
    },
  ): Promise<Trace>;
}

/** A proxy of an open mesh as one that every request is asked of: all ways that chance can take are walked. */
export function walkedBy(traced: TracedProxy): Walked {
  return {
    proxy: traced.proxy,
    config: traced.config,
    trace: async (query, watch, butEndpoints = false) => {
      const quiet = watch !== undefined;
      return await traced.trace(query, { allBranches: true, explain: false, quiet, watch, butEndpoints });
    },
  };
}
