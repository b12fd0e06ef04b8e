/** What the picture of a walk shows: the caller, each proxy's decisions, the ways not taken, the end. */
import type { OutlineEntry } from '../../render/outline';
import type { Branch, Hop, Step, Trace } from '../../trace/model';
import { cutShares } from '../cut';
import { otherClusters } from '../summary/chosen-upstream';
import { requestName } from '../summary/verdict-sentence';
import { shortEntries } from '../short/entries';
import { endMood, type Mood, moodOf, percent, verdictText } from '../words';
import type { CardLine, Face, Picture, PictureShape } from './picture';
import { PictureLayout } from './picture-layout';

/** The page's element id of a step, by hop and step index. */
export type StepId = (hop: number, step: number) => string;

/** How many other clusters are drawn below the one that is taken. */
const OTHERS = 4;

/** Two proxies fill the widest page; more of them stand closer. */
const LANE = { two: 542, more: 404, stacked: 324 } as const;

/** The picture twice, for a wide and for a narrow screen. */
export function walkPictures(
  walk: Trace | Branch,
  request: Trace['request'],
  idOf: StepId,
): { readonly wide: Picture; readonly narrow: Picture } {
  const lane = walk.hops.length <= 2 ? LANE.two : LANE.more;
  const caller = request.source.proxy ?? request.source.ip ?? 'the caller';
  const scene: Scene = {
    first: face(caller, [nameLine(requestName(request))], 'plain'),
    lanes: walk.hops.map((hop, index) => ({
      title: `${index + 1} ${hop.direction}`,
      proxy: hop.proxy ?? 'this proxy',
      faces: facesOf(hop, walk, (step) => idOf(index, step)),
    })),
    last: face('verdict', [nameLine(verdictText(walk))], moodOf(walk)),
  };
  return {
    wide: laidOut(scene, { lane, isBeside: true }),
    narrow: laidOut(scene, { lane: LANE.stacked, isBeside: false }),
  };
}

/** What a picture shows, in its order: the caller, a lane for each proxy, the end. */
interface Scene {
  readonly first: Face;
  readonly lanes: readonly { readonly title: string; readonly proxy: string; readonly faces: readonly Face[] }[];
  readonly last: Face;
}

function laidOut({ first, lanes, last }: Scene, shape: PictureShape): Picture {
  const layout = new PictureLayout(shape);
  layout.add(first);
  for (const { title, proxy, faces } of lanes) {
    layout.openLane(title, proxy);
    for (const one of faces) layout.add(one);
    layout.closeLane();
  }
  layout.add(last);
  return layout.toPicture();
}

function face(title: string, lines: readonly CardLine[], mood: Mood | 'plain', target: string | null = null): Face {
  return { title, lines, mood, isOther: false, target };
}

function nameLine(text: string): CardLine {
  return { text, isName: true };
}

/** The steps that the short tree tells; behind a cluster those that could have been taken in its place. */
function facesOf(hop: Hop, walk: Trace | Branch, idOf: (step: number) => string): readonly Face[] {
  return shortEntries(hop, walk).flatMap(({ step, index, entry }) => [
    face(titleOf(entry, step, hop), cardLines(entry), endMood(step, walk) ?? 'plain', idOf(index)),
    ...(step.stage === 'cluster' ? otherFaces(hop, step) : []),
  ]);
}

/** What the tree says of the step, but for commands to copy. */
function cardLines({ paragraphs }: OutlineEntry): readonly CardLine[] {
  return paragraphs
    .filter(({ command }) => command !== true)
    .flatMap(({ spans, aside }): readonly CardLine[] => {
      const text = spans.map((span) => span.text).join('');
      const line = { text, isName: spans[0]?.tone === 'name' };
      return aside === undefined || aside.text === '' ? [line] : [line, { text: aside.text, isName: false }];
    });
}

/** The stage, with the share of what it chose where there were others. */
function titleOf({ label }: OutlineEntry, step: Step, { clusters }: Hop): string {
  const chosen =
    step.stage === 'cluster' && clusters.length > 1 ? clusters.find(({ name }) => name === step.name) : null;
  return chosen ? `${label}, ${percent(chosen.share)}` : label;
}

function otherFaces(hop: Hop, taken: Step): readonly Face[] {
  const { shown, left, leftShare } = cutShares(otherClusters(hop, taken), OTHERS, 'clusters');
  const faces = shown.map(({ name, share, type }): Face => {
    const missing = type === null ? [{ text: 'the proxy has no such cluster', isName: false }] : [];
    const lines = [nameLine(name), ...missing];
    return { ...face(`or ${percent(share)}`, lines, type === null ? 'bad' : 'plain'), isOther: true };
  });
  if (left === null) return faces;
  return [...faces, { ...face(`or ${percent(leftShare)}`, [{ text: left, isName: false }], 'plain'), isOther: true }];
}
