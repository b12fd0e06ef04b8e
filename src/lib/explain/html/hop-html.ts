/** One proxy of the walk: its steps, and a table of where it sends the request. */
import type { ClusterChance, Hop, Outcome } from '../../trace/model';
import { cutList } from '../cut';
import { percent } from '../words';
import { endpointName } from '../summary/chosen-upstream';
import { type MarkupContent, el, type Markup } from '../../render/markup';
import type { ConfigText } from './config-text';
import { stepHtml } from './step-html';
import type { StepId } from './walk-picture';

export interface HopPage {
  readonly index: number;
  readonly outcome: Outcome;
  readonly idOf: StepId;
  readonly config: ConfigText;
}

export function hopHtml(hop: Hop, { index, outcome, idOf, config }: HopPage): Markup {
  const id = `${idOf(index, 0)}-hop`;
  return el(
    'section',
    { 'aria-labelledby': id },
    el('h3', { id }, el('span', { class: 'direction' }, `${index + 1} ${hop.direction}`), hop.proxy ?? 'this proxy'),
    el(
      'div',
      {},
      hop.steps.map((step, position) =>
        stepHtml(step, { id: idOf(index, position), outcome, config: (pointer) => config(hop, pointer) }),
      ),
    ),
    destinations(hop),
  );
}

/** How many clusters of a hop, and endpoints of a cluster, the page lists. */
const CLUSTERS = 100;
const ENDPOINTS = 100;

function destinations({ clusters, steps }: Hop): MarkupContent {
  if (clusters.length === 0) return null;
  const { shown, left } = cutList(clusters, CLUSTERS, 'clusters');
  const rows = [...shown.flatMap(clusterRows), ...(left === null ? [] : [row([left, ''], [])])];
  const sends = steps.some(({ stage, outcome }) => stage === 'endpoint' && outcome !== 'ended');
  const head = ['Cluster', 'Share', 'Endpoint', 'Share', 'Health', 'Pod'];
  return el(
    'table',
    {},
    el('caption', {}, sends ? 'Where it sends the request' : 'Where it would send the request'),
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        head.map((one) => el('th', { scope: 'col', class: one === 'Share' ? 'share' : null }, one)),
      ),
    ),
    el('tbody', {}, rows),
  );
}

function clusterRows({ name, share, type, endpoints }: ClusterChance): readonly Markup[] {
  const first = [name, percent(share)] as const;
  if (endpoints.length === 0) return [row(first, [type === null ? 'no such cluster' : 'none', '', '', ''])];
  const { shown, left } = cutList(endpoints, ENDPOINTS, 'endpoints');
  const rows = shown.map((endpoint, index) =>
    row(index === 0 ? first : ['', ''], [
      endpointName(endpoint),
      percent(endpoint.share),
      endpoint.health,
      endpoint.pod ?? '',
    ]),
  );
  return left === null ? rows : [...rows, row(['', ''], [left])];
}

function row([cluster, share]: readonly [string, string], rest: readonly string[]): Markup {
  const [endpoint = '', chance = '', health = '', pod = ''] = rest;
  return el(
    'tr',
    {},
    el('td', { class: 'name' }, cluster),
    el('td', { class: 'share' }, share),
    el('td', { class: 'name' }, endpoint),
    el('td', { class: 'share' }, chance),
    el('td', {}, health),
    el('td', { class: 'name' }, pod),
  );
}
