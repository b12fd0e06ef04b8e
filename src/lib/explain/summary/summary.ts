/** A trace in one breath: what happens, why, and at a dead end what to do next. */
import { adviceFor } from './advice';
import type { Trace } from '../../trace/model';
import type { Traced } from '../../trace/trace';
import { isGood } from './dead-end';
import { causeSentence, sentence, verdictSentence } from './verdict-sentence';

/** The trace with its summary. */
export function summarized({ trace, because }: Traced): Trace {
  return { ...trace, summary: summaryOf({ trace, because }) };
}

function summaryOf({ trace, because }: Traced): string {
  const cause = causeSentence(trace) ?? (isGood(trace) ? null : sentence(because));
  const advice = adviceFor(trace.request, trace);
  return [
    verdictSentence(trace.request, trace),
    ...(cause === null ? [] : [cause]),
    ...(advice === null ? [] : [sentence(advice.text)]),
  ].join(' ');
}
