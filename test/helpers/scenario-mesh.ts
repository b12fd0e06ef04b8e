/** A scenario of the corpora as a captured mesh: its proxies' dumps and the Kubernetes objects that they came from. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { TraceSession } from '../../src/lib/session/trace-session';
import { openSnapshot } from '../../src/lib/source/snapshot';
import { corpusFiles, corpusProxies } from './corpora';
import { temporaryDirectory } from './temporary-directory';

type Lists = Readonly<Record<'pods' | 'services' | 'endpointslices', readonly unknown[]>>;

function kubernetesLists(scenario: string): Lists {
  const packed = readFileSync(join(__dirname, '../fixtures/kubernetes.json.br'));
  const all = JSON.parse(brotliDecompressSync(packed).toString('utf8')) as Record<string, Lists>;
  const lists = all[scenario];
  if (lists === undefined) throw new Error(`no scenario ${scenario}`);
  return lists;
}

/** The namespace that a pod is in, by the node id in its dump. */
function namespaceOf(dump: string): string {
  const name = /"id": "[a-z]+~[^~"]+~([^~"]+)~/.exec(dump)?.[1] ?? '';
  return name.slice(name.lastIndexOf('.') + 1);
}

export interface ScenarioMesh {
  readonly directory: string;
  readonly session: TraceSession;
  remove(): void;
}

/** Writes the scenario as a snapshot and opens it. */
export async function scenarioMesh(scenario: string): Promise<ScenarioMesh> {
  const directory = temporaryDirectory();
  const files = corpusFiles();
  for (const { name } of corpusProxies().filter((proxy) => proxy.scenario === scenario)) {
    const dump = files[`${scenario}/${name}.config_dump.json`] ?? '';
    const place = `proxies/${namespaceOf(dump)}/${name}`;
    directory.write(`${place}/config_dump.json`, dump);
    directory.write(`${place}/clusters.json`, files[`${scenario}/${name}.clusters.json`] ?? '{}');
  }
  for (const [kind, items] of Object.entries(kubernetesLists(scenario))) {
    directory.write(`kubernetes/${kind}.json`, JSON.stringify({ kind: 'List', items }));
  }
  const mesh = await openSnapshot(directory.path, { namespace: null, selector: null, note: () => undefined });
  return {
    directory: directory.path,
    session: new TraceSession(mesh),
    remove: () => {
      directory.remove();
    },
  };
}
