/** The meshes that check files ask: each source is opened once, and all are closed at the end. */
import type { Check, CheckFile } from '../../check/check-file';
import type { Judge } from '../../check/run-checks';
import { OpenMesh } from '../../session/mesh';
import { openMesh, type SourceFlags } from '../session';
import type { Streams } from '../streams';
import { sourceFlagsOf } from './check-source';

export class CheckMeshes {
  readonly #flags: SourceFlags;
  readonly #streams: Streams;
  readonly #files = new Map<string, CheckFile>();
  readonly #meshes = new Map<string, Promise<OpenMesh>>();

  constructor(files: readonly CheckFile[], flags: SourceFlags, streams: Streams) {
    for (const file of files) this.#files.set(file.label, file);
    this.#flags = flags;
    this.#streams = streams;
  }

  /** The proxy of a check. A source that could not be opened is not tried again: the same error comes for each check. */
  async judgeOf(check: Check): Promise<Judge> {
    const file = this.#files.get(check.file);
    if (file === undefined) throw new Error(`no check file ${check.file} was read`);
    const flags = sourceFlagsOf(file, this.#flags);
    const key = JSON.stringify(flags);
    const opening = this.#meshes.get(key) ?? openMesh(flags, this.#streams).then((source) => new OpenMesh(source));
    this.#meshes.set(key, opening);
    return await (await opening).open(check.proxy ?? undefined);
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
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }
}
