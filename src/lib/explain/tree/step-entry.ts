/** One step of a hop: what won, why, what acts there, where it came from, what was not taken. */
import type { OutlineEntry, Paragraph } from '../../render/outline';
import type { Tone } from '../../render/style';
import type { Outcome, Step } from '../../trace/model';
import { isGood } from '../../trace/summary/dead-end';
import { stageText, stepMark } from '../words';
import { command, labelled, paragraph } from './parts';

const TONES: Readonly<Record<Step['outcome'], Tone>> = {
  matched: 'good',
  passed: 'good',
  missed: 'bad',
  ended: 'bad',
  unknown: 'warn',
  noted: 'dim',
};

/** Details' labels are lined up to this width; a longer one stands out. */
const LABEL_WIDEST = 16;

export function stepEntry(step: Step, outcome: Outcome, shownOrigin: string | null): OutlineEntry {
  const tone = step.outcome === 'ended' && isGood(outcome) ? 'good' : TONES[step.outcome];
  return {
    mark: stepMark(step, outcome),
    tone,
    label: stageText(step.stage),
    paragraphs: [
      headline(step, tone),
      ...detailLines(step),
      ...(step.origin === null || step.origin.command === shownOrigin ? [] : [command(step.origin.command)]),
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

function detailLines({ details }: Step): readonly Paragraph[] {
  const width = Math.min(LABEL_WIDEST, Math.max(0, ...details.map(([label]) => label.length)));
  return details.map(([label, text]) => labelled(label, text, width));
}

function rejectedLines({ rejected, rejectedCount }: Step): readonly Paragraph[] {
  const more = rejectedCount - rejected.length;
  return [
    ...rejected.map(({ name, because }) => paragraph(`✘ ${name}: ${because}`, 'dim')),
    ...(more > 0 ? [paragraph(rejected.length === 0 ? `${more} others not taken` : `✘ and ${more} more`, 'dim')] : []),
  ];
}
