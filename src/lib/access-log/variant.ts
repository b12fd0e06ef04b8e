/** One guess at what a line does not hold. */
import type { TraceQuery } from '../trace/request/query';

/** The request with one thing more that the line does not hold, and what that is, in words. */
export interface Variant {
  readonly query: TraceQuery;
  readonly needs: string;
}
