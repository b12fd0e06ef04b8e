/** An Envoy's admin address that can be reached as it is, as a source. */
import { UnavailableError } from '../errors';
import type { MeshSource } from './source';

export interface AdminOptions {
  /** Milliseconds without a byte after which an answer is given up; zero means never. */
  readonly idleTimeoutMs: number;
  /** Called for each request made; null where nobody asked. */
  readonly showRequest: ((line: string) => void) | null;
}

/** Opens an admin address; nothing is asked of it yet. */
export function openAdmin(url: string, options: AdminOptions): MeshSource {
  throw new UnavailableError(`${url} cannot be asked within ${options.idleTimeoutMs} ms`);
}
