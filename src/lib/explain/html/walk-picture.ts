/** What the picture of a walk shows: the caller, each proxy's decisions, the ways not taken, the end. */
import type { Branch, Hop, Step, Trace } from '../../trace/model';
import { requestName } from '../summary/verdict-sentence';
import { endMood, type Mood, moodOf, percent, stageText, verdictText } from '../words';
import type { Face, Picture } from './picture';
import { PictureLayout } from './picture-layout';

/** The page's element id of a step, by hop and step index. */
export type StepId = (hop: number, step: number) => string;

/** How many other clusters are drawn below the one that is taken. */
const OTHERS = 4;

export function walkPicture(walk: Trace | Branch, request: Trace['request'], idOf: StepId): Picture {
  const layout = new PictureLayout();
  const caller = request.source.proxy ?? request.source.ip ?? 'the caller';
  layout.add(face(caller, requestName(request), 'plain'), '');
  walk.hops.forEach((hop, index) => {
    layout.openLane(`${index + 1} ${hop.direction}`, hop.proxy ?? 'this proxy');
    addSteps(layout, hop, walk, (step) => idOf(index, step));
    layout.closeLane();
  });
  layout.add(face('verdict', verdictText(walk), moodOf(walk)), '');
  return layout.toPicture();
}

function face(title: string, name: string, mood: Mood | 'plain', target: string | null = null): Face {
  return { title, name, mood, isOther: false, target };
}

function addSteps(layout: PictureLayout, hop: Hop, walk: Trace | Branch, idOf: (step: number) => string): void {
  hop.steps.forEach((step, index) => {
    if (step.outcome === 'noted' || (step.outcome === 'passed' && step.stage === 'http-filter')) return;
    const end = endMood(step, walk);
    const isAllTold = step.name === null && end === null;
    const name = isAllTold ? step.because : (step.name ?? 'ends here');
    const note = isAllTold ? '' : step.because;
    layout.add(face(titleOf(step, hop), name, end ?? 'plain', idOf(index)), note);
    if (step.stage === 'cluster') addOthers(layout, hop, step);
  });
}

/** The stage, with the share of what it chose where there were others. */
function titleOf(step: Step, { clusters }: Hop): string {
  const chosen =
    step.stage === 'cluster' && clusters.length > 1 ? clusters.find(({ name }) => name === step.name) : null;
  return chosen ? `${stageText(step.stage)}, ${percent(chosen.share)}` : stageText(step.stage);
}

function addOthers(layout: PictureLayout, hop: Hop, taken: Step): void {
  // A hop may go through clusters of its own before the one that leaves it.
  if (!hop.clusters.some(({ name }) => name === taken.name)) return;
  const others = hop.clusters.filter(({ name }) => name !== taken.name);
  for (const { name, share, type } of others.slice(0, OTHERS)) {
    layout.addOther({ ...face(`or ${percent(share)}`, name, type === null ? 'bad' : 'plain'), isOther: true });
  }
  if (others.length > OTHERS) {
    layout.addOther({ ...face('or', `${others.length - OTHERS} more clusters`, 'plain'), isOther: true });
  }
}
