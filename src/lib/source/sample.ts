/** The bookinfo mesh that ships with mctl, as a source: a snapshot in the package's own directory. */
import { join } from 'node:path';
import { openSnapshot, type SnapshotOptions } from './snapshot';
import type { MeshSource } from './source';

/**
 * Opens the sample.
 * @param root the package's directory
 * @param kind null for the mesh with sidecars
 */
export async function openSample(
  root: string,
  options: SnapshotOptions,
  kind: 'ambient' | null = null,
): Promise<MeshSource> {
  return await openSnapshot(join(root, 'sample', kind ?? ''), options);
}
