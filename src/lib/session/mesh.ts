/** An open mesh to ask: each proxy is opened and read once. */
import { UnavailableError } from '../errors';
import type { ProxyId } from '../proxy-id';
import type { MeshSource } from '../source/source';
import { TraceSession, type Tracer } from './trace-session';

export class OpenMesh {
  /** What it was opened from, for messages. */
  readonly label: string;
  readonly #source: MeshSource;
  readonly #session: TraceSession;
  readonly #opened = new Map<string, Promise<Tracer>>();

  /** @param source an open source; the mesh's close closes it */
  constructor(source: MeshSource) {
    this.label = source.label;
    this.#source = source;
    this.#session = new TraceSession(source);
  }

  /** The proxies; none where the source is one proxy that only its dump names. */
  async ids(): Promise<readonly ProxyId[]> {
    return await this.#source.proxies();
  }

  /**
   * Opens the proxy that a target names, or the only one where it is left out. A name without a type may be a pod's, or
   * the workload's that pods are named after, which outlives a rollout. What could not be opened once fails again at once.
   */
  async open(target?: string): Promise<Tracer> {
    const key = target ?? '';
    const opened = this.#opened.get(key) ?? this.#open(target);
    this.#opened.set(key, opened);
    return await opened;
  }

  /** Every proxy opened so far. */
  async opened(): Promise<readonly Tracer[]> {
    const settled = await Promise.allSettled(this.#opened.values());
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  async #open(target: string | undefined): Promise<Tracer> {
    try {
      return await this.#session.open(target);
    } catch (error) {
      if (!(error instanceof UnavailableError) || target === undefined || target.includes('/')) throw error;
      return await this.#session.open(`deploy/${target}`).catch(() => {
        throw error;
      });
    }
  }
}
