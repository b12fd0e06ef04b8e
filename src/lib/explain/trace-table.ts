/** A trace as a table: one row a step. */
import type { Table } from '../render/table';
import { visibleLine } from '../render/visible';
import type { Hop, Outcome, Trace } from '../trace/model';
import { percent, stageText, verdictText } from './words';

const HEADER = ['HOP', 'STAGE', 'NAME', 'OUTCOME', 'BECAUSE'];

/** Rows of the main walk with the verdict as the last, then those of each branch under its share. */
export function traceTable(trace: Trace): Table {
  return {
    header: HEADER,
    padding: 3,
    rows: [
      ...walkRows(trace.hops),
      verdictRow(trace),
      ...trace.branches.flatMap((branch) => [
        [percent(branch.share), 'branch', '', '', branch.because],
        ...walkRows(branch.hops),
        verdictRow(branch),
      ]),
    ].map((row) => row.map(visibleLine)),
  };
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
