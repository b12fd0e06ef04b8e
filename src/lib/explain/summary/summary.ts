/** A trace in one breath: what happens, why, and at a dead end what to do next. */
import { diagnosisOf } from './advice';
import type { Trace } from '../../trace/model';
import type { Traced } from '../../trace/trace';
import { causeText, toldTrace, type ToldTrace } from '../telling/tell-trace';
import { isGood } from './dead-end';
import { sentence, verdictSentence } from './verdict-sentence';

/** The trace in words, with its summary. */
export function summarized({ trace, cause }: Traced): Trace {
  const told = toldTrace(trace);
  return { ...told, summary: summaryOf(told, causeText(cause)) };
}

/**
 * What happens, why, and at a dead end what to do next.
 * @param because why it ends as it does, where no step says so
 */
export function summaryOf(trace: ToldTrace, because: string): string {
  const { cause, next } = diagnosisOf(trace.request, trace);
  const why = cause ?? (isGood(trace) ? null : sentence(because));
  return [
    verdictSentence(trace.request, trace),
    ...(why === null ? [] : [why]),
    ...(next === null ? [] : [sentence(next)]),
  ].join(' ');
}
