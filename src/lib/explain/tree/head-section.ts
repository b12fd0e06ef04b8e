/** The first lines of a trace: what happens, and at a dead end why, in which object, and what to do next. */
import type { OutlineEntry, OutlineSection, Paragraph } from '../../render/outline';
import { hostPort } from '../../envoy/address';
import type { Trace } from '../../trace/model';
import { diagnosisOf } from '../summary/advice';
import { remarksOn } from '../summary/remarks';
import { headline } from '../summary/shares';
import { wrongSentence } from '../summary/proof-words';
import { sentence } from '../summary/verdict-sentence';
import { moodOf, verdictMark } from '../words';
import { command, paragraph } from '../paragraphs';
import { withSource } from '../summary/facts';
import type { TreeDetail } from './detail';

export function headSection(trace: Trace, detail: TreeDetail): OutlineSection {
  const { worst, text } = headline(trace);
  const mood = moodOf(worst);
  const wrong = trace.proof === undefined ? null : wrongSentence(trace, trace.proof);
  const { cause, next, commands } = diagnosisOf(trace.request, worst);
  const [object, ...others] = commands.map((line) => withSource(line, detail.source ?? []));
  const isVerbose = detail.verbose === true || detail.explain;
  return {
    title: '',
    entries: [
      ...(wrong === null ? [] : [entry('✘', 'bad', [paragraph(wrong, 'bad')])]),
      entry(verdictMark(worst), mood, [
        paragraph(wrong === null ? text : `Predicted: ${text}`, 'title'),
        ...(cause === null ? [] : [paragraph(cause, mood === 'good' ? 'plain' : mood)]),
        ...(object === undefined ? [] : [command(object)]),
      ]),
      ...(next === null ? [] : [entry('→', 'title', [paragraph(sentence(next))])]),
      ...(others.length === 0
        ? []
        : [
            entry(
              '',
              'dim',
              others.map((line) => command(line)),
            ),
          ]),
      ...remarksOn(trace.request, trace).map((remark) => entry('!', 'warn', [paragraph(remark)])),
      ...(isVerbose ? requestEntries(trace) : []),
    ],
  };
}

function entry(mark: string, tone: OutlineEntry['tone'], paragraphs: readonly Paragraph[]): OutlineEntry {
  return { mark, tone, label: '', paragraphs };
}

function requestEntries({ request }: Trace): readonly OutlineEntry[] {
  const { source, destination, headers } = request;
  const from = [source.proxy, source.ip].filter((part) => part !== null).join(', ');
  const labelledEntry = (label: string, texts: readonly string[]): readonly OutlineEntry[] =>
    texts.length === 0 ? [] : [{ mark: '', tone: 'dim', label, paragraphs: texts.map((text) => paragraph(text)) }];
  return [
    ...labelledEntry(
      headers.length === 1 ? 'header' : 'headers',
      headers.map(([name, value]) => `${name}: ${value}`),
    ),
    ...labelledEntry('from', from === '' ? [] : [from]),
    ...labelledEntry('to', destination === null ? [] : [hostPort(destination.ip, destination.port)]),
  ];
}
