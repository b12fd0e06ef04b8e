/** `mctl proxy-status`: what each proxy runs, when its configuration last came, and what it refused. */
import type { ConfigDump, ResourceEntry } from '../envoy/config-dump';
import { isServing } from '../envoy/serving';
import type { Table } from '../render/table';
import type { DumpOutline } from '../ztunnel/read-dump';
import { versionsOf } from './bootstrap-view';
import { ageText } from './duration-text';
import { failureText } from './state-text';
import type { ViewResult } from './view';

/** A resource that Envoy refused; what it had before goes on serving. */
export interface RejectedResource {
  readonly name: string;
  /** Envoy's own words. */
  readonly reason: string;
  /** When it was tried; null where the dump does not say. */
  readonly at: string | null;
}

/** One discovery service of a proxy. */
export interface DiscoveryStatus {
  /** When a resource last came; null where Envoy does not say, as it does not for endpoints. */
  readonly updated: string | null;
  /** The version that came last. */
  readonly version: string | null;
  /** Resources that serve, static ones included. */
  readonly count: number;
  readonly warming: readonly string[];
  readonly rejected: readonly RejectedResource[];
}

export interface ProxyStatus {
  readonly proxy: string;
  /** sidecar, router, waypoint; empty where the node does not say. */
  readonly type: string;
  /** The Kubernetes cluster, as istiod calls it. */
  readonly cluster: string;
  readonly istio: string;
  readonly envoy: string;
  readonly lds: DiscoveryStatus;
  readonly rds: DiscoveryStatus;
  readonly cds: DiscoveryStatus;
  readonly eds: DiscoveryStatus;
}

const SERVICES = ['lds', 'rds', 'cds', 'eds'] as const;
const NOUNS = { lds: 'listener', rds: 'route', cds: 'cluster', eds: 'endpoint' } as const;

/** The sections that a status is made from. */
export const STATUS_SECTIONS = ['Bootstrap', 'Listeners', 'Routes', 'Clusters', 'Endpoints'] as const;

/**
 * @param proxy `pod.namespace`; null where only the node tells
 * @param endpointsUpdated when endpoints last came, where a running Envoy said so in its statistics
 */
export function proxyStatus(proxy: string | null, dump: ConfigDump, endpointsUpdated: Date | null = null): ProxyStatus {
  const eds = discoveryStatus(dump.endpoints);
  return {
    ...identityOf(proxy, dump),
    lds: discoveryStatus(dump.listeners),
    rds: discoveryStatus(dump.routes),
    cds: discoveryStatus(dump.clusters),
    eds: { ...eds, updated: eds.updated ?? endpointsUpdated?.toISOString() ?? null },
  };
}

const NO_SERVICE: DiscoveryStatus = { updated: null, version: null, count: 0, warming: [], rejected: [] };

/** A ztunnel of ambient mode: it has none of Envoy's discovery services, and does not say when anything came. */
export function ztunnelStatus(proxy: string, { settings, version }: DumpOutline): ProxyStatus {
  return {
    proxy,
    type: 'ztunnel',
    cluster: settings.clusterId ?? '',
    istio: knownVersion(version.istioVersion) || knownVersion(version.version),
    envoy: '',
    lds: NO_SERVICE,
    rds: NO_SERVICE,
    cds: NO_SERVICE,
    eds: NO_SERVICE,
  };
}

function knownVersion(text: string | undefined): string {
  return text === undefined || text === 'unknown' ? '' : text;
}

function identityOf(
  proxy: string | null,
  dump: ConfigDump,
): Pick<ProxyStatus, 'proxy' | 'type' | 'cluster' | 'istio' | 'envoy'> {
  const node = dump.bootstrap?.node ?? {};
  const [type = '', , name = ''] = (node.id ?? '').split('~');
  const { istio, envoy } = versionsOf(node);
  const clusterId = node.metadata?.['CLUSTER_ID'];
  return {
    proxy: proxy ?? (name === '' ? dump.label : name),
    type,
    cluster: typeof clusterId === 'string' ? clusterId : '',
    istio,
    envoy: envoy.startsWith('0.0.0') ? '' : (envoy.split('/')[0] ?? ''),
  };
}

