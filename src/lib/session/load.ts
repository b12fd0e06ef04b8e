/** Reads what a proxy's source holds into typed configuration. */
import { wordFor } from '../caller';
import { ConfigDump, FIELDS_OF_INDEX } from '../envoy/config-dump';
import { decoded } from '../envoy/decode';
import type { ClusterStatus } from '../envoy/endpoint';
import { toProtoNames } from '../envoy/field-names';
import { ProxyConfig } from '../envoy/proxy-config';
import { InputError } from '../errors';
import { bounded } from '../limits';
import type { EntryHints, RawDump, RawList, ScanRequest } from '../scan/raw-dump';
import { scanDump } from '../scan/scan';
import { SECTIONS, type Body, type DumpRequest, type ProxySource, type SectionName } from '../source/source';

/** What of a dump's resources is needed: hints, by which less is read and kept. */
export interface DumpHints extends Omit<EntryHints, 'keep'> {
  /** Only resources in whose name this text stands: a live Envoy then sends no others. */
  readonly nameText?: string | undefined;
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
  hints: DumpHints | null = null,
): Promise<ConfigDump> {
  return required(await tryLoadDump(proxy, sections, hints), proxy);
}

/** As loadDump by the hints; where that leaves nothing of what is wanted, the whole, to say what there is instead. */
export async function loadSome(
  proxy: ProxySource,
  sections: readonly SectionName[],
  hints: DumpHints | null,
  hasSome: (dump: ConfigDump) => boolean,
): Promise<ConfigDump> {
  return required(await tryLoadDump(proxy, sections, hints, hasSome), proxy);
}

function required(dump: ConfigDump | null, proxy: ProxySource): ConfigDump {
  if (dump !== null) return dump;
  throw new InputError(`${proxy.label} has no config_dump`, {
    hint: `Give one with ${wordFor('files')}: curl -s "localhost:15000/config_dump?include_eds" in the pod prints it.`,
  });
}

/** As loadSome, but null where the source has no config_dump (only a /clusters file was given). */
export async function tryLoadDump(
  proxy: ProxySource,
  sections: readonly SectionName[],
  hints: DumpHints | null = null,
  hasSome: (dump: ConfigDump) => boolean = () => true,
): Promise<ConfigDump | null> {
  const nameText = hints?.nameText ?? '';
  const wanted = { sections: sections.map((section) => `${section}ConfigDump`) };
  const read = async (by: Pick<DumpRequest, 'nameText'>): Promise<[Body, ConfigDump] | null> => {
    const body = await proxy.configDump({ sections, ...by });
    return body === null ? null : [body, await readSome(body, wanted, hints, { made: dumpOf, hasSome })];
  };
  const some = await read(nameText === '' ? {} : { nameText });
  if (some === null) return null;
  const [body, dump] = some;
  // Only a live proxy was asked for less; what stands still was read whole already.
  const isWhole = nameText === '' || body.again === true || body.once === true;
  return isWhole || hasSome(dump) ? dump : ((await read({}))?.[1] ?? dump);
}

/** Reads the whole of a proxy's /config_dump, sections that mctl does not know included; see loadDump. */
export async function loadWholeDump(proxy: ProxySource): Promise<ConfigDump> {
  const body = await proxy.configDump({ sections: SECTIONS });
  const dump = body === null ? null : dumpOf(await scan(body, { sections: 'all' }));
  return required(dump, proxy);
}

function dumpOf(raw: RawDump): ConfigDump {
  if (raw.kind === 'config_dump') return new ConfigDump(raw);
  throw new InputError(`${raw.label} is a clusters document, not a config_dump`, {
    hint: `Give the config_dump with ${wordFor('files')}, too.`,
  });
}

/** Reads a proxy's /clusters?format=json; null where the source does not have it. */
export async function loadClusters(proxy: ProxySource): Promise<readonly ClusterStatus[] | null> {
  const statuses = await eachClusterStatus(proxy);
  return statuses === null ? null : [...statuses];
}

/** As loadClusters and by the hints as loadSome, one at a time: each is parsed when it is come to, and none is kept. */
export async function eachClusterStatus(
  proxy: ProxySource,
  hints: DumpHints | null = null,
  hasSome: (statuses: Iterable<ClusterStatus>) => boolean = () => true,
): Promise<Iterable<ClusterStatus> | null> {
  const body = await proxy.clusters();
  if (body === null) return null;
  return await readSome(body, { sections: [], emptyIs: 'clusters' }, hints, { made: statusesOf, hasSome });
}

function statusesOf(raw: RawDump): Iterable<ClusterStatus> {
  if (raw.kind === 'clusters') return { [Symbol.iterator]: () => eachStatus(raw.clusterStatuses) };
  throw new InputError(`${raw.label} is a config_dump, not a clusters document`, {
    hint: 'Save one with: curl -s "localhost:15000/clusters?format=json" in the pod.',
  });
}

function* eachStatus(entries: RawList): Iterator<ClusterStatus> {
  for (const entry of entries) yield decoded(toProtoNames(entry.json()), 'ClusterStatus', entry.pointer);
}

/** What is made of a document, and whether it has any of what is wanted. */
interface Reading<T> {
  readonly made: (raw: RawDump) => T;
  readonly hasSome: (read: T) => boolean;
}

async function readSome<T>(
  body: Body,
  wanted: ScanRequest,
  hints: DumpHints | null,
  { made, hasSome }: Reading<T>,
): Promise<T> {
  if (hints === null) return made(await scan(body, wanted));
  const only = { ...hints, keep: UNSETTLED };
  const all = hints.keepAs === 'whole' ? wanted : { ...wanted, only: { ...only, sought: undefined } };
  // By what is sought alone more may be wanted afterwards, to say what there is: only where reading again costs nothing.
  if (hints.sought === undefined || body.again !== true) return made(await scan(body, all));
  const some = made(await scan(body, { ...wanted, only }));
  return hasSome(some) ? some : made(await scan(body, all));
}

async function scan(body: Body, request: ScanRequest): Promise<RawDump> {
  return await scanDump(body.label, body.open?.() ?? bounded(body.label, body.chunks()), request);
}

/** Reads everything of a proxy that a trace can need, as an index for many questions. */
export async function loadProxyConfig(proxy: ProxySource): Promise<ProxyConfig> {
  const dump = await loadDump(proxy, SECTIONS, { fields: FIELDS_OF_INDEX, keepAs: 'whole with brief' });
  return new ProxyConfig(dump, await loadClusters(proxy), proxy.id);
}

/** Reads only what a proxy says of itself; null where it has no config_dump. */
export async function loadNode(proxy: ProxySource): Promise<ProxyConfig | null> {
  const dump = await tryLoadDump(proxy, ['Bootstrap']);
  return dump === null ? null : new ProxyConfig(dump, null, proxy.id);
}
