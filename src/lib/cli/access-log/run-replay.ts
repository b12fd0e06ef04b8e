/** Reads logs and archives line by line, and holds each line against the proxy that wrote it. */
import { collectedLine, type CollectedLine, isLogLine } from '../../access-log/collected-line';
import { formatOf, type LogFormat } from '../../access-log/format';
import { Replay, type ReplayResult } from '../../access-log/replay';
import { harEntries } from '../../access-log/har';
import { UsageError } from '../../errors';
import { fileBody, jsonOf } from '../../source/body';
import type { MeshSource } from '../../source/source';
import type { Streams } from '../streams';
import { Prophets, type LogWriter } from './prophets';
import { linesOf } from './read-lines';

export interface ReplayWishes {
  readonly files: readonly string[];
  /** Who wrote lines that do not say it. */
  readonly proxy: string | undefined;
  readonly format: string | undefined;
  /** Only lines that hold this text. */
  readonly grep: string | undefined;
  /** Only lines whose time is at or after this one, as ISO 8601 has it. */
  readonly since: string | undefined;
  /** Only so many lines, spread evenly as they come: every n-th. */
  readonly sample: number | undefined;
}

/** Throws UsageError for wishes that cannot be met, InputError for files that cannot be read as logs. */
export async function runReplay(mesh: MeshSource, wishes: ReplayWishes, streams: Streams): Promise<ReplayResult> {
  const replay = new Replay();
  const prophets = new Prophets(mesh);
  const formats = wishes.format === undefined ? [] : [formatOf(wishes.format, 'the format given')];
  const wants = chosen(wishes);
  for (const file of wishes.files) {
    if (/\.har(?:\.gz)?$/i.test(file)) {
      await takeArchive(file, await prophets.writer(wishes.proxy), replay);
      continue;
    }
    let count = 0;
    for await (const line of linesOf(file, streams)) {
      if (!wants(line)) continue;
      await takeLine(line, { mesh, prophets, formats, proxy: wishes.proxy }, replay);
      count += 1;
      if (count % 1000 === 0) streams.spin(`Read ${count} lines of ${file}`);
    }
  }
  streams.quiet();
  return replay.result;
}

function chosen({ grep, since, sample }: ReplayWishes): (line: string) => boolean {
  let seen = 0;
  return (line) => {
    if (grep !== undefined && !line.includes(grep)) return false;
    if (since !== undefined) {
      const time = /\d{4}-\d{2}-\d{2}T[\d:.]+Z/.exec(line)?.[0];
      if (time !== undefined && time < since) return false;
    }
    seen += 1;
    return sample === undefined || seen % sample === 1 || sample === 1;
  };
}

interface Where {
  readonly mesh: MeshSource;
  readonly prophets: Prophets;
  readonly formats: readonly LogFormat[];
  readonly proxy: string | undefined;
}

async function takeLine(line: string, { mesh, prophets, formats, proxy }: Where, replay: Replay): Promise<void> {
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
  if (writer === null) replay.takeOther(line);
  else await replay.take(collected?.text ?? line, writer.proxy, writer.prophet, [...formats, ...writer.formats]);
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
  return new UsageError(`A line is of the pod ${name}, which is no proxy of ${mesh.label}`, {
    hint: 'Give the source that the log is of, or cut the prefix off and name the proxy with --proxy.',
  });
}

async function takeArchive(file: string, writer: LogWriter, replay: Replay): Promise<void> {
  for (const entry of harEntries(file, await jsonOf(fileBody(file)))) {
    await replay.takeEntry(entry, writer.proxy, writer.prophet);
  }
}
