/** A captured mesh in a directory as a source. */
import { UnavailableError } from '../errors';
import type { MeshSource } from './source';

/** What the command line says about targets, for a source that holds many proxies. */
export interface SnapshotOptions {
  /** As given with -n; null where it was not. */
  readonly namespace: string | null;
  /** A label selector in place of a target. */
  readonly selector: string | null;
  /** A remark for the user, such as which replica was chosen. */
  note(line: string): void;
}

/** Opens a snapshot's directory. Throws UnavailableError where there is none. */
export function openSnapshot(directory: string, options: SnapshotOptions): Promise<MeshSource> {
  return Promise.reject(new UnavailableError(`${directory} is no snapshot of ${options.namespace ?? 'any namespace'}`));
}
