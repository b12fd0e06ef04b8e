/** What every condition of a route can say of itself. */
import type { RouteConfiguration, RouteMatch } from '../../envoy/route';
import type { Ternary } from '../../match/ternary';
import type { RouteInput } from '../route-input';

/** A request in the making, to meet a route. */
export interface Draft {
  /** Null where any will do. */
  readonly method: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without its question mark. */
  readonly query: string;
  readonly isGrpc: boolean;
  readonly presentsCertificate: boolean;
}

/** A condition holds where the route does not set it. */
export interface RouteCondition {
  readonly name: string;
  readonly holds: (match: RouteMatch, input: RouteInput, configuration: RouteConfiguration) => Ternary;
  /** What it wants, in words; empty where the route does not set it. */
  readonly describe: (match: RouteMatch) => readonly string[];
  /** Why it does not hold, or on what that hangs: asked only then. */
  readonly miss: (match: RouteMatch, input: RouteInput) => string;
  /** Whether it holds in the wide route for every request for which it holds in the narrow one, as far as that is certain. */
  readonly implies: (narrow: RouteMatch, wide: RouteMatch) => boolean;
  /** What a request needs that meets it; empty where it needs nothing that can be sent, null where nothing is found. */
  readonly witness: (match: RouteMatch) => Partial<Draft> | null;
}

/** Of a list of conditions: the first that fails, else the first that is not known. */
export function firstOpen(results: readonly Ternary[]): Ternary {
  return results.find((result) => result === false) ?? results.find((result) => result !== true) ?? true;
}
