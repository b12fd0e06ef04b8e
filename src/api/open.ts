/** Opens a mesh: the sample, a captured one, saved files, an admin address, or a cluster. */
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { OpenMesh } from '../lib/session/mesh';
import type { KubernetesOptions } from '../lib/source/kubernetes-options';
import type { MeshSource } from '../lib/source/source';
import { Mesh } from './mesh';

/** What a source that holds many proxies may be told. */
export interface OpenOptions {
  /** Namespace of targets that are named without one. */
  readonly namespace?: string;
  /** Called with remarks, such as which replica of several was taken. */
  readonly onNote?: (line: string) => void;
}

/** What a cluster may be told beside. */
export interface ClusterOptions extends OpenOptions, Partial<Omit<KubernetesOptions, 'namespace' | 'note'>> {}

const DEFAULT_IDLE_MS = 15_000;

const silent = (): void => undefined;

function meshOf(source: MeshSource): Mesh {
  return Mesh.of(new OpenMesh(source));
}

/** Opens a captured mesh. Rejects with UnavailableError where there is none, InputError where the directory is no snapshot. */
export async function openSnapshot(directory: string, options: OpenOptions = {}): Promise<Mesh> {
  const { openSnapshot: open } = await import('../lib/source/snapshot.js');
  const { namespace = null, onNote = silent } = options;
  return meshOf(await open(directory, { namespace, selector: null, note: onNote }));
}

/** Opens the bookinfo mesh that ships with mctl. */
export async function openSample(options: OpenOptions = {}): Promise<Mesh> {
  return await openSnapshot(join(__dirname, '..', 'sample'), options);
}

/** Opens one proxy's saved /config_dump, and /clusters?format=json where it is given, too; they are told apart by content. */
export async function openFiles(...paths: readonly string[]): Promise<Mesh> {
  const { openFiles: open } = await import('../lib/source/file.js');
  return meshOf(await open(paths, () => Readable.from([])));
}

/** Opens an Envoy's admin address. @param options.idleTimeoutMs milliseconds without a byte until it is given up: 15,000 */
export async function openAdmin(url: string, options: { readonly idleTimeoutMs?: number } = {}): Promise<Mesh> {
  const { openAdmin: open } = await import('../lib/source/admin.js');
  return meshOf(open(url, { idleTimeoutMs: options.idleTimeoutMs ?? DEFAULT_IDLE_MS, showRequest: null }));
}

/**
 * Opens the cluster of the kubeconfig, as the usual rules find it, or of the pod that this runs in. Rejects with
 * UnavailableError where there is none.
 */
export async function openCluster(options: ClusterOptions = {}): Promise<Mesh> {
  const { openKubernetes } = await import('../lib/source/kubernetes/kubernetes-source.js');
  const { namespace = null, onNote = silent, ...given } = options;
  return meshOf(
    await openKubernetes({
      ...{ kubeconfig: null, context: null, as: null, asUid: null, asGroups: [], selector: null, istioNamespace: null },
      ...{ adminPort: 15_000, idleTimeoutMs: DEFAULT_IDLE_MS, concurrency: 8, via: 'port-forward', showRequest: null },
      ...given,
      namespace,
      note: onNote,
    }),
  );
}
