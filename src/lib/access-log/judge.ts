/** One access log line, explained: read, rebuilt, traced and compared. */
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Trace } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import { compare, type Comparison } from './compare';
import type { LogEntry } from './entry';
import { type Headers, openHeaders } from './open-headers';
import type { RebuiltRequest } from './rebuilt-request';

/** The proxy that wrote the line, ready to be asked. */
export interface Prophet {
  readonly config: ProxyConfig;
  trace(query: TraceQuery): Promise<Trace>;
}

export interface Judgement {
  readonly comparison: Comparison;
  /** Headers that the line does not hold and that the configuration needs to do what the line says; empty where it needs none. */
  readonly needs: Headers;
  readonly trace: Trace;
}

/**
 * Holds a line against the configuration. What the line does not hold is open: it agrees where some value of it makes the
 * configuration do what the line says, and differs where none that its routes ask for does.
 */
export async function judge(entry: LogEntry, rebuilt: RebuiltRequest, prophet: Prophet): Promise<Judgement> {
  const trace = await prophet.trace(rebuilt.query);
  const comparison = compare(entry, trace);
  const [hop] = trace.hops;
  if (comparison.kind !== 'differ' || hop === undefined || entry.method === null)
    return { comparison, needs: [], trace };
  for (const headers of openHeaders(prophet.config, hop, entry)) {
    const query = { ...rebuilt.query, headers: [...(rebuilt.query.headers ?? []), ...headers] };
    const other = await prophet.trace(query);
    const again = compare(entry, other);
    if (again.kind === 'agree') return { comparison: again, needs: headers, trace: other };
  }
  return { comparison, needs: [], trace };
}
