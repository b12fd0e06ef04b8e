/** From the command line to an open source: which one, which proxy of it, and closed whatever happens. */
import { UsageError } from '../errors';
import { proxyName } from '../proxy-id';
import type { KubernetesOptions, Via } from '../source/kubernetes-options';
import type { SnapshotOptions } from '../source/snapshot';
import type { MeshSource, ProxySource } from '../source/source';
import { chooseProxy } from './choose';
import { idleTimeoutMs } from './flags';
import { packageRoot } from './package-root';
import type { Streams } from './streams';

/** The parsed flags that say where configuration comes from (`sourceFlags`, `replicaFlags`). */
export interface SourceFlags {
  readonly file?: readonly string[] | undefined;
  readonly snapshot?: string | undefined;
  /** Which of the samples: true for the one with sidecars. */
  readonly sample?: boolean | string | undefined;
  readonly admin?: string | undefined;
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly namespace?: string | undefined;
  readonly istioNamespace?: string | undefined;
  readonly as?: string | undefined;
  readonly 'as-uid'?: string | undefined;
  readonly 'as-group'?: readonly string[] | undefined;
  readonly 'proxy-admin-port': number;
  readonly timeout?: number | undefined;
  readonly 'kubeclient-timeout'?: number | undefined;
  readonly via: Via;
  readonly concurrency: number;
  readonly 'show-requests'?: boolean | undefined;
  readonly selector?: string | undefined;
  readonly 'all-replicas'?: boolean | undefined;
}

/** How a source is named on the command line, and opened. A source is added here, and its flags to `sourceFlags`. */
interface SourceRules {
  /** Whether the flags name it. */
  readonly isGiven: (flags: SourceFlags) => boolean;
  /** Whether it is one proxy, so that none needs naming. */
  readonly isOneProxy: boolean;
  readonly open: (flags: SourceFlags, streams: Streams) => Promise<MeshSource>;
}

const SOURCES = {
  file: {
    isGiven: ({ file = [] }) => file.length > 0,
    isOneProxy: true,
    open: async ({ file = [] }, streams) => {
      const { openFiles } = await import('../source/file.js');
      return await openFiles(file, () => streams.stdin);
    },
  },
  snapshot: {
    isGiven: ({ snapshot }) => snapshot !== undefined,
    isOneProxy: false,
    open: async (flags, streams) => {
      const { openSnapshot } = await import('../source/snapshot.js');
      const directory = flags.snapshot ?? streams.env['MCTL_SNAPSHOT'] ?? '';
      return await openSnapshot(directory, snapshotOptions(flags, streams));
    },
  },
  sample: {
    isGiven: ({ sample = false }) => sample !== false,
    isOneProxy: false,
    open: async (flags, streams) => {
      const { openSample } = await import('../source/sample.js');
      const name = flags.sample === 'ambient' ? 'ambient' : null;
      return await openSample(packageRoot(), snapshotOptions(flags, streams), name);
    },
  },
  admin: {
    isGiven: ({ admin }) => admin !== undefined,
    isOneProxy: true,
    open: async (flags, streams) => {
      const { openAdmin } = await import('../source/admin.js');
      const showRequest = flags['show-requests'] === true ? noteOf(streams) : null;
      return openAdmin(flags.admin ?? '', { idleTimeoutMs: idleTimeoutMs(flags), showRequest });
    },
  },
  /** The one that is taken where no other is named. */
  kubernetes: {
    isGiven: () => false,
    isOneProxy: false,
    open: async (flags, streams) => {
      const { openKubernetes } = await import('../source/kubernetes/kubernetes-source.js');
      return await openKubernetes(kubernetesOptions(flags, noteOf(streams)));
    },
  },
} satisfies Record<string, SourceRules>;

type SourceName = keyof typeof SOURCES;

function snapshotOptions(flags: SourceFlags, streams: Streams): SnapshotOptions {
  const { namespace = null, selector = null } = flags;
  return { namespace, selector, note: noteOf(streams) };
}

