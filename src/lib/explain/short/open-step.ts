/** The step at which the way ends: what was asked for, what came, and the nearest rival. */
import type { OutlineEntry } from '../../render/outline';
import type { Outcome, Step } from '../../trace/model';
import { moodOf, stageText, stepMark } from '../words';
import { labelled, paragraph } from '../paragraphs';
import { largest } from '../../lists';

/** How many rivals are told where nothing was chosen. */
const NEAREST = 1;
/** Details' labels are lined up to this width. */
const LABEL_WIDEST = 22;

export function openEntry(step: Step, outcome: Outcome): OutlineEntry {
  const { name, because, details, rejected, rejectedCount } = step;
  const tone = step.outcome === 'unknown' ? 'warn' : moodOf(outcome) === 'good' ? 'warn' : 'bad';
  const width = Math.min(
    LABEL_WIDEST,
    largest(
      details.map(([label]) => label.length),
      0,
    ),
  );
  const shown = rejected.slice(0, NEAREST);
  const more = rejectedCount - shown.length;
  return {
    mark: stepMark(step, outcome),
    tone,
    label: stageText(step.stage),
    paragraphs: [
      name === null
        ? paragraph(because, tone)
        : { spans: [{ text: name, tone: 'name' as const }], aside: { text: because, tone } },
      ...details.map(([label, text]) => labelled(label, text, width)),
      ...shown.map((one) => paragraph(`✘ ${one.name}: ${one.because}`, 'dim')),
      ...(more > 0 && shown.length > 0 ? [paragraph(`✘ and ${more} more (-v)`, 'dim')] : []),
    ],
  };
}
