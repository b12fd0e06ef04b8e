/** One proxy of the walk: its steps, those without news drawn together, and where it sends the request. */
import type { OutlineEntry, OutlineSection } from '../../render/outline';
import type { Hop, Outcome, Step } from '../../trace/model';
import { hopTitle } from '../words';
import { onlyEndpoint } from '../summary/chosen-upstream';
import { endpointEntries } from './endpoint-entry';
import { paragraph } from '../paragraphs';
import type { TreeDetail } from './detail';
import { stepEntry } from './step-entry';

export function hopSection(hop: Hop, index: number, outcome: Outcome, detail: TreeDetail): OutlineSection {
  let origin: string | null = null;
  const entries = grouped(hop.steps, detail).map((group) => {
    const [first] = group;
    if (group.length > 1 || first === undefined) return quietEntry(group);
    const entry = stepEntry(first.stage === 'endpoint' ? withPod(first, hop) : first, outcome, origin, detail);
    origin = first.origin?.command ?? origin;
    return entry;
  });
  return { title: hopTitle(hop, index), entries: [...entries, ...endpointEntries(hop, detail)] };
}

/** The step of a hop's only endpoint names its pod, since no list of endpoints follows. */
function withPod(step: Step, hop: Hop): Step {
  const pod = step.name === null ? null : (onlyEndpoint(hop)?.pod ?? null);
  return pod === null ? step : { ...step, because: `${pod}, ${step.because}` };
}

/** Runs of filters that let the request through and say nothing else become one group. */
function grouped(steps: readonly Step[], { explain }: TreeDetail): readonly (readonly Step[])[] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (
      !explain &&
      last !== undefined &&
      isQuiet(step) &&
      last.every((one) => isQuiet(one) && one.stage === step.stage)
    )
      last.push(step);
    else groups.push([step]);
  }
  return groups;
}

function isQuiet({ stage, outcome, details, rejectedCount, origin }: Step): boolean {
  return (
    (stage === 'http-filter' || stage === 'network-filter') &&
    (outcome === 'passed' || outcome === 'noted') &&
    details.length === 0 &&
    rejectedCount === 0 &&
    origin === null
  );
}

function quietEntry(steps: readonly Step[]): OutlineEntry {
  const names = steps.map((step) => step.name ?? step.because).join(', ');
  return {
    mark: '✔',
    tone: 'good',
    label: steps[0]?.stage === 'network-filter' ? 'network filters' : 'HTTP filters',
    paragraphs: [paragraph(`${steps.length} filters let the request through: ${names}`, 'dim')],
  };
}
