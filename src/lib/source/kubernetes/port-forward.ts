/** Connections to a port of a pod for node:http, through the API server: no local port is opened. */
import { Agent, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ProxyId } from '../../proxy-id';
import type { ApiServer } from './api-server';
import type { ConnectionSlot } from './connection-slots';
import { PodSocket } from './pod-socket';

/** What kube-apiserver speaks for a port-forward; a later version of the protocol is for exec alone. */
const PROTOCOLS = ['v4.channel.k8s.io'];

/** Opens one connection to a pod's port. Throws ApiRefusal and UnavailableError. */
export async function dialPod(api: ApiServer, pod: ProxyId, port: number): Promise<PodSocket> {
  const path = `${podPath(pod)}/portforward?ports=${port}`;
  return await api.upgrade(path, PROTOCOLS, (socket, place) => new PodSocket(socket, place));
}

/** The API path of a pod. */
export function podPath({ namespace, name }: ProxyId): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}

/** An agent whose one connection goes to a pod's port, kept for the next request. */
export class PodAgent extends Agent {
  readonly #dial: () => Promise<PodSocket>;
  readonly #open = new Set<PodSocket>();

  constructor(dial: () => Promise<PodSocket>) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#dial = dial;
  }

  /** Called by node:http for a connection where none is free. */
  override createConnection(
    _options: ClientRequestArgs,
    connected?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    this.#dial().then(
      (socket) => {
        this.#open.add(socket);
        void socket.gone.then(() => this.#open.delete(socket));
        connected?.(null, socket);
      },
      (error: unknown) => {
        connected?.(error as Error, undefined as never);
      },
    );
  }

  /** Called by node:http when an answer is complete: the connection may give up its place. */
  override keepSocketAlive(socket: Duplex): boolean {
    this.#placeOf(socket)?.idle(() => socket.destroy());
    return true;
  }

  /** Called by node:http before a connection that was kept is used again. */
  override reuseSocket(socket: Duplex): void {
    this.#placeOf(socket)?.busy();
  }

  /** Closes every connection, and resolves when the other side knows. */
  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await Promise.all([...this.#open].map(({ gone }) => gone));
    this.destroy();
  }

  #placeOf(socket: Duplex): ConnectionSlot | undefined {
    return [...this.#open].find((one) => one === socket)?.place;
  }
}
