/** A trace for people: the answer first, then each proxy's steps. */
import { type OutlineOptions, type OutlineSection, renderOutline } from '../../render/outline';
import type { Trace } from '../../trace/model';
import { branchSections } from './branch-section';
import { headSection } from './head-section';
import { hopSection } from './hop-section';
import { paragraph } from '../paragraphs';
import type { TreeDetail } from './detail';
import { proofSections } from './proof-section';
import { shortHopSection } from './short-hop';

/** Renders the tree. It is clean of control characters but for those of the style. */
export function renderTraceTree(trace: Trace, options: OutlineOptions & TreeDetail): string {
  const isVerbose = options.verbose === true || options.explain;
  const hops = trace.hops.map((hop, index) =>
    isVerbose ? hopSection(hop, index, trace, options) : shortHopSection(hop, index, trace),
  );
  const sections = [
    headSection(trace, options),
    ...hops,
    ...branchSections(trace, options),
    ...proofSections(trace, options),
  ];
  return renderOutline(isVerbose ? sections : withHint(sections), options);
}

/** Closes the last section, without a blank line: a short trace stays on one screen. */
function withHint(sections: readonly OutlineSection[]): readonly OutlineSection[] {
  const last = sections.at(-1);
  const text = '-v shows every step, filter and setting; --explain all rejected candidates.';
  const hint = { mark: '', tone: 'dim' as const, label: '', paragraphs: [paragraph(text, 'dim')] };
  return last === undefined ? [] : [...sections.slice(0, -1), { ...last, entries: [...last.entries, hint] }];
}
