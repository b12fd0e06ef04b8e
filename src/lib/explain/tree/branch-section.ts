/** The other ways that a request can go: one entry each, with the way in short and the step that ends it. */
import type { OutlineEntry, OutlineSection, Paragraph } from '../../render/outline';
import type { Branch, Hop, Trace } from '../../trace/model';
import { cutList } from '../cut';
import { causeSentence, fateOf } from '../summary/verdict-sentence';
import { moodOf, percent, verdictMark } from '../words';
import { paragraph } from '../paragraphs';
import type { TreeDetail } from './detail';

/** Every other way where they are asked for; else those that end badly, since the exit status goes by them. */
export function branchSections(trace: Trace, { listBranches = true }: TreeDetail): readonly OutlineSection[] {
  const told = listBranches
    ? trace.branches
    : trace.branches.filter((branch) => moodOf(branch) !== 'good').slice(0, WORST);
  const hidden = trace.branches.length - told.length;
  const open = hidden > 0 || (trace.branches.length === 0 && trace.share === undefined && hasChoice(trace));
  const notes = [
    ...(open ? [`--all-branches lists every way${hidden > 0 ? `: ${hidden} more` : ''}.`] : []),
    ...(trace.unwalked === undefined ? [] : [`${percent(trace.unwalked)} was not walked: there are too many ways.`]),
  ];
  const entries = [...told.map((branch) => branchEntry(branch, trace)), ...notes.map(noteEntry)];
  return entries.length === 0 ? [] : [{ title: told.length === 0 ? '' : 'Other ways it can go', entries }];
}

/** How many ways that end badly are told where nobody asks for all. */
const WORST = 2;

function hasChoice({ hops }: Trace): boolean {
  return hops.some((hop) => hop.clusters.length > 1);
}

function noteEntry(text: string): OutlineEntry {
  return { mark: '', tone: 'dim', label: '', paragraphs: [paragraph(text, 'dim')] };
}

function branchEntry(branch: Branch, trace: Trace): OutlineEntry {
  const mood = moodOf(branch);
  const cause = causeSentence(branch);
  return {
    mark: verdictMark(branch),
    tone: mood,
    label: percent(branch.share),
    paragraphs: [
      paragraph(`${branch.because}: ${fateOf(trace.request, branch)}`),
      ...(cause === null ? [] : [paragraph(cause, mood === 'good' ? 'plain' : mood)]),
      ...branch.hops.map(wayOf),
    ],
  };
}

/** How many clusters of a route are named of each way. */
const MOST_CLUSTERS = 200;

function wayOf(hop: Hop): Paragraph {
  const { shown, left } = cutList(hop.clusters, MOST_CLUSTERS, 'clusters');
  const names = [
    hop.listener?.name,
    hop.filterChain?.name,
    hop.virtualHost?.name,
    hop.route?.name,
    [...shown.map(({ name }) => name), ...(left === null ? [] : [`and ${left}`])].join(', '),
  ].filter((name) => name !== undefined && name !== null && name !== '');
  return paragraph(`${hop.direction} at ${hop.proxy ?? 'this proxy'}: ${names.join(' → ')}`, 'dim');
}
