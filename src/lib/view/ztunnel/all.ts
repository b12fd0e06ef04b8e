/** `zc all`: the five tables one after the other, gathered in one pass. */
import { type TableTransform, plainBlocks } from '../../render/table';
import { withoutSecrets } from '../../secrets/secret-text';
import type { DumpOutline } from '../../ztunnel/read-dump';
import { certificateView } from './certificates';
import { connectionView } from './connections';
import { policyView } from './policies';
import { serviceView } from './services';
import { workloadView } from './workloads';
import { mergedTaking, type Taking } from './taking';
import type { ZtunnelView } from './ztunnel-view';

export interface AllGathering extends Taking {
  /** In blocks of lines, with no secret in them. @param withHeaders whether a heading stands over each table */
  text(outline: DumpOutline, withHeaders: boolean): Iterable<string>;
}

/** The views by the heading over each, in istioctl's order. */
const PARTS = [
  ['WORKLOAD', workloadView],
  ['SERVICE', serviceView],
  ['POLICY', policyView],
  ['SECRET', certificateView],
  ['CONNECTIONS', connectionView],
] as const;

/** One table in the making. */
interface Part extends Taking {
  blocks(outline: DumpOutline): Iterable<string>;
}

/**
 * @param now the clock that certificates are judged by
 * @param cells what becomes of cells; null where they are printed as they are
 */
export function gatherAll(now: Date, cells: TableTransform | null): AllGathering {
  const parts = PARTS.map(([heading, view]) => ({ heading, part: partOf(view, now, cells) }));
  return {
    ...mergedTaking(parts.map(({ part }) => part)),
    *text(outline, withHeaders) {
      for (const { heading, part } of parts) {
        yield `\n${withHeaders ? `------ ${heading} INFO ------\n\n` : ''}`;
        yield* part.blocks(outline);
      }
    },
  };
}

function partOf(view: ZtunnelView, now: Date, cells: TableTransform | null): Part {
  const plain = cells === null ? view.plain({ values: {} }) : null;
  if (plain !== null) return { ...plain, blocks: () => plain.made().blocks };
  const gathering = view.gather({ values: {}, isTable: true, now });
  return {
    ...gathering,
    *blocks(outline) {
      const { table } = gathering.made(outline).result;
      for (const block of plainBlocks(cells === null ? table : cells(table))) yield withoutSecrets(block);
    },
  };
}
