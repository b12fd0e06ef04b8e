/**
 * Envoy's admin interface by way of `pilot-agent request` in the proxy's container: for those who may exec and not forward
 * a port, and for an admin interface that listens on no port.
 */
import type { ProxyId } from '../../proxy-id';
import { type AdminChannel, AdminRefusal } from '../admin-client';
import { rejoined } from '../body';
import type { Body } from '../source';
import type { ApiServer } from './api-server';
import { CommandFailed, execInPod, type Running } from './exec';
import { PROXY_CONTAINER } from './pod-state';

export interface ExecChannelOptions {
  readonly adminPort: number;
  readonly idleTimeoutMs: number;
  readonly showRequest: ((line: string) => void) | null;
  /** Stands in messages for the pod: `pod x.ns`. */
  readonly name: string;
}

const DEFAULT_PORT = 15000;
/** pilot-agent takes an unknown path for a good answer; Envoy's text of it begins so. */
const UNKNOWN_PATH = 'invalid path';

export class ExecChannel implements AdminChannel {
  readonly #api: ApiServer;
  readonly #pod: ProxyId;
  readonly #options: ExecChannelOptions;
  readonly #running = new Set<Running>();

  constructor(api: ApiServer, pod: ProxyId, options: ExecChannelOptions) {
    this.#api = api;
    this.#pod = pod;
    this.#options = options;
  }

  body(paths: readonly string[]): Body {
    return { label: `${this.#options.name} ${paths[0] ?? ''}`, chunks: () => this.#chunks(paths) };
  }

  /** Resolves when the first byte is there, so that a failure to ask is told by this. */
  async send(method: 'GET' | 'POST', path: string): Promise<Body> {
    const chunks = this.#ask(method, path)[Symbol.asyncIterator]();
    const first = await chunks.next();
    return {
      label: `${this.#options.name} ${path}`,
      chunks: () => rejoined(first.done === true ? [] : [first.value], chunks),
    };
  }

  close(): Promise<void> {
    for (const running of this.#running) running.stop();
    return Promise.resolve();
  }

  async *#chunks(paths: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const [index, path] of paths.entries()) {
      try {
        yield* this.#ask('GET', path);
        return;
      } catch (error) {
        if (!(error instanceof AdminRefusal) || index === paths.length - 1) throw error;
      }
    }
  }

  async *#ask(method: string, path: string): AsyncGenerator<Uint8Array> {
    const { adminPort, idleTimeoutMs, showRequest, name } = this.#options;
    const port = adminPort === DEFAULT_PORT ? [] : [`--debug-port=${adminPort}`];
    const command = ['pilot-agent', 'request', ...port, method, path.replace(/^\//, '')];
    const running = await execInPod(this.#api, this.#pod, command, { container: PROXY_CONTAINER, idleTimeoutMs });
    this.#running.add(running);
    let size = 0;
    try {
      for await (const chunk of running.output()) {
        if (size === 0) refuseUnknownPath(chunk, `${name} ${path}`);
        size += chunk.length;
        yield chunk;
      }
      showRequest?.(`exec ${command.join(' ')} in ${name}: ${size} bytes`);
    } catch (error) {
      throw refusalOf(error, `${name} ${path}`);
    } finally {
      this.#running.delete(running);
    }
  }
}

function refuseUnknownPath(chunk: Uint8Array, what: string): void {
  const beginning = Buffer.from(chunk.subarray(0, UNKNOWN_PATH.length)).toString('latin1');
  if (beginning === UNKNOWN_PATH) throw new AdminRefusal(`${what}: Envoy does not know the path`);
}

/** pilot-agent's own words for an HTTP status. */
function refusalOf(error: unknown, what: string): unknown {
  if (!(error instanceof CommandFailed)) return error;
  const status = /unsuccessful status code (\d{3}): ?([^\n]*)/.exec(error.said);
  if (status === null) return error;
  return new AdminRefusal(`${what}: ${status[1] ?? ''}: ${status[2] ?? ''}`.trimEnd(), { cause: error });
}
