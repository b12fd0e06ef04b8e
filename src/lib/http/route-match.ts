/**
 * Whether a route's conditions hold for a request, which failed first, and whether those of one route imply another's.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routematch
 */
import type { RouteConfiguration, RouteMatch } from '../envoy/route';
import { isUnknown } from '../match/ternary';
import { watcher } from '../match/watch';
import { path } from './conditions/path';
import { ROUTE_CONDITIONS } from './conditions/table';
import type { RouteInput } from './route-input';

/** A condition that did not hold. */
export interface FailedCondition {
  /** How far the match came: the number of the condition in Envoy's order. */
  readonly depth: number;
  /** The name that it has in `conditions/table.ts`. */
  readonly condition: string;
  /** What it wants and what came, in words. */
  readonly says: () => string;
  /** Set where the condition hangs on something that is not in the configuration. */
  readonly unknown: string | null;
}

/** Null where every condition holds. Chance comes last, so that it is drawn only where it decides. */
export function failedCondition(
  match: RouteMatch,
  input: RouteInput,
  configuration: RouteConfiguration,
): FailedCondition | null {
  // Who watches learns less where the path alone decides: a route of another path asks nothing of the headers.
  if (watcher() !== null && path.holds(match, input, configuration) === false) {
    const says = (): string => path.miss(match, input);
    return { depth: ROUTE_CONDITIONS.indexOf(path), condition: path.name, says, unknown: null };
  }
  let open: FailedCondition | null = null;
  for (const [depth, condition] of ROUTE_CONDITIONS.entries()) {
    const holds = condition.holds(match, input, configuration);
    if (holds === true) continue;
    const failed = {
      depth,
      condition: condition.name,
      says: () => condition.miss(match, input),
      unknown: isUnknown(holds) ? holds.unknown : null,
    };
    if (!isUnknown(holds)) return failed;
    open ??= failed;
  }
  return open;
}

/** A route's conditions in words, the path's first. */
export function describeConditions(match: RouteMatch): readonly string[] {
  return [...path.describe(match), ...describeOthers(match)];
}

/** Every condition but the path's, in words. */
export function describeOthers(match: RouteMatch): readonly string[] {
  return ROUTE_CONDITIONS.flatMap((condition) => (condition === path ? [] : condition.describe(match)));
}

/**
 * Whether every request that one route takes is taken by another, so that the second, standing first, leaves it nothing.
 * False where that is not certain. Envoy takes the first route that matches.
 */
export function impliesRoute(narrow: RouteMatch, wide: RouteMatch): boolean {
  return ROUTE_CONDITIONS.every((condition) => condition.implies(narrow, wide));
}
