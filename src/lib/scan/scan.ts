/** Reads a document of Envoy's admin interface and cuts it into entries. */
import { InputError } from '../errors';
import type { RawDump, RawEntry, RawSection, ScanRequest } from './raw-dump';

/**
 * Cuts a `/config_dump` or `/clusters?format=json` document into entries; which of the two it is, is told by content.
 * Throws InputError, with what was found, where the text is neither.
 */
export async function scanDump(
  label: string,
  chunks: AsyncIterable<Uint8Array>,
  request: ScanRequest,
): Promise<RawDump> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return dumpOf(label, parse(label, Buffer.concat(parts).toString('utf8')), request);
}

function parse(label: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError(`${label} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function dumpOf(label: string, document: unknown, request: ScanRequest): RawDump {
  if (isObject(document)) {
    const { configs } = document;
    const statuses = document['cluster_statuses'] ?? document['clusterStatuses'];
    if (Array.isArray(configs)) return { kind: 'config_dump', label, sections: sectionsOf(configs, request) };
    if (Array.isArray(statuses)) {
      return { kind: 'clusters', label, clusterStatuses: entriesOf('/cluster_statuses', statuses) };
    }
  }
  throw new InputError(`${label} is neither an Envoy config_dump nor a clusters document`, {
    hint: 'Save one with: kubectl exec POD -c istio-proxy -- pilot-agent request GET config_dump?include_eds',
  });
}

function sectionsOf(configs: readonly unknown[], request: ScanRequest): readonly RawSection[] {
  return configs.flatMap((config, index) => {
    const type = isObject(config) ? config['@type'] : undefined;
    if (!isObject(config) || typeof type !== 'string' || !request.sections.some((name) => type.endsWith(`.${name}`))) {
      return [];
    }
    const pointer = `/configs/${index}`;
    const lists: Record<string, readonly RawEntry[]> = {};
    const fields: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(config)) {
      if (Array.isArray(value)) lists[key] = entriesOf(`${pointer}/${key}`, value);
      else fields[key] = value;
    }
    return [{ type, pointer, fields, lists }];
  });
}

function entriesOf(pointer: string, list: readonly unknown[]): readonly RawEntry[] {
  return list.map((value, index) => ({ pointer: `${pointer}/${index}`, size: 0, json: () => value }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
