/** `zc all`: the five tables one after the other, gathered in one pass. */
import { type TableTransform, renderPlain } from '../../render/table';
import type { DumpOutline } from '../../ztunnel/read-dump';
import { certificateView } from './certificates';
import { connectionView } from './connections';
import { policyView } from './policies';
import { serviceView } from './services';
import { workloadView } from './workloads';
import { mergedTaking, type Taking } from './ztunnel-view';

export interface AllGathering extends Taking {
  /** @param withHeaders whether a heading stands over each table */
  text(outline: DumpOutline, withHeaders: boolean, cells: TableTransform): string;
}

/** The views by the heading over each, in istioctl's order. */
const PARTS = [
  ['WORKLOAD', workloadView],
  ['SERVICE', serviceView],
  ['POLICY', policyView],
  ['SECRET', certificateView],
  ['CONNECTIONS', connectionView],
] as const;

/** @param now the clock that certificates are judged by */
export function gatherAll(now: Date): AllGathering {
  const parts = PARTS.map(([heading, view]) => ({
    heading,
    gathering: view.gather({ values: {}, isTable: true, now }),
  }));
  return {
    ...mergedTaking(parts.map(({ gathering }) => gathering)),
    text: (outline, withHeaders, cells) =>
      parts
        .map(({ heading, gathering }) => {
          const title = withHeaders ? `------ ${heading} INFO ------\n\n` : '';
          return `\n${title}${renderPlain(cells(gathering.made(outline).result.table))}`;
        })
        .join(''),
  };
}
