/** One step of a hop: what won, why, what acts there, where it came from, what was not taken. */
import { manifestText } from '../manifest-text';
import type { OutlineEntry, Paragraph } from '../../render/outline';
import type { Tone } from '../../render/style';
import type { Outcome, Step } from '../../trace/model';
import type { ClusterSetting } from '../../trace/facts/upstream';
import { factsOf } from '../step-facts';
import { labelled as settingText } from '../telling/labels';
import { CLUSTER_SETTINGS } from '../telling/upstream';
import { isGood } from '../summary/dead-end';
import { stageText, stepMark } from '../words';
import { command, labelled, paragraph } from '../paragraphs';
import type { TreeDetail } from './detail';
import { largest } from '../../lists';

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
const BACKGROUND: ReadonlySet<ClusterSetting['kind']> = new Set([
  'discovery-type',
  'balancer',
  'connect-timeout',
  'circuit-breaker',
  'outlier-detection',
  'active-health-checks',
]);

/** What each listener filter found is summed up in the step's reason. */
function isPlain({ stage, outcome }: Step): boolean {
  return stage === 'listener-filters' && outcome === 'passed';
}

function detailLines(step: Step): readonly Paragraph[] {
  const settings = factsOf(step, 'cluster')?.details;
  if (settings === undefined) return ownLines(step.details);
  const own = settings.filter(({ kind }) => !BACKGROUND.has(kind));
  const background = settings.filter(({ kind }) => BACKGROUND.has(kind)).map(backgroundText);
  return [
    ...ownLines(own.map((setting) => settingText(CLUSTER_SETTINGS, setting))),
    ...(background.length === 0 ? [] : [paragraph(background.join('; '), 'dim')]),
  ];
}

function backgroundText(setting: ClusterSetting): string {
  const [label, text] = settingText(CLUSTER_SETTINGS, setting);
  return setting.kind === 'discovery-type' ? text : `${label} ${text}`;
}

function ownLines(own: Step['details']): readonly Paragraph[] {
  const width = Math.min(
    LABEL_WIDEST,
    largest(
      own.map(([label]) => label.length),
      0,
    ),
  );
  return own.map(([label, text]) => labelled(label, text, width));
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
