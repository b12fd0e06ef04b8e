/** An open mesh to ask: each proxy is opened and read once. */
import { MctlError, UnavailableError } from '../errors';
import type { ProxyId } from '../proxy-id';
import type { MeshSource } from '../source/source';
import { TraceSession, type Tracer } from './trace-session';

/** Of a source that can be read again at no cost, so many proxies stay open. */
const MOST_OPENED = 128;

export class OpenMesh {
  /** What it was opened from, for messages. */
  readonly label: string;
  readonly #source: MeshSource;
  readonly #session: TraceSession;
  readonly #targets = new Set<string | undefined>();
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
    this.#targets.add(target);
    const opened = this.#opened.get(key) ?? this.#open(target);
    this.#opened.set(key, opened);
    for (const oldest of this.#opened.keys()) {
      if (this.#source.live === true || this.#opened.size <= MOST_OPENED) break;
      this.#opened.delete(oldest);
    }
    return await opened;
  }

  /** Every proxy opened so far, one at a time: those that were let go of are opened again. */
  async *opened(): AsyncIterable<Tracer> {
    for (const target of this.#targets) {
      const tracer = await this.open(target).catch((error: unknown) => {
        if (error instanceof MctlError) return null;
        throw error;
      });
      if (tracer !== null) yield tracer;
    }
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
