import type { Walked } from '../../reach/walked';
import type { Tracer } from '../../session/trace-session';

/** A proxy of an open mesh as one that every request is asked of: all ways that chance can take are walked. */
export function walkedBy(tracer: Tracer): Walked {
  return {
    proxy: tracer.proxy,
    config: tracer.config,
    trace: async (query, watch) => await tracer.trace(query, { allBranches: true, explain: false, watch }),
  };
}
