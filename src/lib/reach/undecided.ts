/** What configuration does not decide of a request, on any way that chance can take. */
import { endingStep } from '../explain/summary/dead-end';
import type { Step, Trace } from '../trace/model';

type Way = Pick<Trace, 'verdict' | 'hops'>;

/**
 * In words: what an unknown end depends on, and filters that may answer or change a request and were not evaluated. Empty where all
 * is decided. What stands here is known of no class that it was found in, whatever its conditions are.
 */
export function undecidedOf(trace: Trace): readonly string[] {
  const ways: readonly Way[] = [trace, ...trace.branches];
  return [...new Set(ways.flatMap((way) => [...openFilters(way), ...unknownEnd(way)]))];
}

function unknownEnd(way: Way): readonly string[] {
  if (way.verdict !== 'unknown') return [];
  const step = endingStep(way)?.step;
  return step === undefined ? ['an end that is not known'] : isOfFilter(step) ? [] : [stepText(step)];
}

function openFilters({ hops }: Way): readonly string[] {
  const steps = hops.flatMap((hop) => hop.steps.filter(isOfFilter));
  return steps.filter(({ outcome }) => outcome === 'not-evaluated' || outcome === 'unknown').map(stepText);
}

function isOfFilter({ stage }: Step): boolean {
  return stage === 'http-filter' || stage === 'network-filter';
}

function stepText({ name, stage, because }: Step): string {
  return `${name ?? stage} (${because})`;
}
