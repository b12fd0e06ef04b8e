/** Where a hop sends the request: its clusters and their endpoints, each with its share. */
import type { OutlineEntry, Paragraph } from '../../render/outline';
import type { ClusterChance, EndpointChance, Hop } from '../../trace/model';
import { percent } from '../words';
import { paragraph } from '../paragraphs';
import { endpointName, onlyEndpoint } from '../summary/chosen-upstream';
import type { TreeDetail } from './detail';

/** How many endpoints of a cluster are listed before the rest is counted. */
const LISTED = 8;
/** `33.3%`. */
const WIDEST_SHARE = 5;

/** Empty where the hop leads nowhere, or where its only endpoint stands above. */
export function endpointEntries(hop: Hop, detail: TreeDetail): readonly OutlineEntry[] {
  const { clusters } = hop;
  if (clusters.length === 0 || onlyEndpoint(hop) !== null) return [];
  const single = clusters.length === 1;
  const paragraphs = clusters.flatMap((cluster) => [
    ...(single && isNamedAbove(cluster, hop) ? [] : [clusterLine(cluster, single)]),
    ...endpointLines(cluster, single && isNamedAbove(cluster, hop) ? 0 : 2, detail),
  ]);
  if (paragraphs.length === 0) return [];
  const goes = hop.steps.some(({ stage, outcome }) => stage === 'endpoint' && outcome !== 'ended');
  return [goes ? entry('→', 'goes to', paragraphs) : entry('·', 'would go to', paragraphs)];
}

function entry(mark: string, label: string, paragraphs: readonly Paragraph[]): OutlineEntry {
  return { mark, tone: mark === '→' ? 'good' : 'dim', label, paragraphs };
}

function isNamedAbove(cluster: ClusterChance, hop: Hop): boolean {
  return cluster.type !== null && hop.steps.some((step) => step.stage === 'cluster' && step.name === cluster.name);
}

function clusterLine(cluster: ClusterChance, single: boolean): Paragraph {
  const share = single ? '' : `${percent(cluster.share)} `;
  const missing = cluster.type === null ? ': the proxy has no such cluster' : '';
  return paragraph(`${share}${cluster.name}${missing}`, cluster.type === null ? 'bad' : 'plain');
}

function endpointLines({ endpoints, type }: ClusterChance, indent: number, detail: TreeDetail): readonly Paragraph[] {
  if (endpoints.length === 0) return type === null ? [] : [paragraph('no endpoints', 'bad', indent)];
  const listed = detail.explain ? endpoints : endpoints.slice(0, LISTED);
  const more = endpoints.length - listed.length;
  return [
    ...listed.map((endpoint) => endpointLine(endpoint, endpoints.length === 1, indent)),
    ...(more > 0 ? [paragraph(`and ${more} more endpoints`, 'dim', indent)] : []),
  ];
}

/** Health is told where it is not good: a healthy endpoint is no news. */
function endpointLine(endpoint: EndpointChance, only: boolean, indent: number): Paragraph {
  const parts = [
    ...(only && endpoint.share === 1 ? [] : [percent(endpoint.share).padStart(WIDEST_SHARE)]),
    endpointName(endpoint),
    ...(endpoint.health === 'HEALTHY' ? [] : [endpoint.health]),
    ...(endpoint.pod === null ? [] : [endpoint.pod]),
  ];
  return paragraph(parts.join('  '), endpoint.share > 0 ? 'plain' : 'dim', indent);
}
