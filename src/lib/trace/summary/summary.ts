/** A trace in one breath: what happens, why, and at a dead end what to do next. */
import { adviceFor } from './advice';
import { isGood, type Untold } from './dead-end';
import { causeSentence, sentence, verdictSentence } from './verdict-sentence';

/** The summary of a trace that has none yet; `because` is why it ends as it does, where no step says so. */
export function summaryOf(trace: Untold, because: string): string {
  const cause = causeSentence(trace) ?? (isGood(trace) ? null : sentence(because));
  const advice = adviceFor(trace.request, trace);
  return [
    verdictSentence(trace.request, trace),
    ...(cause === null ? [] : [cause]),
    ...(advice === null ? [] : [sentence(advice.text)]),
  ].join(' ');
}
