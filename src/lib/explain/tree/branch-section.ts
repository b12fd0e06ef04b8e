/** The other ways that a request can go: one entry each, with the way in short and the step that ends it. */
import type { OutlineEntry, OutlineSection, Paragraph } from '../../render/outline';
import type { Branch, Hop, Trace } from '../../trace/model';
import { causeSentence, fateOf } from '../summary/verdict-sentence';
import { moodOf, percent, verdictMark } from '../words';
import { paragraph } from './parts';

export function branchSections(trace: Trace): readonly OutlineSection[] {
  if (trace.branches.length > 0) {
    return [{ title: 'Other ways it can go', entries: trace.branches.map((branch) => branchEntry(branch, trace)) }];
  }
  const open = trace.hops.some((hop) => hop.clusters.length > 1);
  if (!open) return [];
  const text = 'The likeliest way is walked; --all-branches walks the others, too.';
  return [{ title: '', entries: [{ mark: '', tone: 'dim', label: '', paragraphs: [paragraph(text, 'dim')] }] }];
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

function wayOf(hop: Hop): Paragraph {
  const names = [
    hop.listener?.name,
    hop.filterChain?.name,
    hop.virtualHost?.name,
    hop.route?.name,
    hop.clusters.map(({ name }) => name).join(', '),
  ].filter((name) => name !== undefined && name !== null && name !== '');
  return paragraph(`${hop.direction} at ${hop.proxy ?? 'this proxy'}: ${names.join(' → ')}`, 'dim');
}
