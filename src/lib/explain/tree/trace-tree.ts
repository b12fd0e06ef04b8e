/** A trace for people: the verdict, the request, each proxy's steps, and at a dead end what to do next. */
import { hostPort } from '../../envoy/address';
import { type OutlineEntry, type OutlineOptions, type OutlineSection, renderOutline } from '../../render/outline';
import type { Trace } from '../../trace/model';
import { adviceFor } from '../summary/advice';
import { causeSentence, sentence, verdictSentence } from '../summary/verdict-sentence';
import { moodOf, verdictMark } from '../words';
import { branchSections } from './branch-section';
import { hopSection } from './hop-section';
import { command, paragraph, type TreeDetail } from './parts';

/** Renders the tree. It is clean of control characters but for those of the style. */
export function renderTraceTree(trace: Trace, options: OutlineOptions & TreeDetail): string {
  return renderOutline(
    [
      headSection(trace),
      ...trace.hops.map((hop, index) => hopSection(hop, index, trace, options)),
      ...branchSections(trace),
      ...adviceSections(trace),
    ],
    options,
  );
}

function headSection(trace: Trace): OutlineSection {
  const mood = moodOf(trace);
  const cause = causeSentence(trace);
  return {
    title: '',
    entries: [
      {
        mark: verdictMark(trace),
        tone: mood,
        label: '',
        paragraphs: [
          paragraph(verdictSentence(trace.request, trace), 'title'),
          ...(cause === null ? [] : [paragraph(cause, mood === 'good' ? 'plain' : mood)]),
        ],
      },
      ...requestEntries(trace),
    ],
  };
}

function requestEntries({ request }: Trace): readonly OutlineEntry[] {
  const { source, destination, headers } = request;
  const from = [source.proxy, source.ip].filter((part) => part !== null).join(', ');
  const entry = (label: string, texts: readonly string[]): readonly OutlineEntry[] =>
    texts.length === 0 ? [] : [{ mark: '', tone: 'dim', label, paragraphs: texts.map((text) => paragraph(text)) }];
  return [
    ...entry(
      headers.length === 1 ? 'header' : 'headers',
      headers.map(([name, value]) => `${name}: ${value}`),
    ),
    ...entry('from', from === '' ? [] : [from]),
    ...entry('to', destination === null ? [] : [hostPort(destination.ip, destination.port)]),
  ];
}

function adviceSections(trace: Trace): readonly OutlineSection[] {
  const advice = adviceFor(trace.request, trace);
  if (advice === null) return [];
  const paragraphs = [paragraph(sentence(advice.text)), ...advice.commands.map((line) => command(line))];
  return [{ title: '', entries: [{ mark: '→', tone: 'title', label: 'next', paragraphs }] }];
}