function noteOf(streams: Streams): (line: string) => void {
  return (line) => {
    streams.note(line);
  };
}

/** What a command wants opened. */
export interface WantedSource {
  readonly flags: SourceFlags;
  /** As the command line names it; undefined where it was left out. */
  readonly target: string | undefined;
  /** The command's word in messages: `listener`. */
  readonly noun: string;
  /** Whether the configuration is all that is wanted of the proxy, and nothing of its pod. */
  readonly isConfigurationAlone?: true;
}

/** Opens the source that the flags name, the environment's snapshot, or else the cluster. Throws UsageError for two. */
export async function openMesh(flags: SourceFlags, streams: Streams): Promise<MeshSource> {
  return await SOURCES[sourceOf(flags, streams)].open(flags, streams);
}

/** Opens the cluster that the flags name, whatever else is a source. */
export async function openCluster(flags: SourceFlags, streams: Streams): Promise<MeshSource> {
  return await SOURCES.kubernetes.open(flags, streams);
}

/** Opens a source, hands it over, and closes it whatever happens. */
export async function withMesh<T>(
  flags: SourceFlags,
  streams: Streams,
  use: (mesh: MeshSource) => Promise<T>,
): Promise<T> {
  const mesh = await openMesh(flags, streams);
  // No signal is listened to: the system closes connections itself, and a listener would have to wait for what computes.
  streams.spin(`Reading ${mesh.label}`);
  try {
    return await use(mesh);
  } finally {
    streams.quiet();
    await mesh.close();
  }
}

/** Opens the one proxy that is wanted; asks on a terminal where it was left out and there are several. */
export async function withProxy<T>(
  wanted: WantedSource,
  streams: Streams,
  use: (proxy: ProxySource, mesh: MeshSource) => Promise<T>,
): Promise<T> {
  checkTarget(wanted, streams);
  return await withMesh(wanted.flags, streams, async (mesh) => {
    const target = await targetOf(wanted, mesh, streams);
    return await use(await mesh.open(target), mesh);
  });
}

/**
 * As withProxy, but with the target, where the pod that a request comes from may be one of ambient mode, which has no proxy of
 * its own: behind a ztunnel's dump a pod is named, too.
 */
export async function withCaller<T>(
  wanted: WantedSource,
  streams: Streams,
  use: (target: string | undefined, mesh: MeshSource) => Promise<T>,
): Promise<T> {
  const isFile = sourceOf(wanted.flags, streams) === 'file';
  if (!isFile) checkTarget(wanted, streams);
  return await withMesh(wanted.flags, streams, async (mesh) => {
    const isAmbient = mesh.live !== true && (await mesh.ztunnels?.known()) === true;
    if (isFile && !isAmbient) checkTarget(wanted, streams);
    const isNamed = isAmbient && wanted.target !== undefined;
    return await use(isNamed ? wanted.target : await targetOf(wanted, mesh, streams), mesh);
  });
}

/** As withProxy, but every proxy that the target or the selector stands for, where the flags ask for all. */
export async function withProxies<T>(
  wanted: WantedSource,
  streams: Streams,
  use: (proxies: readonly ProxySource[], mesh: MeshSource) => Promise<T>,
): Promise<T> {
  checkTarget(wanted, streams);
  return await withMesh(wanted.flags, streams, async (mesh) => {
    return await use(await proxiesOf(wanted, mesh, streams), mesh);
  });
}

/** The proxies of an open source that are wanted. */
export async function proxiesOf(
  wanted: WantedSource,
  mesh: MeshSource,
  streams: Streams,
): Promise<readonly ProxySource[]> {
  const { flags, target } = wanted;
  if (flags['all-replicas'] === true || flags.selector !== undefined) return await mesh.openAll(target);
  const one = await targetOf(wanted, mesh, streams);
  const configured = wanted.isConfigurationAlone === true ? await mesh.openConfiguration?.(one) : undefined;
  return [configured ?? (await mesh.open(one))];
}

