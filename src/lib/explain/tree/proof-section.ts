/** What sending the request showed: every predicted step with its evidence. */
import type { OutlineEntry, OutlineSection } from '../../render/outline';
import type { Tone } from '../../render/style';
import type { ProofStep, Trace } from '../../trace/model';
import { MARKS, proofSentence, wayWords } from '../summary/proof-words';
import { stageText } from '../words';
import { paragraph } from '../paragraphs';
import type { TreeDetail } from './detail';

const TONES: Readonly<Record<'true' | 'false' | 'null', Tone>> = { true: 'good', false: 'bad', null: 'dim' };

/** Without -v, steps of which nothing tells are counted. */
export function proofSections(trace: Trace, { verbose = false, explain }: TreeDetail): readonly OutlineSection[] {
  const { proof } = trace;
  if (proof === undefined) return [];
  const { steps, ways, agrees } = proof;
  const isWhole = verbose || explain;
  const told = isWhole ? steps : steps.filter(({ seen, hop }) => seen !== null || hop === null);
  const silent = steps.length - told.length;
  const head: OutlineEntry = {
    mark: MARKS[`${agrees}`],
    tone: TONES[`${agrees}`],
    label: '',
    paragraphs: [paragraph(proofSentence(proof))],
  };
  return [
    {
      title: 'Proof',
      entries: [
        head,
        ...told.map((step) => stepEntry(step)),
        ...(silent === 0 ? [] : [dim(`– ${silent} steps of which nothing tells; -v names them.`)]),
        ...ways.map((way) => dim(wayWords(way, proof.sent))),
      ],
    },
  ];
}

function stepEntry({ stage, hop, name, seen, evidence }: ProofStep): OutlineEntry {
  const label = stage === 'response' ? 'answer' : stageText(stage);
  const what = [...(hop === null ? [] : [`${hop + 1}`]), ...(name === null ? [] : [name])].join('  ');
  const tone = TONES[`${seen}`];
  return {
    mark: MARKS[`${seen}`],
    tone,
    label,
    paragraphs: [
      what === ''
        ? paragraph(evidence)
        : { spans: [{ text: what, tone: 'name' }], aside: { text: evidence, tone: seen === false ? 'bad' : 'plain' } },
    ],
  };
}

function dim(text: string): OutlineEntry {
  return { mark: '', tone: 'dim', label: '', paragraphs: [paragraph(text, 'dim')] };
}
