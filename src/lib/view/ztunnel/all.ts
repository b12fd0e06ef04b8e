/** `zc all`: the five tables one after the other, gathered in one pass. */
import { type TableTransform, renderPlain } from '../../render/table';
import type { DumpOutline, ZtunnelSectionName, Takers } from '../../ztunnel/read-dump';
import {
  gatherCertificates,
  gatherConnections,
  gatherPolicies,
  gatherServices,
  gatherWorkloads,
  type Gathering,
} from './gather';

export interface AllGathering {
  readonly takers: Takers;
  /** @param withHeaders whether a heading stands over each table */
  text(outline: DumpOutline, withHeaders: boolean, cells: TableTransform): string;
}

const HEADINGS = ['WORKLOAD', 'SERVICE', 'POLICY', 'SECRET', 'CONNECTIONS'];

/** @param now the clock that certificates are judged by */
export function gatherAll(now: Date): AllGathering {
  const gatherings = [
    gatherWorkloads({}, 'rows'),
    gatherServices('', 'rows'),
    gatherPolicies(''),
    gatherCertificates(now),
    gatherConnections({}, { direction: '', raw: false }),
  ];
  return {
    takers: merged(gatherings),
    text: (outline, withHeaders, cells) =>
      gatherings
        .map((gathering, index) => {
          const heading = withHeaders ? `------ ${HEADINGS[index] ?? ''} INFO ------\n\n` : '';
          return `\n${heading}${renderPlain(cells(gathering.made(outline).view.table))}`;
        })
        .join(''),
  };
}

const SECTIONS: readonly ZtunnelSectionName[] = ['workloads', 'services', 'policies', 'certificates', 'workloadState'];

/** Hands each entry to all that take it. */
function merged(gatherings: readonly Gathering[]): Takers {
  return Object.fromEntries(
    SECTIONS.map((section) => {
      const all = gatherings.flatMap(({ takers }) => takers[section] ?? []) as ((
        entry: unknown,
        token: unknown,
      ) => void)[];
      return [
        section,
        (entry: unknown, token: unknown) => {
          for (const take of all) take(entry, token);
        },
      ];
    }),
  );
}
