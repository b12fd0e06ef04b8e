/** `pc stats`: Envoy's statistics, of the server or of its clusters. */
import { literalExpression } from '../literal-expression';
import { decoded } from '../envoy/decode';
import type { ClusterStatus, HostStatus } from '../envoy/endpoint';
import { toProtoNames } from '../envoy/field-names';
import { InputError } from '../errors';
import { addressText } from './endpoint/address-text';
import { uriComponent } from '../uri-component';

/** Which statistics are wanted. */
export interface StatsQuery {
  /** Names that hold this text. */
  readonly name: string;
  /** Names that Envoy's own filter, a regular expression, lets through. */
  readonly filter: string;
  /** Only those that were ever written. */
  readonly usedOnly: boolean;
}

export type StatsFormat = 'text' | 'json' | 'prom';

/**
 * The admin path of server statistics. Envoy filters by a regular expression of RE2 that may match anywhere.
 * https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--stats
 */
export function statsPath({ name, filter, usedOnly }: StatsQuery, format: StatsFormat): string {
  // What Prometheus is told has other names than what Envoy filters by.
  const pattern = filter === '' && format !== 'prom' ? literalExpression(name) : filter;
  const parameters = [
    ...(format === 'json' ? ['format=json'] : []),
    ...(usedOnly ? ['usedonly'] : []),
    ...(pattern === '' ? [] : [`filter=${uriComponent(pattern)}`]),
  ];
  const path = format === 'prom' ? '/stats/prometheus' : '/stats';
  return parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
}

/** Lines of Prometheus's format whose metric name or labels hold the text, with their TYPE and HELP lines. */
export function filterProm(text: string, name: string): string {
  if (name === '') return text;
  const kept: string[] = [];
  let comments: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) {
      const isNew = comments.length === 0 || metricOf(comments[0] ?? '') !== metricOf(line);
      comments = isNew ? [line] : [...comments, line];
    } else if (line.includes(name)) {
      for (const comment of comments) kept.push(comment);
      kept.push(line);
      comments = [];
    }
  }
  return kept.map((line) => `${line}\n`).join('');
}

/** The metric of a `# TYPE metric kind` line. */
function metricOf(comment: string): string {
  return comment.split(' ')[2] ?? '';
}

/** Lines of /clusters of clusters whose name holds the text. */
export function filterClusterLines(text: string, name: string): string {
  if (name === '') return text;
  const lines = text.split('\n').filter((line) => (line.split('::')[0] ?? '').includes(name));
  return lines
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('');
}

const LIST = 'cluster_statuses';

/**
 * /clusters?format=json as Envoy wrote it, cut to clusters whose name holds the text. Throws InputError, with a pointer, where it
 * is no such document or a name is no text.
 */
export function filterClusters(document: unknown, name: string): object {
  const statuses = statusesOf(document);
  const named = name === '' ? statuses : statuses.filter((status, index) => nameOf(status, index).includes(name));
  return { ...(document as object), [LIST]: named };
}

/** Clusters as lines of Envoy's /clusters, as far as the JSON holds what these say. Throws InputError as filterClusters does. */
export function clusterLines(document: unknown): string {
  return statusesOf(document)
    .flatMap((status, index) => linesOf(statusOf(status, index)))
    .map((line) => `${line}\n`)
    .join('');
}

function statusesOf(document: unknown): readonly unknown[] {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new InputError('the answer of /clusters?format=json is not a JSON object');
  }
  const statuses = (document as Readonly<Record<string, unknown>>)[LIST] ?? [];
  if (!Array.isArray(statuses)) throw new InputError(`/${LIST} of /clusters?format=json is not a list`);
  return statuses;
}

function statusOf(status: unknown, index: number): ClusterStatus {
  return decoded(toProtoNames(status), 'ClusterStatus', `/${LIST}/${index}`);
}

function nameOf(status: unknown, index: number): string {
  return statusOf(status, index).name ?? '';
}

function linesOf({
  name = '',
  added_via_api: isAdded = false,
  host_statuses: hosts = [],
}: ClusterStatus): readonly string[] {
  const lines = hosts.flatMap((host) => {
    const place = `${name}::${addressText(host.address)}${portOf(host)}`;
    return [
      ...(host.stats ?? []).map((stat) => `${place}::${stat.name ?? ''}::${stat.value ?? '0'}`),
      `${place}::hostname::${host.hostname ?? ''}`,
      `${place}::health_flags::${flagsOf(host)}`,
      `${place}::weight::${host.weight ?? 1}`,
      `${place}::region::${host.locality?.region ?? ''}`,
      `${place}::zone::${host.locality?.zone ?? ''}`,
      `${place}::sub_zone::${host.locality?.sub_zone ?? ''}`,
      `${place}::priority::${host.priority ?? 0}`,
    ];
  });
  return [`${name}::added_via_api::${String(isAdded)}`, ...lines];
}

function portOf({ address }: HostStatus): string {
  const port = address?.socket_address?.port_value;
  return port === undefined ? '' : `:${port}`;
}

/** https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--clusters */
function flagsOf({ health_status: health = {} }: HostStatus): string {
  const flags = [
    health.failed_active_health_check === true ? '/failed_active_hc' : '',
    health.failed_outlier_check === true ? '/failed_outlier_check' : '',
    health.eds_health_status === 'UNHEALTHY' ? '/failed_eds_health' : '',
    health.failed_active_degraded_check === true ? '/degraded_active_hc' : '',
    health.eds_health_status === 'DEGRADED' ? '/degraded_eds_health' : '',
    health.pending_dynamic_removal === true ? '/pending_dynamic_removal' : '',
    health.pending_active_hc === true ? '/pending_active_hc' : '',
  ].join('');
  return flags === '' ? 'healthy' : flags;
}
