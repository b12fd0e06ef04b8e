/** Who sends the requests of checks for real (`--prove`), as those who judge checks see it. */
import type { Trace } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import type { Check } from './check-file';

/** What is to be sent of a check; or why nothing is. */
export type PlannedSending = { readonly query: TraceQuery } | { readonly unsent: string };

/** What became of it: the trace with its proof, once the evidence is there; or why nothing was sent. */
export type RequestSending = { readonly proved: () => Promise<Trace> } | { readonly unsent: string };

export interface Prover {
  planned(check: Check): PlannedSending;
  /** Sends the request of a check. Throws MctlError where nothing can be sent from there. */
  send(check: Check, trace: Trace): Promise<RequestSending>;
}
