/** The bookinfo mesh that ships with mctl, as a source: a snapshot in the package's own directory. */
import { join } from 'node:path';
import { openSnapshot, type SnapshotOptions } from './snapshot';
import type { MeshSource } from './source';

/**
 * Opens the sample.
 * @param root the package's directory
 */
export async function openSample(root: string, options: SnapshotOptions): Promise<MeshSource> {
  return await openSnapshot(join(root, 'sample'), options);
}
