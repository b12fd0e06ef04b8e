/** The meshes that check files ask: each source is opened once, and all are closed at the end. */
import type { Check, CheckFile } from '../../check/check-file';
import type { Judge } from '../../check/run-checks';
import { OpenMesh } from '../../session/mesh';
import type { Tracer } from '../../session/trace-session';
import type { MeshSource } from '../../source/source';
import { openMesh, type SourceFlags } from '../session';
import type { Streams } from '../streams';
import { sourceFlagsOf } from './check-source';

/** A source, and the same to ask. */
export interface CheckMesh {
  readonly source: MeshSource;
  readonly mesh: OpenMesh;
}

export class CheckMeshes {
  readonly #flags: SourceFlags;
  readonly #streams: Streams;
  readonly #files = new Map<string, CheckFile>();
  readonly #meshes = new Map<string, Promise<CheckMesh>>();

  constructor(files: readonly CheckFile[], flags: SourceFlags, streams: Streams) {
    for (const file of files) this.#files.set(file.label, file);
    this.#flags = flags;
    this.#streams = streams;
  }

  /** The proxy of a check. A source that could not be opened is not tried again: the same error comes for each check. */
  async judgeOf(check: Check): Promise<Tracer> {
    return await (await this.placeOf(check)).mesh.open(check.proxy ?? undefined);
  }

  /** The flags that open the source of a check, as the command line and its file name it. */
  flagsOf(check: Check): SourceFlags {
    const file = this.#files.get(check.file);
    if (file === undefined) throw new Error(`no check file ${check.file} was read`);
    return sourceFlagsOf(file, this.#flags);
  }

  /** The open source of a check: one object for all checks that have the same. */
  async placeOf(check: Check): Promise<CheckMesh> {
    const flags = this.flagsOf(check);
    const key = JSON.stringify(flags);
    const opening = this.#meshes.get(key) ?? this.#open(flags);
    this.#meshes.set(key, opening);
    return await opening;
  }

  async #open(flags: SourceFlags): Promise<CheckMesh> {
    const source = await openMesh(flags, this.#streams);
    return { source, mesh: new OpenMesh(source) };
  }

  /** Every proxy that checks asked, one at a time. */
  async *judges(): AsyncIterable<Judge> {
    for (const mesh of await this.#opened()) yield* mesh.opened();
  }

  async close(): Promise<void> {
    await Promise.all(
      (await this.#opened()).map(async (mesh) => {
        await mesh.close();
      }),
    );
  }

  async #opened(): Promise<readonly OpenMesh[]> {
    const settled = await Promise.allSettled(this.#meshes.values());
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.mesh] : []));
  }
}
