/** A trace in one breath: what happens, why, and at a dead end what to do next. */
import { adviceFor } from './advice';
import { isGood, type Untold } from './dead-end';
import { causeOf, verdictSentence } from './verdict-sentence';

/** The summary of a trace that has none yet; `because` is why it ends as it does, where no step says so. */
export function summaryOf(trace: Untold, because: string): string {
  const cause = causeOf(trace) ?? (isGood(trace) ? null : because);
  const advice = adviceFor(trace.request, trace);
  return [
    verdictSentence(trace.request, trace),
    ...(cause === null ? [] : [sentence(cause)]),
    ...(advice === null ? [] : [sentence(advice.text)]),
  ].join(' ');
}

/** A clause as a sentence; one that begins with a name keeps it as it is written. */
export function sentence(text: string): string {
  const first = /^[a-z]+(?:'[a-z]+)?[ ,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?:]$/.test(first) ? first : `${first}.`;
}
