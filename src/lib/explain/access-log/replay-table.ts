/** A replay's groups as a table, and its counts as a sentence. */
import type { ReplayGroup, ReplayResult } from '../../access-log/replay-result';
import type { Table } from '../../render/table';
import { visibleLine } from '../../render/visible';
import { shownText } from '../../secrets/redact';

/** One row a group; `wide` adds an example. */
export function replayTable({ groups }: ReplayResult, isWide: boolean): Table {
  return {
    header: ['LINES', 'RESULT', 'PROXY', 'STAGE', 'PREDICTED', 'LOGGED', 'NEEDS', ...(isWide ? ['EXAMPLE'] : [])],
    rows: groups.map((group) =>
      [
        String(group.count),
        group.kind,
        group.proxy ?? '-',
        group.stage ?? '-',
        group.predicted ?? '-',
        group.logged ?? '-',
        group.needs ?? '-',
        ...(isWide ? [shownText(group.example)] : []),
      ].map(visibleLine),
    ),
    padding: 3,
  };
}

/** How many lines agree with the configuration, as a sentence. */
export function replaySentence({ lines, agree, differ, unknown, leftOut }: ReplayResult): string {
  const plural = lines === 1 ? 'line' : 'lines';
  const others = leftOut === 0 ? '' : ` ${leftOut} left out, of which nothing came to a proxy.`;
  return `${lines} ${plural}: ${agree} agree, ${differ} differ, ${unknown} unknown.${others}`;
}

/** JUnit's test cases: one a group. */
export function groupName({ proxy, stage, predicted, logged, needs, kind }: ReplayGroup): string {
  const what = kind === 'differ' ? `${stage ?? ''}: ${predicted ?? ''} / ${logged ?? ''}` : (needs ?? 'as predicted');
  return `${proxy ?? 'proxy'} ${kind} ${what}`;
}
