/** What a route's conditions look at. */
import type { Runtime } from '../match/runtime';
import { parseQuery } from '../match/query-parameter';
import type { HttpMessage } from './message';
import type { StreamFacts } from './stream-facts';

/** Whether a request is within a share that a runtime fraction takes. */
export interface Lot {
  readonly kind: 'runtime-fraction';
  readonly isWithin: boolean;
}

/** Who draws lots where Envoy does: gives the number of the option that is taken. */
export interface Draws {
  /** @param options what can come, each with its chance from 0 to 1 */
  draw(options: readonly { readonly of: Lot; readonly share: number }[]): number;
}

/** What routes match. */
export interface RouteInput extends StreamFacts {
  readonly message: HttpMessage;
  readonly query: ReadonlyMap<string, string>;
  /** The client's certificate: null where the connection is not TLS. */
  readonly tls: PeerCertificate | null;
  readonly decisions: Draws;
  readonly runtime: Runtime;
}

export interface PeerCertificate {
  readonly presented: boolean;
  /** Whether it was verified: a chain without a trusted authority takes any. */
  readonly validated: boolean;
}

export function routeInput(parts: Omit<RouteInput, 'query'>): RouteInput {
  const { connection, message, headers, remote, filterState, metadata, tls, decisions, runtime } = parts;
  const query = parseQuery(message.path);
  return { connection, message, headers, remote, filterState, metadata, query, tls, decisions, runtime };
}
