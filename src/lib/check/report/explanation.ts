/** What a report says below a check that did not pass: the expectations, and the part of the trace that differs. */
import { manifestText } from '../../explain/manifest-text';
import { proofLines } from '../../explain/summary/proof-words';
import { witnessText } from '../../reach/table';
import { visibleLine } from '../../render/visible';
import type { Hop, Stage, Step, Trace } from '../../trace/model';
import type { Unmet } from '../expectation';
import { unmetLines } from '../unmet-text';
import type { CheckReport, CheckResult } from '../result';

/** Which steps decide what a key is about; a key that is not here is about how the trace ends. */
const STAGES: Readonly<Record<string, readonly Stage[]>> = {
  listener: ['iptables', 'listener'],
  filterChain: ['listener-filters', 'filter-chain'],
  routeConfiguration: ['http-connection-manager', 'route-configuration'],
  virtualHost: ['virtual-host'],
  route: ['route'],
  cluster: ['route', 'network-filter', 'cluster'],
  clusters: ['route', 'network-filter', 'cluster'],
  pods: ['cluster', 'endpoint'],
};

/** Lines that explain a result, each of which stays one line whatever the names in it hold; empty where it passed. */
export function explanation(result: CheckResult): readonly string[] {
  return linesOf(result).map(visibleLine);
}

/** With `--prove`, lines that say what sending the request showed, or why nothing was sent; empty without. */
export function proofOf({ trace, unsent }: CheckResult): readonly string[] {
  if (unsent !== undefined) return [visibleLine(`– Not sent: ${unsent}`)];
  return trace?.proof === undefined ? [] : proofLines(trace.proof).map(visibleLine);
}

/** How many requests of checks were sent, and how many of them went as predicted; null where none was to be sent. */
export function proofTotals({ checks }: CheckReport): string | null {
  const unsent = checks.filter((check) => check.unsent !== undefined).length;
  const proofs = checks.flatMap(({ trace }) => trace?.proof ?? []);
  if (unsent + proofs.length === 0) return null;
  const count = (agrees: boolean | null): number => proofs.filter((proof) => proof.agrees === agrees).length;
  const parts = [
    `${count(true)} as predicted`,
    `${count(false)} otherwise`,
    ...(count(null) > 0 ? [`${count(null)} of which nothing could be seen`] : []),
    ...(unsent > 0 ? [`${unsent} not sent`] : []),
  ];
  return `proved: ${parts.join(', ')}`;
}

function linesOf(result: CheckResult): readonly string[] {
  if (result.error !== null) return [result.error];
  const { trace, counterexample } = result;
  const example = counterexample === undefined ? [] : [`counterexample: ${witnessText(counterexample)}`];
  const lines = [...example, ...result.failures.flatMap(unmetLines)];
  if (trace === null || result.failures.length === 0) return lines;
  return [...lines, ...traceLines(trace, result.failures)];
}

function traceLines(trace: Trace, failures: readonly Unmet[]): readonly string[] {
  const places = [...new Set(failures.flatMap((failure) => placesOf(trace, failure)))];
  const steps = places.flatMap(({ hop, step }) => stepLines(hop, step));
  return [...(trace.summary === '' ? [] : [trace.summary]), ...steps];
}

interface Place {
  readonly hop: Hop;
  readonly step: Step;
}

/** One object a step, so that a set holds it once. */
const places = new WeakMap<Step, Place>();

function placesOf(trace: Trace, { key }: Unmet): readonly Place[] {
  const number = /^hops\[(\d+)\]/.exec(key)?.[1];
  const hop = trace.hops[Number(number ?? 0)];
  const stages = STAGES[key.split('.').at(-1) ?? ''];
  if (stages === undefined || hop === undefined) return endOf(trace);
  const own = hop.steps.filter((step) => stages.includes(step.stage));
  return own.length === 0 ? endOf(trace) : own.map((step) => placeOf(hop, step));
}

/** The step that ended the walk, or the last one. */
function endOf(trace: Trace): readonly Place[] {
  const hop = trace.hops.at(-1);
  const ended = hop?.steps.findLast(
    ({ outcome }) => outcome === 'ended' || outcome === 'missed' || outcome === 'unknown',
  );
  const step = ended ?? hop?.steps.at(-1);
  return hop === undefined || step === undefined ? [] : [placeOf(hop, step)];
}

function placeOf(hop: Hop, step: Step): Place {
  const known = places.get(step) ?? { hop, step };
  places.set(step, known);
  return known;
}

function stepLines(hop: Hop, step: Step): readonly string[] {
  const name = step.name === null ? '' : ` ${step.name}`;
  const more = step.rejectedCount - step.rejected.length;
  return [
    `${hop.proxy ?? hop.direction}: ${step.stage} ${step.outcome}${name}: ${step.because}`,
    ...(step.origin === null || step.manifest === undefined
      ? []
      : [`  ${step.origin.kind} ${step.origin.name}: ${manifestText(step.manifest)}`]),
    ...step.rejected.map((one) => `  not ${one.name}: ${one.because}`),
    ...(more > 0 && step.rejected.length > 0 ? [`  and ${more} more`] : []),
  ];
}
