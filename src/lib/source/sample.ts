/** The mesh that ships with mctl as a source. */
import { openSnapshot, type SnapshotOptions } from './snapshot';
import type { MeshSource } from './source';

/** Opens the sample. */
export function openSample(options: SnapshotOptions): Promise<MeshSource> {
  return openSnapshot('sample', options);
}
