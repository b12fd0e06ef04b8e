/** The meshes that check files ask: each source is opened once, each proxy is loaded once, and all are closed at the end. */
import type { Check, CheckFile } from '../../check/check-file';
import type { Judge } from '../../check/run-checks';
import { UnavailableError } from '../../errors';
import type { MeshSource } from '../../source/source';
import { openMesh, type SourceFlags } from '../session';
import type { Streams } from '../streams';
import { sourceFlagsOf } from './check-source';

/** Opens one proxy of a mesh for checks. */
export type OpenJudge = (target: string | undefined) => Promise<Judge>;

/** A mesh while it is open, and the function that opens its proxies. */
export interface OpenedMesh {
  readonly mesh: MeshSource;
  readonly judge: OpenJudge;
}

export class CheckWorlds {
  readonly #flags: SourceFlags;
  readonly #streams: Streams;
  readonly #judgesOf: (mesh: MeshSource) => OpenJudge;
  readonly #files = new Map<string, CheckFile>();
  readonly #meshes = new Map<string, Promise<OpenedMesh>>();
  readonly #judges = new Map<string, Promise<Judge>>();

  /** @param judgesOf makes the function that opens the proxies of a mesh */
  constructor(
    files: readonly CheckFile[],
    flags: SourceFlags,
    streams: Streams,
    judgesOf: (mesh: MeshSource) => OpenJudge,
  ) {
    for (const file of files) this.#files.set(file.label, file);
    this.#flags = flags;
    this.#streams = streams;
    this.#judgesOf = judgesOf;
  }

  /** The proxy of a check. What could not be opened once is not tried again: the same error comes for each check. */
  async judgeOf(check: Check): Promise<Judge> {
    const file = this.#files.get(check.file);
    if (file === undefined) throw new Error(`no check file ${check.file} was read`);
    const flags = sourceFlagsOf(file, this.#flags);
    const key = JSON.stringify(flags);
    const opened = await remembered(this.#meshes, key, async () => {
      const mesh = await openMesh(flags, this.#streams);
      return { mesh, judge: this.#judgesOf(mesh) };
    });
    return await remembered(this.#judges, `${key} ${check.proxy ?? ''}`, () => openJudge(opened, check.proxy));
  }

  /** Every proxy that checks asked, by its name. */
  async judges(): Promise<readonly Judge[]> {
    const settled = await Promise.allSettled(this.#judges.values());
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  async close(): Promise<void> {
    const settled = await Promise.allSettled(this.#meshes.values());
    const opened = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.all(
      opened.map(async ({ mesh }) => {
        await mesh.close();
      }),
    );
  }
}

/** A name without a type may be a pod's, or the workload's that pods are named after: those outlive a rollout. */
async function openJudge({ judge }: OpenedMesh, target: string | null): Promise<Judge> {
  if (target === null) return await judge(undefined);
  try {
    return await judge(target);
  } catch (error) {
    if (!(error instanceof UnavailableError) || target.includes('/')) throw error;
    return await judge(`deploy/${target}`).catch(() => {
      throw error;
    });
  }
}

async function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return await found;
}