function discoveryStatus(all: Iterable<ResourceEntry<unknown>>): DiscoveryStatus {
  const entries = [...all];
  const latest = entries.filter(wasUpdated).reduce<ResourceEntry<unknown> | null>(later, null);
  return {
    updated: latest?.lastUpdated ?? null,
    version: latest?.versionInfo ?? null,
    count: entries.filter(isServing).length,
    warming: entries.filter(({ state }) => state === 'warming').map(({ name }) => name),
    rejected: entries.flatMap((entry) => {
      const { name, failure } = entry;
      return failure === null ? [] : [{ name, reason: failureText(entry), at: failure.last_update_attempt ?? null }];
    }),
  };
}

/** What is static came with the bootstrap, and an attempt that failed is no update. */
function wasUpdated(entry: ResourceEntry<unknown>): boolean {
  return entry.state !== 'static' && entry.state !== 'error' && timeOf(entry) > 0;
}

function later(latest: ResourceEntry<unknown> | null, entry: ResourceEntry<unknown>): ResourceEntry<unknown> {
  return latest === null || timeOf(entry) > timeOf(latest) ? entry : latest;
}

function timeOf({ lastUpdated }: ResourceEntry<unknown>): number {
  const time = Date.parse(lastUpdated ?? '');
  return Number.isNaN(time) ? 0 : time;
}

/** @param now the clock for ages in `wide` */
export function statusView(statuses: readonly ProxyStatus[], now: Date): ViewResult {
  return {
    table: shortTable(statuses),
    wide: () => wideTable(statuses, now),
    json: () => statuses,
    names: () => statuses.map(({ proxy }) => `proxy/${proxy}`),
    count: statuses.length,
  };
}

const HEADER = ['NAME', 'ISTIO', 'ENVOY', 'LDS', 'RDS', 'CDS', 'EDS', 'REJECTED', 'WARMING'];

function shortTable(statuses: readonly ProxyStatus[]): Table {
  const rows = statuses.map((status) => [
    status.proxy,
    status.istio || '-',
    status.envoy || '-',
    ...SERVICES.map((service) => timeText(status[service].updated)),
    String(countOf(status, 'rejected')),
    String(countOf(status, 'warming')),
  ]);
  return { header: HEADER, rows, padding: 3 };
}

function countOf(status: ProxyStatus, what: 'rejected' | 'warming'): number {
  return SERVICES.reduce((sum, service) => sum + status[service][what].length, 0);
}

/** To the second. */
function timeText(time: string | null): string {
  return time === null ? '-' : time.replace(/\.\d+Z$/, 'Z');
}

function wideTable(statuses: readonly ProxyStatus[], now: Date): Table {
  const rows = statuses.map((status) => [
    status.proxy,
    status.type || '-',
    status.cluster || '-',
    status.istio || '-',
    status.envoy || '-',
    ...SERVICES.map((service) => discoveryCell(status[service], now)),
    listCell((service) => status[service].rejected.map(({ name, reason }) => `${name}: ${reason}`)),
    listCell((service) => status[service].warming),
  ]);
  return { header: ['NAME', 'TYPE', 'CLUSTER', ...HEADER.slice(1)], rows, padding: 3 };
}

/** `12 at 2026-08-22T15:01:00Z (3m20s ago)`. */
function discoveryCell({ count, updated }: DiscoveryStatus, now: Date): string {
  if (updated === null) return String(count);
  const age = now.getTime() - Date.parse(updated);
  return `${count} at ${timeText(updated)} (${age < 0 ? 'in the future' : `${ageText(age)} ago`})`;
}

function listCell(of: (service: (typeof SERVICES)[number]) => readonly string[]): string {
  return SERVICES.flatMap((service) => of(service).map((text) => `${NOUNS[service]} ${text}`)).join('; ') || '-';
}

/** What was refused or waits, a sentence each. */
export function statusNotes(status: ProxyStatus): readonly string[] {
  return SERVICES.flatMap((service) => [
    ...status[service].rejected.map(
      ({ name, reason, at }) =>
        `${status.proxy}: ${NOUNS[service]} ${name} was rejected${at === null ? '' : ` at ${at}`}: ${reason}`,
    ),
    ...status[service].warming.map((name) => `${status.proxy}: ${NOUNS[service]} ${name} is warming`),
  ]);
}
