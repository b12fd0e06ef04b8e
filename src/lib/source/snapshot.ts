/** A captured mesh in a directory as a source: files as docs/snapshot.md lays them out, any of them gzipped. */
import { InputError, UnavailableError, UsageError } from '../errors';
import { nameFault, type ProxyId, proxyName } from '../proxy-id';
import { type Below, Root } from '../files/root';
import { fileBody, jsonOf, textOfBody } from './body';
import { podFacts, serviceFacts } from './kubernetes-objects';
import { checkShapes } from './kubernetes-shapes';
import { type Directory, inNamespace, resolveSelector, resolveTarget } from './resolve';
import { isNamed, LIST_FILES, PARTIAL_CAPTURE, PROXY_FILES, SNAPSHOT, ZTUNNEL_FILES } from './snapshot-layout';
import { SnapshotZtunnels } from './snapshot-ztunnels';
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
 * a version that this mctl does not know, or where a file of it is a link that leads outside, a device or a FIFO.
 */
export async function openSnapshot(directory: string, options: SnapshotOptions): Promise<MeshSource> {
  const root = new Root(directory);
  refusePartial(root);
  await checkVersion(root);
  checkLists(root);
  const proxies = findDumps(root, 'proxies', PROXY_FILES);
  const ztunnels = findDumps(root, 'ztunnels', ZTUNNEL_FILES);
  if (proxies.length === 0 && ztunnels.length === 0) {
    const needed = 'proxies/NAMESPACE/POD/config_dump.json, nor one below ztunnels';
    throw new InputError(`${directory} is not a snapshot: it has no ${needed}`, {
      hint: 'mctl capture makes one; so does a directory with that file in it.',
    });
  }
  return new SnapshotMesh(root, { proxies, ztunnels }, options);
}

/** What a directory holds. */
interface Found {
  readonly proxies: readonly ProxyId[];
  readonly ztunnels: readonly ProxyId[];
}

class SnapshotMesh implements MeshSource {
  readonly label: string;
  readonly #root: Root;
  readonly #proxies: readonly ProxyId[];
  readonly #options: SnapshotOptions;
  readonly ztunnels: SnapshotZtunnels;
  #lists: Promise<KubernetesLists> | undefined;
  /** Made once: of thousands of proxies each is opened by it. */
  #directory: Promise<Directory> | undefined;
  #byName: ReadonlyMap<string, ProxyId> | undefined;

