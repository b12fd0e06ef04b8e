/** Reads what a proxy's source holds into typed configuration. */
import { ConfigDump } from '../envoy/config-dump';
import type { ClusterStatus } from '../envoy/endpoint';
import { toProtoNames } from '../envoy/field-names';
import { ProxyConfig } from '../envoy/proxy-config';
import { InputError } from '../errors';
import type { ScanRequest } from '../scan/raw-dump';
import { scanDump } from '../scan/scan';
import type { Body, DumpRequest, ProxySource, SectionName } from '../source/source';

/** Every section that a trace can need. */
const ALL_SECTIONS: readonly SectionName[] = [
  'Bootstrap',
  'Clusters',
  'Listeners',
  'Routes',
  'ScopedRoutes',
  'Secrets',
  'Endpoints',
  'Ecds',
];

/** What of a dump's resources is needed: hints, by which less is read and kept. */
export interface DumpHints {
  /** Only resources that bear this name. */
  readonly resourceName?: string | undefined;
  /** Only resources in one of whose strings or numbers this text stands. */
  readonly text?: string | undefined;
  /** Only resources in whose name this text stands: a live Envoy then sends no others. */
  readonly nameText?: string | undefined;
  /** Objects and lists under these names are not looked into. */
  readonly cut?: readonly string[] | undefined;
}

/** Versions of a resource that do not serve, or failed to: they are read whatever the hints say, so that none is hidden. */
const UNSETTLED = ['warming_state', 'draining_state', 'error_state', 'warmingState', 'drainingState', 'errorState'];

/**
 * Reads the wanted sections of a proxy's /config_dump. Throws InputError where the source has no config_dump or it is
 * none.
 */
export async function loadDump(
  proxy: ProxySource,
  sections: readonly SectionName[],
  hints: DumpHints = {},
): Promise<ConfigDump> {
  return required(await tryLoadDump(proxy, sections, hints), proxy);
}

function required(dump: ConfigDump | null, proxy: ProxySource): ConfigDump {
  if (dump !== null) return dump;
  throw new InputError(`${proxy.label} has no config_dump`, {
    hint: 'Give one with -f: curl -s "localhost:15000/config_dump?include_eds" in the pod prints it.',
  });
}

/** As loadDump, but null where the source has no config_dump (only a /clusters file was given). */
export async function tryLoadDump(
  proxy: ProxySource,
  sections: readonly SectionName[],
  { resourceName, text, nameText = '', cut = [] }: DumpHints = {},
): Promise<ConfigDump | null> {
  const named = resourceName === undefined ? {} : { resourceName };
  const request = { sections, ...named, ...(nameText === '' ? {} : { nameText }) };
  return await readDump(proxy, request, (body) => ({
    sections: sections.map((section) => `${section}ConfigDump`),
    ...named,
    // By text alone more may be wanted later, to say what there is: only where reading again costs nothing.
    ...(text === undefined || text === '' || body.again !== true ? {} : { text }),
    cut,
    keep: UNSETTLED,
    readAgain: body.reopen?.() ?? null,
  }));
}

/** Reads the whole of a proxy's /config_dump, sections that mctl does not know included; see loadDump. */
export async function loadWholeDump(proxy: ProxySource): Promise<ConfigDump> {
  return required(
    await readDump(proxy, { sections: ALL_SECTIONS }, (body) => ({
      sections: 'all',
      readAgain: body.reopen?.() ?? null,
    })),
    proxy,
  );
}

async function readDump(
  proxy: ProxySource,
  request: DumpRequest,
  scan: (body: Body) => ScanRequest,
): Promise<ConfigDump | null> {
  const body = await proxy.configDump(request);
  if (body === null) return null;
  const raw = await scanDump(body.label, passing(body), scan(body));
  if (raw.kind === 'config_dump') return new ConfigDump(raw);
  throw new InputError(`${body.label} is a clusters document, not a config_dump`, {
    hint: 'Give the config_dump with another -f.',
  });
}

/** As loadDump by the hints; where that leaves nothing of what is wanted, the whole, to say what there is instead. */
export async function loadSome(
  proxy: ProxySource,
  sections: readonly SectionName[],
  hints: DumpHints,
  hasSome: (dump: ConfigDump) => boolean,
): Promise<ConfigDump> {
  const dump = await loadDump(proxy, sections, hints);
  const isWhole = (hints.text ?? '') === '' && (hints.nameText ?? '') === '';
  if (isWhole || hasSome(dump)) return dump;
  return await loadDump(proxy, sections, { ...hints, text: undefined, nameText: undefined });
}

/** Reads a proxy's /clusters?format=json; null where the source does not have it. */
export async function loadClusters(proxy: ProxySource): Promise<readonly ClusterStatus[] | null> {
  const body = await proxy.clusters();
  return body === null ? null : await clusterStatusesOf(body);
}

/** Reads everything of a proxy that a trace can need, as an index for many questions. */
export async function loadProxyConfig(proxy: ProxySource): Promise<ProxyConfig> {
  const dump = await loadDump(proxy, ALL_SECTIONS);
  return new ProxyConfig(dump, await loadClusters(proxy), proxy.id);
}

async function clusterStatusesOf(body: Body): Promise<readonly ClusterStatus[]> {
  const raw = await scanDump(body.label, passing(body), { sections: [] });
  if (raw.kind === 'clusters') {
    return raw.clusterStatuses.map((entry) => toProtoNames(entry.json()) as ClusterStatus);
  }
  throw new InputError(`${body.label} is a config_dump, not a clusters document`, {
    hint: 'Save one with: curl -s "localhost:15000/clusters?format=json" in the pod.',
  });
}

function passing(body: Body): AsyncIterable<Uint8Array> {
  return body.passing?.() ?? body.chunks();
}

/** Reads only what a proxy says of itself; null where it has no config_dump. */
export async function loadNode(proxy: ProxySource): Promise<ProxyConfig | null> {
  const dump = await tryLoadDump(proxy, ['Bootstrap']);
  return dump === null ? null : new ProxyConfig(dump, null, proxy.id);
}
