/** A captured mesh in a directory as a source: files as docs/snapshot.md lays them out, any of them gzipped. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, UnavailableError, UsageError } from '../errors';
import { type ProxyId, proxyName } from '../proxy-id';
import { fileBody, fileError, jsonOf, textOf } from './body';
import { podFacts, serviceFacts } from './kubernetes-objects';
import { PARTIAL_CAPTURE } from './partial-capture';
import { type Directory, inNamespace, resolveSelector, resolveTarget } from './resolve';
import type { Body, KubernetesLists, MeshSource, ProxySource } from './source';

/** What the command line says about targets, for a source that holds many proxies. */
export interface SnapshotOptions {
  /** As given with -n; null where it was not. */
  readonly namespace: string | null;
  /** A label selector in place of a target. */
  readonly selector: string | null;
  /** A remark for the user, such as which replica was chosen. */
  note(line: string): void;
}

const VERSION = 1;

/**
 * Opens a snapshot's directory. Throws UnavailableError where there is none, InputError where it holds no proxy or is of
 * a version that this mctl does not know.
 */
export async function openSnapshot(directory: string, options: SnapshotOptions): Promise<MeshSource> {
  const isDirectory = await stat(directory).then(
    (stats) => stats.isDirectory(),
    (error: unknown) => {
      throw fileError(directory, error);
    },
  );
  if (!isDirectory) {
    throw new InputError(`${directory} is a file, and a snapshot is a directory`, { hint: 'A file is read with -f.' });
  }
  await refusePartial(directory);
  await checkVersion(directory);
  const proxies = await findProxies(directory);
  if (proxies.length === 0) {
    throw new InputError(`${directory} is no snapshot: it has no proxies/NAMESPACE/POD/config_dump.json`, {
      hint: 'mctl capture makes one; so does a directory with that file in it.',
    });
  }
  return new SnapshotMesh(directory, proxies, options);
}

class SnapshotMesh implements MeshSource {
  readonly label: string;
  readonly #directory: string;
  readonly #proxies: readonly ProxyId[];
  readonly #options: SnapshotOptions;
  #lists: Promise<KubernetesLists> | undefined;

  constructor(directory: string, proxies: readonly ProxyId[], options: SnapshotOptions) {
    this.label = `the snapshot ${directory}`;
    this.#directory = directory;
    this.#proxies = proxies;
    this.#options = options;
  }

  async proxies(): Promise<readonly ProxyId[]> {
    return inNamespace(await this.#known());
  }

  async open(target: string | undefined): Promise<ProxySource> {
    const [first, ...others] = await this.#resolve(target);
    if (first === undefined) throw new UnavailableError(`${this.label} has no proxy of that namespace`);
    if (others.length > 0) {
      const { selector } = this.#options;
      if (target === undefined && selector === null) {
        throw new UsageError(`${this.label} has ${others.length + 1} proxies, and none was named`);
      }
      this.#options.note(
        `Took ${proxyName(first)} of ${others.length + 1} pods of ${target ?? selector ?? ''}; --all-replicas takes all.`,
      );
    }
    return this.#source(first);
  }

  async openAll(target: string | undefined): Promise<readonly ProxySource[]> {
    return (await this.#resolve(target)).map((id) => this.#source(id));
  }

  openProxy(id: ProxyId): Promise<ProxySource | null> {
    const known = this.#proxies.find(({ name, namespace }) => name === id.name && namespace === id.namespace);
    return Promise.resolve(known === undefined ? null : this.#source(known));
  }

  kubernetes(): Promise<KubernetesLists> {
    this.#lists ??= readLists(join(this.#directory, 'kubernetes'));
    return this.#lists;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #resolve(target: string | undefined): Promise<readonly ProxyId[]> {
    const known = await this.#known();
    if (target !== undefined) return resolveTarget(target, known);
    const { selector } = this.#options;
    return selector === null ? inNamespace(known) : resolveSelector(selector, known);
  }

  async #known(): Promise<Directory> {
    const { pods, services } = await this.kubernetes();
    return {
      label: this.label,
      namespace: this.#options.namespace,
      proxies: this.#proxies,
      pods: pods?.flatMap((pod) => podFacts(pod) ?? []) ?? null,
      services: services?.flatMap((service) => serviceFacts(service) ?? []) ?? null,
    };
  }

  #source(id: ProxyId): ProxySource {
    const directory = join(this.#directory, 'proxies', id.namespace, id.name);
    return {
      label: `${proxyName(id)} in ${this.label}`,
      id,
      configDump: () => findBody(directory, 'config_dump.json'),
      clusters: () => findBody(directory, 'clusters.json'),
      serverInfo: () => findBody(directory, 'server_info.json'),
      iptables: async () => {
        const body = await findBody(directory, 'iptables.txt');
        return body === null ? null : await textOf(body);
      },
    };
  }
}

/** A capture that was broken off lacks proxies, and nothing else would say so. */
async function refusePartial(directory: string): Promise<void> {
  const isPartial = await stat(join(directory, PARTIAL_CAPTURE)).then(
    () => true,
    () => false,
  );
  if (!isPartial) return;
  throw new InputError(`${directory} is a capture that is not finished`, {
    hint: 'Run the same mctl capture again: it goes on where it stopped.',
  });
}

async function checkVersion(directory: string): Promise<void> {
  const body = await findBody(directory, 'snapshot.json');
  if (body === null) return;
  const manifest = await jsonOf(body);
  const version =
    typeof manifest === 'object' && manifest !== null ? (manifest as { version?: unknown }).version : null;
  if (version === undefined || version === VERSION) return;
  throw new InputError(`${body.label} is of version ${JSON.stringify(version)}, and this mctl knows ${VERSION}`, {
    hint: 'Take a newer mctl, or capture the mesh again.',
  });
}

/** Every `proxies/NAMESPACE/POD` that has a config_dump, by namespace and name. */
async function findProxies(directory: string): Promise<readonly ProxyId[]> {
  const found: ProxyId[] = [];
  for (const namespace of await names(join(directory, 'proxies'))) {
    for (const name of await names(join(directory, 'proxies', namespace))) {
      const dump = await findBody(join(directory, 'proxies', namespace, name), 'config_dump.json');
      if (dump !== null) found.push({ name, namespace });
    }
  }
  return found;
}

/** Names in a directory, sorted; none where it is not there or is a file. */
async function names(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw fileError(directory, error);
  }
}

/** A file of that name, or of that name with `.gz`; null where there is neither. */
async function findBody(directory: string, name: string): Promise<Body | null> {
  for (const path of [join(directory, name), join(directory, `${name}.gz`)]) {
    const isThere = await stat(path).then(
      (stats) => !stats.isDirectory(),
      () => false,
    );
    if (isThere) return fileBody(path);
  }
  return null;
}

async function readLists(directory: string): Promise<KubernetesLists> {
  const list = async (name: string): Promise<readonly unknown[] | null> => {
    const body = await findBody(directory, name);
    if (body === null) return null;
    const document = await jsonOf(body);
    const items = typeof document === 'object' && document !== null ? (document as { items?: unknown }).items : null;
    if (Array.isArray(items)) return items as readonly unknown[];
    throw new InputError(`${body.label} is not a Kubernetes List with items`, {
      hint: 'Write it with: kubectl get … -A -o json',
    });
  };
  return {
    pods: await list('pods.json'),
    services: await list('services.json'),
    endpointSlices: await list('endpointslices.json'),
    nodes: await list('nodes.json'),
  };
}
