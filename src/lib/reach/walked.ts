/** A proxy that can be asked what becomes of a request, and what it asks of the request on the way. */
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Watcher } from '../match/watch';
import type { Trace } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import type { Observed } from './explore';
import { type AskedRequests, Recorder } from './recorder';

export interface Walked {
  /** `pod.namespace`; null where nobody knows. */
  readonly proxy: string | null;
  readonly config: ProxyConfig;
  /**
   * @param watch makes a watcher for each attempt; a walk that must fetch something first is begun anew
   * @param butEndpoints leaves other endpoints of the same cluster out of the ways
   */
  readonly trace: (query: TraceQuery, watch?: () => Watcher, butEndpoints?: boolean) => Promise<Trace>;
}

/** A request's trace, and what it was asked on the way. */
export async function observed(from: Walked, query: TraceQuery, asked: AskedRequests): Promise<Observed<Trace>> {
  const { recorder, result } = await recorded(from, query, asked, false);
  return { conditions: recorder.conditions, unsplit: recorder.unsplit, result };
}

/** @param butEndpoints leaves other endpoints of the same cluster out of the ways */
export async function recorded(
  from: Walked,
  query: TraceQuery,
  asked: AskedRequests,
  butEndpoints: boolean,
): Promise<{ readonly recorder: Recorder; readonly result: Trace }> {
  let recorder = new Recorder(asked);
  const watch = (): Recorder => {
    recorder = new Recorder(asked);
    return recorder;
  };
  const result = await from.trace(query, watch, butEndpoints);
  return { recorder, result };
}
