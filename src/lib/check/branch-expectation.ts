/** What the ways that chance can take are expected to be: how probable an end is, and which other ways there are. */
import type { Branch, Trace, Verdict } from '../trace/model';
import type { BranchExpectation, ShareExpectation, Unmet } from './expectation-types';
import { isNear } from './shares';

/**
 * Where shares of verdicts are otherwise than expected. A number is the chance of the ways that end with `verdict`, or, where none
 * is expected, with the verdict of the likeliest way. Ways that were not walked (`unwalked`) may end in any way: where their
 * chance matters, nothing is met.
 */
export function unmetShare(
  trace: Trace,
  expected: ShareExpectation | undefined,
  verdict: string | null | undefined,
): readonly Unmet[] {
  if (expected === undefined) return [];
  const shares = sharesOf(trace);
  const isKnown = isNear(trace.unwalked ?? 0, 0);
  if (typeof expected === 'number') {
    const actual = shares[(verdict ?? trace.verdict) as Verdict] ?? 0;
    return isKnown && isNear(actual, expected) ? [] : [{ key: 'share', expected, actual: actualOf(actual, trace) }];
  }
  const verdicts = new Set([...Object.keys(shares), ...Object.keys(expected)] as Verdict[]);
  const isMet = isKnown && [...verdicts].every((one) => isNear(shares[one] ?? 0, expected[one] ?? 0));
  return isMet ? [] : [{ key: 'share', expected, actual: actualOf(shares, trace) }];
}

/** The chance of each verdict, over the likeliest way and all branches. */
function sharesOf(trace: Trace): Readonly<Partial<Record<Verdict, number>>> {
  const shares: Partial<Record<Verdict, number>> = {};
  for (const { verdict, share = 1 } of [trace, ...trace.branches]) shares[verdict] = (shares[verdict] ?? 0) + share;
  return shares;
}

function actualOf(actual: number | object, { unwalked }: Trace): unknown {
  if (unwalked === undefined) return actual;
  return typeof actual === 'number' ? { walked: actual, unwalked } : { ...actual, unwalked };
}

/**
 * Where the other ways are not as expected: an expectation that no branch meets, or a share that those which meet it do not have; and
 * branches that are there where none is expected.
 */
export function unmetBranches(
  { branches }: Trace,
  expected: readonly BranchExpectation[] | undefined,
  meets: (branch: Branch, expected: BranchExpectation) => boolean,
): readonly Unmet[] {
  if (expected === undefined) return [];
  if (expected.length === 0) {
    return branches.length === 0 ? [] : [{ key: 'branches', expected: [], actual: branches.map(briefOf) }];
  }
  return expected.flatMap((one, index): readonly Unmet[] => {
    const met = branches.filter((branch) => meets(branch, one));
    const share = met.reduce((sum, branch) => sum + branch.share, 0);
    if (met.length > 0 && (one.share === undefined || isNear(share, one.share))) return [];
    if (met.length > 0) return [{ key: `branches[${index}].share`, expected: one.share, actual: share }];
    return [{ key: `branches[${index}]`, expected: one, actual: branches.map(briefOf) }];
  });
}

/** A branch in a report. */
function briefOf({ share, verdict, reason, status, responseFlags, hops }: Branch): object {
  const clusters = hops[0]?.clusters.map(({ name }) => name) ?? [];
  const said = { verdict, reason, status, responseFlags, share: Number(share.toFixed(4)), clusters };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null));
}
