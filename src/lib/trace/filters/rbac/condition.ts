/** Permissions and principals of RBAC as one tree of conditions, compiled once and asked for each request. */
import type { Metadata } from '../../../envoy/any';
import { every, isUnknown, not, some, type Ternary } from '../../../match/ternary';
import type { StreamFacts } from '../../../http/stream-facts';

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
  /** What it wants, in words: `path exactly "/a"`. */
  readonly wants: () => string;
  /** What came, in words: `it is "/b"`. */
  came(input: RbacInput): string;
  /** Whether it holds for whatever comes. */
  readonly isAny?: boolean;
}

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

/** Alternatives that a sentence names; of more it gives the number. */
const NAMED = 3;

/** Why a condition does not hold: the first part of it that fails, and what came. */
export function whyNot(condition: RbacCondition, input: RbacInput): string {
  switch (condition.kind) {
    case 'all': {
      const failed =
        condition.of.find((one) => holds(one, input) === false) ??
        condition.of.find((one) => holds(one, input) !== true);
      return failed === undefined ? 'holds' : whyNot(failed, input);
    }
    case 'any':
      return whyNone(condition.of, input);
    case 'not':
      if (condition.of.kind === 'leaf' && condition.of.isAny === true) return 'it matches nothing at all';
      return `${describe(condition.of)} is excluded, and ${cameOf(condition.of, input)}`;
    case 'leaf':
      return `${condition.wants()} does not match: ${condition.came(input)}`;
  }
}

function whyNone(alternatives: readonly RbacCondition[], input: RbacInput): string {
  const [only] = alternatives;
  if (only === undefined) return 'has nothing that could match';
  if (alternatives.length === 1) return whyNot(only, input);
  const nearest = alternatives.reduce((best, one) => (nearness(one, input) > nearness(best, input) ? one : best), only);
  return `${describe({ kind: 'any', of: alternatives })} does not match: ${cameOf(nearest, input)}`;
}

/** What came for the first leaf that decides. */
function cameOf(condition: RbacCondition, input: RbacInput): string {
  if (condition.kind === 'leaf') return condition.came(input);
  if (condition.kind === 'not') return cameOf(condition.of, input);
  const wanted = condition.kind === 'any';
  const deciding = condition.of.find((one) => holds(one, input) === wanted) ?? condition.of[0];
  return deciding === undefined ? 'nothing is listed' : cameOf(deciding, input);
}

/** A condition in words. */
export function describe(condition: RbacCondition): string {
  switch (condition.kind) {
    case 'leaf':
      return condition.wants();
    case 'not':
      return `not (${describe(condition.of)})`;
    case 'all':
    case 'any': {
      const named = condition.of.slice(0, NAMED).map(describe);
      if (condition.of.length > NAMED) named.push(`${condition.of.length - NAMED} more`);
      return named.join(condition.kind === 'all' ? ' and ' : ' or ');
    }
  }
}

/** What of a condition was met, in words; null where it holds for whatever comes. */
export function whyHolds(condition: RbacCondition, input: RbacInput): string | null {
  switch (condition.kind) {
    case 'leaf':
      return condition.isAny === true ? null : condition.wants();
    case 'not':
      return describe(condition);
    case 'any': {
      const met = condition.of.find((one) => holds(one, input) === true);
      return met === undefined ? null : whyHolds(met, input);
    }
    case 'all': {
      const parts = condition.of.flatMap((one) => whyHolds(one, input) ?? []);
      return parts.length === 0 ? null : parts.join(' and ');
    }
  }
}
