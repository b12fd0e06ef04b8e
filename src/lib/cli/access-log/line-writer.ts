/** Who wrote a line of a log: the pod that a tool put in front of it, or the proxy that the user names. */
import { collectedLine, type CollectedLine, isLogLine } from '../../access-log/collected-line';
import type { LogFormat } from '../../access-log/format';
import { UsageError } from '../../errors';
import type { MeshSource } from '../../source/source';
import type { LogWriter, Prophets } from './prophets';

export interface LogPlace {
  readonly mesh: MeshSource;
  readonly prophets: Prophets;
  /** The formats that the user gave. */
  readonly formats: readonly LogFormat[];
  /** Who wrote lines that do not say it. */
  readonly proxy: string | undefined;
}

export interface WrittenLine {
  /** The line without what a tool put around it. */
  readonly text: string;
  /** Null where the line names nobody, several proxies could be meant, and it is no line of an access log. */
  readonly writer: LogWriter | null;
}

/** Throws UsageError for a pod that the source does not have, and for an access log line that names none of several proxies. */
export async function writtenLine(line: string, place: LogPlace): Promise<WrittenLine> {
  const { mesh, prophets, formats, proxy } = place;
  const collected = await collectedLine(line, async (found) => {
    const target = found.pod === null ? proxy : await podOf(found, mesh);
    return target === null ? formats : [...formats, ...(await formatsOfWriter(target, prophets))];
  });
  const target = typeof collected?.pod === 'string' ? await podOf(collected, mesh) : proxy;
  if (target === null) throw noSuchPod(collected?.pod ?? '', mesh);
  const writer = await prophets.writer(target).catch((error: unknown) => {
    // A proxy writes its own log beside the access log: what is no line of that need not say who wrote it.
    if (target === undefined && error instanceof UsageError && !isLogLine(line, formats)) return null;
    throw error;
  });
  return { text: collected?.text ?? line, writer };
}

/** None as long as nobody says which of several proxies is meant: what stands around the line may still say it. */
async function formatsOfWriter(target: string | undefined, prophets: Prophets): Promise<readonly LogFormat[]> {
  try {
    return (await prophets.writer(target)).formats;
  } catch (error) {
    if (target === undefined && error instanceof UsageError) return [];
    throw error;
  }
}

const podTargets = new WeakMap<MeshSource, Map<string, string>>();

/** Where the namespace is not told it is looked up among the proxies; null where none of them is of the pod. */
async function podOf({ pod, namespace }: CollectedLine, mesh: MeshSource): Promise<string | null> {
  const known =
    podTargets.get(mesh) ??
    new Map(
      (await mesh.proxies()).flatMap((id) => {
        const target = `${id.name}.${id.namespace}`;
        return [
          [id.name, target],
          [`${id.namespace}/${id.name}`, target],
        ] as const;
      }),
    );
  podTargets.set(mesh, known);
  return known.get(namespace === null ? (pod ?? '') : `${namespace}/${pod ?? ''}`) ?? null;
}

function noSuchPod(name: string, mesh: MeshSource): UsageError {
  return new UsageError(`A line is of the pod ${name}, which is not a proxy of ${mesh.label}`, {
    hint: 'Give the source that the log is of, or cut the prefix off and name the proxy with --proxy.',
  });
}
