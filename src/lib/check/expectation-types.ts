/** What a trace may be expected to say: the shapes of `expect` in a check file. */
import type { Verdict } from '../trace/model';

/** The chance of the ways that end with the expected verdict; or every verdict that a way ends with, and its chance. */
export type ShareExpectation = number | Readonly<Partial<Record<Verdict, number>>>;

/** Expectations of one hop. Text compares with text; null expects that there is none. */
export interface HopExpectation {
  readonly proxy?: string | null;
  readonly direction?: string | null;
  readonly listener?: string | null;
  /** The chain's name; a number is its place in the listener. */
  readonly filterChain?: string | number | null;
  readonly routeConfiguration?: string | null;
  readonly virtualHost?: string | null;
  /** The route's name; a number is its place in the virtual host. */
  readonly route?: string | number | null;
  /** The one cluster that the request goes to. */
  readonly cluster?: string | null;
  /** Every cluster that it can go to, with its share. */
  readonly clusters?: Readonly<Record<string, number>>;
  /** Every pod that it can reach in this hop's clusters: `name` or `name.namespace`. */
  readonly pods?: OneOrMore<string>;
  /** Expectations that must not hold, each by itself. */
  readonly not?: OneOrMore<Omit<HopExpectation, 'not'>>;
}

export type OneOrMore<T> = T | readonly T[];

/** How a way ends; expectations of a hop speak of the first hop. */
export interface WayExpectation extends Omit<HopExpectation, 'not'> {
  readonly verdict?: string | null;
  readonly reason?: string | null;
  readonly status?: number | string | null;
  readonly responseFlags?: string | null;
  readonly location?: string | null;
  readonly policy?: string | null;
}

/** Expectations of one of the other ways that chance can take. */
export interface BranchExpectation extends WayExpectation {
  /** The chance of the branches that meet the rest, 0 to 1. */
  readonly share?: number;
  readonly hops?: readonly HopExpectation[];
}

/** Expectations of a trace. */
export interface TraceExpectation extends WayExpectation {
  readonly share?: ShareExpectation;
  /** Each is met by at least one branch; an empty list expects that there is none. */
  readonly branches?: readonly BranchExpectation[];
  readonly hops?: readonly HopExpectation[];
  readonly not?: OneOrMore<Omit<TraceExpectation, 'not' | 'hops'>>;
}

/** An expectation that is not met. */
export interface Unmet {
  readonly key: string;
  readonly expected: unknown;
  readonly actual: unknown;
}
