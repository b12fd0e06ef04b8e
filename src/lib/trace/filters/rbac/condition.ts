/** Permissions and principals of RBAC as one tree of conditions, compiled once and asked for each request. */
import type { Metadata } from '../../../envoy/any';
import { every, isUnknown, not, some, type Ternary } from '../../../match/ternary';
import type { StreamFacts } from '../../../http/stream-facts';
import type { CameFacts, ConditionFacts, PolicyMiss } from '../../facts/policy';

/** What RBAC decides by. */
export interface RbacInput extends StreamFacts {
  /** The route's metadata; null where there is no route. */
  readonly routeMetadata: Metadata | null;
}

export type RbacCondition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly RbacCondition[] }
  | { readonly kind: 'not'; readonly of: RbacCondition }
  | Leaf;

export interface Leaf {
  readonly kind: 'leaf';
  holds(input: RbacInput): Ternary;
  /** What it wants, in words of the configuration: `path exactly "/a"`. */
  readonly wants: () => string;
  came(input: RbacInput): CameFacts;
  /** Whether it holds for whatever comes. */
  readonly isAny?: boolean;
}

/** Whether a condition holds; unknown where an input that is not known decides. */
export function holds(condition: RbacCondition, input: RbacInput): Ternary {
  switch (condition.kind) {
    case 'all':
      return every(condition.of, (one) => holds(one, input));
    case 'any':
      return some(condition.of, (one) => holds(one, input));
    case 'not':
      return not(holds(condition.of, input));
    case 'leaf':
      return condition.holds(input);
  }
}

/** How much of a condition holds, 0 to 1: tells which of several that failed came nearest. */
export function nearness(condition: RbacCondition, input: RbacInput): number {
  switch (condition.kind) {
    case 'all': {
      const parts = condition.of.map((one) => nearness(one, input));
      return parts.length === 0 ? 1 : parts.reduce((sum, part) => sum + part, 0) / parts.length;
    }
    case 'any':
      return condition.of.reduce((best, one) => Math.max(best, nearness(one, input)), 0);
    default: {
      const result = holds(condition, input);
      return isUnknown(result) ? 0.5 : result ? 1 : 0;
    }
  }
}

/** Alternatives that are named; of more there is the number. */
const NAMED = 3;

/** Why a condition does not hold: the first part of it that fails, and what came. */
export function whyNot(condition: RbacCondition, input: RbacInput): PolicyMiss {
  switch (condition.kind) {
    case 'all': {
      const failed =
        condition.of.find((one) => holds(one, input) === false) ??
        condition.of.find((one) => holds(one, input) !== true);
      return failed === undefined ? { kind: 'every-condition-holds' } : whyNot(failed, input);
    }
    case 'any':
      return whyNone(condition.of, input);
    case 'not':
      if (condition.of.kind === 'leaf' && condition.of.isAny === true) return { kind: 'excludes-everything' };
      return { kind: 'condition-excludes', excluded: factsOf(condition.of), came: cameOf(condition.of, input) };
    case 'leaf':
      return { kind: 'condition-fails', wants: factsOf(condition), came: condition.came(input) };
  }
}

function whyNone(alternatives: readonly RbacCondition[], input: RbacInput): PolicyMiss {
  const [only] = alternatives;
  if (only === undefined) return { kind: 'lists-nothing' };
  if (alternatives.length === 1) return whyNot(only, input);
  const nearest = alternatives.reduce((best, one) => (nearness(one, input) > nearness(best, input) ? one : best), only);
  return { kind: 'condition-fails', wants: factsOf({ kind: 'any', of: alternatives }), came: cameOf(nearest, input) };
}

/** What came for the first leaf that decides. */
function cameOf(condition: RbacCondition, input: RbacInput): CameFacts {
  if (condition.kind === 'leaf') return condition.came(input);
  if (condition.kind === 'not') return cameOf(condition.of, input);
  const wanted = condition.kind === 'any';
  const deciding = condition.of.find((one) => holds(one, input) === wanted) ?? condition.of[0];
  return deciding === undefined ? { kind: 'nothing-listed' } : cameOf(deciding, input);
}

function factsOf(condition: RbacCondition): ConditionFacts {
  switch (condition.kind) {
    case 'leaf':
      return { kind: 'one', wants: condition.wants() };
    case 'not':
      return { kind: 'not', of: factsOf(condition.of) };
    case 'all':
    case 'any': {
      const named = condition.of.slice(0, NAMED).map(factsOf);
      return { kind: condition.kind, named, more: Math.max(0, condition.of.length - NAMED) };
    }
  }
}

/** What was met of a condition that holds; nothing where it holds for whatever comes. */
export function metOf(condition: RbacCondition, input: RbacInput): readonly ConditionFacts[] {
  switch (condition.kind) {
    case 'leaf':
      return condition.isAny === true ? [] : [factsOf(condition)];
    case 'not':
      return [factsOf(condition)];
    case 'any': {
      const met = condition.of.find((one) => holds(one, input) === true);
      return met === undefined ? [] : metOf(met, input);
    }
    case 'all':
      return condition.of.flatMap((one) => metOf(one, input));
  }
}
