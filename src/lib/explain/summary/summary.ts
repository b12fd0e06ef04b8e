/** A trace in one breath: what happens, why, and at a dead end what to do next. */
import { diagnosisOf } from './advice';
import type { Trace } from '../../trace/model';
import type { Traced } from '../../trace/trace';
import { isGood } from './dead-end';
import { sentence, verdictSentence } from './verdict-sentence';

/** The trace with its summary. */
export function summarized({ trace, because }: Traced): Trace {
  return { ...trace, summary: summaryOf({ trace, because }) };
}

function summaryOf({ trace, because }: Traced): string {
  const { cause, next } = diagnosisOf(trace.request, trace);
  const why = cause ?? (isGood(trace) ? null : sentence(because));
  return [
    verdictSentence(trace.request, trace),
    ...(why === null ? [] : [why]),
    ...(next === null ? [] : [sentence(next)]),
  ].join(' ');
}
