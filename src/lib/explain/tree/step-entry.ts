/** One step of a hop: what won, why, what acts there, where it came from, what was not taken. */
import { manifestText } from '../manifest-text';
import type { OutlineEntry, Paragraph } from '../../render/outline';
import type { Tone } from '../../render/style';
import type { Outcome, Step } from '../../trace/model';
import { isGood } from '../summary/dead-end';
import { stageText, stepMark } from '../words';
import { command, labelled, paragraph, type TreeDetail } from './parts';

const TONES: Readonly<Record<Step['outcome'], Tone>> = {
  matched: 'good',
  passed: 'good',
  missed: 'bad',
  ended: 'bad',
  unknown: 'warn',
  noted: 'dim',
  'not-evaluated': 'warn',
};

/** Details' labels are lined up to this width; a longer one stands out. */
const LABEL_WIDEST = 22;

export function stepEntry(step: Step, outcome: Outcome, shownOrigin: string | null, detail: TreeDetail): OutlineEntry {
  const tone = step.outcome === 'ended' && isGood(outcome) ? 'good' : TONES[step.outcome];
  return {
    mark: stepMark(step, outcome),
    tone,
    label: stageText(step.stage),
    paragraphs: [
      headline(step, tone),
      ...(isPlain(step) && !detail.explain ? [] : detailLines(step)),
      ...(step.origin === null || step.origin.command === shownOrigin ? [] : [command(step.origin.command)]),
      ...(step.manifest === undefined ? [] : [paragraph(manifestText(step.manifest))]),
      ...rejectedLines(step),
    ],
  };
}

/** The winner and its reason: on one line where they fit. */
function headline({ name, because }: Step, tone: Tone): Paragraph {
  const loud = tone === 'bad' || tone === 'warn' ? tone : 'plain';
  if (name === null) return paragraph(because, loud);
  return { spans: [{ text: name, tone: 'name' }], aside: { text: because, tone: loud } };
}

/** Settings of a cluster that seldom decide: they share their lines. */
const BACKGROUND: ReadonlySet<string> = new Set([
  'type',
  'load balancing',
  'connect timeout',
  'circuit breaker',
  'outlier detection',
  'active health checks',
]);

/** What each listener filter found is summed up in the step's reason. */
function isPlain({ stage, outcome }: Step): boolean {
  return stage === 'listener-filters' && outcome === 'passed';
}

function detailLines({ stage, details }: Step): readonly Paragraph[] {
  const inBackground = ([label]: Step['details'][number]): boolean => stage === 'cluster' && BACKGROUND.has(label);
  const own = details.filter((detail) => !inBackground(detail));
  const background = details
    .filter(inBackground)
    .map(([label, text]) => (label === 'type' ? text : `${label} ${text}`));
  const width = Math.min(LABEL_WIDEST, Math.max(0, ...own.map(([label]) => label.length)));
  return [
    ...own.map(([label, text]) => labelled(label, text, width)),
    ...(background.length === 0 ? [] : [paragraph(background.join('; '), 'dim')]),
  ];
}

function rejectedLines({ rejected, rejectedCount }: Step): readonly Paragraph[] {
  const more = rejectedCount - rejected.length;
  return [
    ...rejected.map(({ name, because }) => paragraph(`✘ ${name}: ${because}`, 'dim')),
    ...(more > 0
      ? [paragraph(rejected.length === 0 ? `${more} others not matched` : `✘ and ${more} more`, 'dim')]
      : []),
  ];
}
