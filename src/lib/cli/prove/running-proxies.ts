/** The running proxies that a proof asks: of a cluster, or Envoys whose admin address and log are named. */
import { UsageError } from '../../errors';
import { logSince, sizeOfLog } from '../../files/growing';
import { openAdmin } from '../../source/admin';
import type { MeshSource, ProxySource } from '../../source/source';
import { idleTimeoutMs } from '../flags';
import { openNamed } from '../levels/leftovers';
import { openCluster, type SourceFlags } from '../session';
import { sourceWords } from '../source-words';
import type { Streams } from '../streams';
import { byProxy, type ProveFlags } from './prove-flags';

export interface RunningProxy {
  readonly source: ProxySource;
  /** What it has logged since it was opened; null where that cannot be read. */
  readonly log: (() => Promise<string>) | null;
  /** Whether the log comes as late as access logs do: Envoy writes a file of --log-path in blocks. */
  readonly isLate: boolean;
  /** `MeshSource.identity`, for the journal of levels. */
  readonly identity: string;
  /** The target and flags that name it on a command line. */
  readonly words: readonly string[];
}

export interface RunningProxies {
  /**
   * The pod's name as the trace has it; null where there is no such proxy that runs.
   * @param first the name of the proxy where the walk begins: addresses and logs without a name are its own
   */
  open(name: string | null, first: string | null): Promise<RunningProxy | null>;
  /** Whether mctl sends the request itself, and not a container. */
  readonly isHere: boolean;
  close(): Promise<void>;
}

/** How much of a log is read. */
const MOST_LOG = 64 << 20;
/** The clocks of the node and the kubelet need not agree to the second. */
const MARGIN_S = 2;

/**
 * Throws UsageError where no mesh that runs is named.
 * @param mesh the source of the configuration
 */
export async function runningProxies(
  mesh: MeshSource,
  flags: SourceFlags & ProveFlags,
  streams: Streams,
): Promise<RunningProxies> {
  const { 'prove-admin': admins = [], 'prove-log': logs = [] } = flags;
  if (admins.length > 0 || flags.admin !== undefined) return namedEnvoys(mesh, flags, streams);
  if (logs.length > 0)
    throw new UsageError('--prove-log needs --prove-admin', { hint: "A pod's log is read from the cluster." });
  if (mesh.live === true) return ofCluster(mesh, sourceWords(flags), () => Promise.resolve());
  if (flags.context === undefined && flags.kubeconfig === undefined) {
    throw new UsageError(`--prove needs a mesh that runs, and ${mesh.label} is a saved configuration`, {
      hint: 'Name the cluster with --context, or the Envoys with --prove-admin POD.NAMESPACE=URL.',
    });
  }
  const cluster = await openCluster(flags, streams);
  const own = { ...flags, file: [], snapshot: undefined };
  return ofCluster(cluster, sourceWords(own), () => cluster.close());
}

function ofCluster(mesh: MeshSource, words: readonly string[], close: () => Promise<void>): RunningProxies {
  const identity = mesh.identity ?? mesh.label;
  return {
    isHere: false,
    close,
    open: async (name) => {
      const source = name === null ? null : await openNamed(mesh, name);
      if (source === null) return null;
      const { pod } = source;
      const opened = Date.now();
      const log = async (): Promise<string> => (await pod?.proxyLog((Date.now() - opened) / 1000 + MARGIN_S)) ?? '';
      return {
        source,
        log: pod === undefined ? null : log,
        isLate: false,
        identity,
        words: [...(name === null ? [] : [name]), ...words],
      };
    },
  };
}

function namedEnvoys(mesh: MeshSource, flags: SourceFlags & ProveFlags, streams: Streams): RunningProxies {
  const urls = byProxy(
    [...(flags.admin === undefined ? [] : [flags.admin]), ...(flags['prove-admin'] ?? [])],
    'prove-admin',
  );
  const logs = byProxy(flags['prove-log'] ?? [], 'prove-log');
  const own = (
    map: ReadonlyMap<string, readonly string[]>,
    name: string | null,
    first: string | null,
  ): readonly string[] => [
    ...(map.get(name ?? '') ?? []),
    ...(name === first && name !== null ? (map.get('') ?? []) : []),
  ];
  const twice = [...urls.values()].find((list) => list.length > 1);
  if (twice !== undefined)
    throw new UsageError('--prove-admin names two addresses for one proxy', {
      hint: `They are ${twice.join(' and ')}.`,
    });
  const note = (line: string): void => {
    streams.note(line);
  };
  const showRequest = flags['show-requests'] === true ? note : null;
  const open: MeshSource[] = [];
  return {
    isHere: true,
    close: async () => {
      await Promise.all(open.map((one) => one.close()));
    },
    open: async (name, first) => {
      const [url] = own(urls, name, first);
      if (url === undefined) return null;
      const isMesh = flags.admin === url && mesh.live === true;
      const envoy = isMesh ? mesh : openAdmin(url, { idleTimeoutMs: idleTimeoutMs(flags), showRequest });
      if (!isMesh) open.push(envoy);
      const files = own(logs, name, first).map((path) => ({ path, place: sizeOfLog(path) }));
      const log = (): Promise<string> =>
        Promise.resolve(files.map(({ path, place }) => logSince(path, place, MOST_LOG)).join('\n'));
      return {
        source: await envoy.open(undefined),
        log: files.length === 0 ? null : log,
        isLate: true,
        identity: envoy.identity ?? envoy.label,
        words: ['--admin', withoutUser(url)],
      };
    },
  };
}

function withoutUser(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1');
}
