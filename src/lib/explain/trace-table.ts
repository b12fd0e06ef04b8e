/** A trace as a table: one row a step. */
import type { Table } from '../render/table';
import { visibleLine } from '../render/visible';
import type { Hop, Outcome, Trace } from '../trace/model';
import { diagnosisOf } from './summary/advice';
import { remarksOn } from './summary/remarks';
import { headline } from './summary/shares';
import { sentence } from './summary/verdict-sentence';
import { percent, stageText, verdictText } from './words';

const HEADER = ['HOP', 'STAGE', 'NAME', 'OUTCOME', 'BECAUSE'];

/** The verdict with its cause and the next step, the steps of the main walk, then each branch under its share. */
export function traceTable(trace: Trace): Table {
  return {
    header: HEADER,
    padding: 3,
    rows: [
      ...answerRows(trace),
      ...walkRows(trace.hops),
      ...trace.branches.flatMap((branch) => [
        [percent(branch.share), 'branch', '', '', branch.because],
        verdictRow(branch),
        ...walkRows(branch.hops),
      ]),
    ].map((row) => row.map(visibleLine)),
  };
}

function answerRows(trace: Trace): readonly (readonly string[])[] {
  const { worst, text } = headline(trace);
  const { cause, next, commands } = diagnosisOf(trace.request, worst);
  const row = (stage: string, because: string): readonly string[] => ['', stage, '', '', because];
  return [
    ['', 'verdict', '', worst.verdict, trace.branches.length === 0 ? verdictText(worst) : text],
    ...(cause === null ? [] : [row('cause', cause)]),
    ...commands.slice(0, 1).map((line) => row('object', line)),
    ...(next === null ? [] : [row('next', sentence(next))]),
    ...remarksOn(trace.request, trace).map((remark) => row('note', remark)),
  ];
}

function verdictRow(outcome: Outcome): readonly string[] {
  return ['', 'verdict', '', outcome.verdict, verdictText(outcome)];
}

function walkRows(hops: readonly Hop[]): readonly (readonly string[])[] {
  return hops.flatMap((hop, index) =>
    hop.steps.map(({ stage, name, outcome, because }) => [
      `${index + 1} ${hop.direction}`,
      stageText(stage),
      name ?? '',
      outcome,
      because,
    ]),
  );
}