  constructor(root: Root, { proxies, ztunnels }: Found, options: SnapshotOptions) {
    this.label = `the snapshot ${root.label}`;
    this.#root = root;
    this.#proxies = proxies;
    this.#options = options;
    this.ztunnels = new SnapshotZtunnels({
      label: this.label,
      ids: ztunnels,
      namespace: options.namespace,
      body: async ({ namespace, name }) =>
        await later(() => bodyOf(root, ['ztunnels', namespace, name], 'config_dump.json')),
      pods: async () => (await this.#known()).pods,
      note: (line) => {
        options.note(line);
      },
    });
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
    this.#byName ??= new Map(this.#proxies.map((known) => [placeOf(known), known]));
    const known = this.#byName.get(placeOf(id));
    return Promise.resolve(known === undefined ? null : this.#source(known));
  }

  kubernetes(): Promise<KubernetesLists> {
    this.#lists ??= readLists(this.#root);
    return this.#lists;
  }

  async capturedAt(): Promise<string | null> {
    const { capturedAt } = await readManifest(this.#root);
    return typeof capturedAt === 'string' ? capturedAt : null;
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
    this.#directory ??= this.#readDirectory();
    return await this.#directory;
  }

  async #readDirectory(): Promise<Directory> {
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
    const file = (name: string): Body | null => bodyOf(this.#root, ['proxies', id.namespace, id.name], name);
    return {
      label: `${proxyName(id)} in ${this.label}`,
      id,
      configDump: () => later(() => file('config_dump.json')),
      clusters: () => later(() => file('clusters.json')),
      serverInfo: () => later(() => file('server_info.json')),
      iptables: async () => {
        const body = file('iptables.txt');
        return body === null ? null : await textOfBody(body, 'rules');
      },
    };
  }
}

/** Names of a directory may have dots in them. */
function placeOf({ namespace, name }: ProxyId): string {
  return `${namespace}/${name}`;
}

/** A capture that was broken off lacks proxies, and nothing else would say so. */
function refusePartial(root: Root): void {
  if (root.file([PARTIAL_CAPTURE]) === null) return;
  throw new InputError(`${root.label} is a capture that is not finished`, {
    hint: 'Run the same mctl capture again: it goes on where it stopped.',
  });
}

/** What the snapshot says of itself: nothing where it has no `snapshot.json`. */
interface Manifest {
  readonly version?: unknown;
  readonly capturedAt?: unknown;
}

async function readManifest(root: Root): Promise<Manifest> {
  const body = bodyOf(root, [], SNAPSHOT);
  if (body === null) return {};
  const manifest = await jsonOf(body, 'manifest');
  return typeof manifest === 'object' && manifest !== null ? manifest : { version: null };
}

async function checkVersion(root: Root): Promise<void> {
  const { version } = await readManifest(root);
  if (version === undefined || version === VERSION) return;
  const said = typeof version === 'number' ? `version ${version}` : 'a version that is not a number';
  throw new InputError(
    `${bodyOf(root, [], SNAPSHOT)?.label ?? root.label} is of ${said}, and this mctl knows ${VERSION}`,
    {
      hint: 'Take a newer mctl, or capture the mesh again.',
    },
  );
}

/** Before anything is read: a list that is no file is refused whether or not a command asks for it. */
function checkLists(root: Root): void {
  root.entries(['kubernetes'], (file) => LIST_FILES.some((name) => isNamed(file, name)));
}

/** Every `FOLDER/NAMESPACE/POD` that has a config_dump, by namespace and name. @param own the files that belong there */
function findDumps(root: Root, folder: string, own: readonly string[]): readonly ProxyId[] {
  const found: ProxyId[] = [];
  const isOwn = (file: string): boolean => own.some((name) => isNamed(file, name));
  for (const namespace of directories(root, [folder])) {
    for (const name of directories(root, [folder, namespace])) {
      const files = root.entries([folder, namespace, name], isOwn);
      const hasDump = files.some((file) => file.kind === 'file' && isNamed(file.name, 'config_dump.json'));
      if (!hasDump) continue;
      const fault = nameFault({ name, namespace });
      if (fault !== null) throw misnamed(root, [folder, namespace, name], fault);
      found.push({ name, namespace });
    }
  }
  return found;
}

/** Names of directories become names of proxies, which are printed and completed, and make paths in a capture. */
function misnamed(root: Root, path: Below, fault: string): InputError {
  return new InputError(`${root.labelOf(path)}: ${fault}`, {
    hint: 'A snapshot has FOLDER/NAMESPACE/POD/config_dump.json, the two named as in Kubernetes: lower-case letters, digits and "-", and "." in a pod\'s.',
  });
}

function directories(root: Root, path: Below): readonly string[] {
  return root.entries(path).flatMap(({ name, kind }) => (kind === 'directory' ? [name] : []));
}

/** A file of that name, or of that name with `.gz`; null where there is neither. */
function bodyOf(root: Root, directory: Below, name: string): Body | null {
  const file = root.file([...directory, name]) ?? root.file([...directory, `${name}.gz`]);
  return file === null ? null : fileBody(file);
}

/** What is refused is so in the promise. */
async function later<T>(value: () => T): Promise<T> {
  return await Promise.resolve().then(value);
}

async function readLists(root: Root): Promise<KubernetesLists> {
  const list = async (name: (typeof LIST_FILES)[number]): Promise<readonly unknown[] | null> => {
    const body = bodyOf(root, ['kubernetes'], name);
    if (body === null) return null;
    const document = await jsonOf(body);
    const items = typeof document === 'object' && document !== null ? (document as { items?: unknown }).items : null;
    if (Array.isArray(items)) {
      checkShapes(body.label, name, items);
      return items as readonly unknown[];
    }
    throw new InputError(`${body.label} is not a Kubernetes List with items`, {
      hint: 'Write it with: kubectl get … -A -o json',
    });
  };
  return {
    pods: await list('pods.json'),
    services: await list('services.json'),
    endpointSlices: await list('endpointslices.json'),
    nodes: await list('nodes.json'),
    networkPolicies: await list('networkpolicies.json'),
  };
}