/** Whether the command line or the environment names a source, the cluster aside: what needs none then asks it. */
export function isSourceGiven(flags: SourceFlags, streams: Streams): boolean {
  return sourceOf(flags, streams) !== 'kubernetes' || flags.context !== undefined || flags.kubeconfig !== undefined;
}

/** Whether the source that the flags name is one proxy, so that none needs naming. */
export function isOneProxy(flags: SourceFlags, streams: Streams): boolean {
  return SOURCES[sourceOf(flags, streams)].isOneProxy;
}

function sourceOf(flags: SourceFlags, streams: Streams): SourceName {
  const given = (Object.keys(SOURCES) as SourceName[]).filter((name) => SOURCES[name].isGiven(flags));
  const [first, second] = given;
  if (first !== undefined && second !== undefined) {
    throw new UsageError(`--${first} and --${second} are two sources`, { hint: 'Give one of them.' });
  }
  if (first !== undefined) return first;
  const asksForCluster = flags.context !== undefined || flags.kubeconfig !== undefined;
  return !asksForCluster && (streams.env['MCTL_SNAPSHOT'] ?? '') !== '' ? 'snapshot' : 'kubernetes';
}

/** What can be told before anything is read: istioctl's rule of a target or a file, and not both. */
export function checkTarget({ flags, target, noun }: WantedSource, streams: Streams): void {
  const source = sourceOf(flags, streams);
  const { isOneProxy } = SOURCES[source];
  const requires = `${noun} requires pod name or --${source === 'admin' ? 'admin' : 'file'} parameter`;
  if (isOneProxy && (target !== undefined || flags.selector !== undefined)) {
    throw new UsageError(requires, { hint: 'Give one of them: a file or an address is one proxy.' });
  }
  if (target !== undefined && flags.selector !== undefined) {
    throw new UsageError(`${noun} requires pod name or --selector, not both`);
  }
  const isNamed = target !== undefined || flags.selector !== undefined || flags['all-replicas'] === true;
  if (source === 'kubernetes' && !isNamed && !streams.interactive) {
    throw new UsageError(requires, {
      hint: 'Name a pod as POD.NAMESPACE or deploy/NAME.NAMESPACE, or read a file with -f, a capture with --snapshot, the sample with --sample.',
    });
  }
}

/** The target as given, the only proxy there is, or the one that the user picks. */
async function targetOf(
  { flags, target, noun }: WantedSource,
  mesh: MeshSource,
  streams: Streams,
): Promise<string | undefined> {
  if (target !== undefined || flags.selector !== undefined) return target;
  const proxies = await mesh.proxies();
  if (proxies.length <= 1) return undefined;
  const names = proxies.map(proxyName);
  if (streams.interactive) return await chooseProxy(names, streams);
  throw new UsageError(`${noun} requires pod name or --file parameter: ${mesh.label} has ${proxies.length} proxies`, {
    hint: `Name one: ${listOf(names)}.`,
  });
}

const LISTED = 20;

function listOf(names: readonly string[]): string {
  const more = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function kubernetesOptions(flags: SourceFlags, note: (line: string) => void): KubernetesOptions {
  return {
    kubeconfig: flags.kubeconfig ?? null,
    context: flags.context ?? null,
    namespace: flags.namespace ?? null,
    istioNamespace: flags.istioNamespace ?? null,
    as: flags.as ?? null,
    asUid: flags['as-uid'] ?? null,
    asGroups: flags['as-group'] ?? [],
    adminPort: flags['proxy-admin-port'],
    idleTimeoutMs: idleTimeoutMs(flags),
    concurrency: flags.concurrency,
    selector: flags.selector ?? null,
    via: flags.via,
    note,
    showRequest: flags['show-requests'] === true ? note : null,
  };
}
