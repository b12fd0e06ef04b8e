/** A request that meets a route's conditions. */
import type { RouteMatch } from '../envoy/route';
import type { Draft } from './conditions/condition';
import { headers } from './conditions/headers';
import { ROUTE_CONDITIONS } from './conditions/table';

const NOTHING: Draft = { method: null, headers: [], query: '', isGrpc: false, presentsCertificate: false };

/**
 * What a request needs but for its path; null where one of the conditions finds nothing that meets it. A method that a header
 * matcher asks for comes before the one that a condition brings along.
 */
export function witnessOf(match: RouteMatch): Draft | null {
  let draft: Draft = NOTHING;
  for (const condition of ROUTE_CONDITIONS) {
    const part = condition.witness(match);
    if (part === null) return null;
    draft = { ...draft, ...part, headers: [...draft.headers, ...(part.headers ?? [])] };
  }
  const asked = (match.headers ?? []).some(({ name }) => name?.toLowerCase() === ':method');
  return asked && match.connect_matcher !== undefined ? { ...draft, method: methodOf(match) ?? draft.method } : draft;
}

function methodOf(match: RouteMatch): string | null {
  return headers.witness(match)?.method ?? null;
}
