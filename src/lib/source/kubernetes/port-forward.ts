/** Connections to a port of a pod for node:http, through the API server: no local port is opened. */
import { Agent, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ProxyId } from '../../proxy-id';
import { ApiRefusal } from './api-error';
import type { ApiServer } from './api-server';
import type { WebSocket } from './client';
import type { ConnectionSlot } from './connection-slots';
import { PodSocket } from './pod-socket';
import { WebSocketWire } from './websocket-wire';
import { uriComponent } from '../../uri-component';

/** What kube-apiserver speaks for a port-forward; a later version of the protocol is for exec alone. */
const PROTOCOLS = ['v4.channel.k8s.io'];

/**
 * Opens one connection to a pod's port: over a WebSocket, and where that is forbidden, over SPDY, as kubectl does. Roles of
 * before Kubernetes 1.35 often have `create` alone, which a WebSocket's GET is refused with. Throws ApiRefusal and UnavailableError.
 */
export async function dialPod(api: ApiServer, pod: ProxyId, port: number): Promise<PodSocket> {
  const path = `${podPath(pod)}/portforward`;
  if (api.speaksSpdy) return await overSpdy(api, path, port);
  try {
    return await api.upgrade(`${path}?ports=${port}`, PROTOCOLS, webSocket);
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status !== 403) throw error;
    const socket = await overSpdy(api, path, port).catch((second: unknown) => {
      // Who lacks both verbs is told of the first.
      throw second instanceof ApiRefusal && second.status === 403 ? error : second;
    });
    api.speaksSpdy = true;
    return socket;
  }
}

function webSocket(socket: WebSocket, place: ConnectionSlot): PodSocket {
  return new PodSocket(new WebSocketWire(socket), place);
}

async function overSpdy(api: ApiServer, path: string, port: number): Promise<PodSocket> {
  const { SPDY_HEADERS, SpdyWire } = await import('./spdy-wire.js');
  return await api.upgradePost(
    path,
    SPDY_HEADERS,
    (socket, head, place) => new PodSocket(new SpdyWire(socket, head, port), place),
  );
}

/** The API path of a pod. */
export function podPath({ namespace, name }: ProxyId): string {
  return `/api/v1/namespaces/${uriComponent(namespace)}/pods/${uriComponent(name)}`;
}

/** An agent whose one connection goes to a pod's port, kept for the next request. */
export class PodAgent extends Agent {
  readonly #dial: () => Promise<PodSocket>;
  readonly #open = new Set<PodSocket>();

  /**
   * @param dial opens a connection
   * @param first one that is open already; null for none
   */
  constructor(dial: () => Promise<PodSocket>, first: PodSocket | null = null) {
    super({ keepAlive: true, maxSockets: 1 });
    // One that broke before anybody listened to it is opened again, and breaks where that is told.
    first?.on('error', () => undefined);
    if (first !== null) this.#keep(first);
    let left = first;
    this.#dial = async () => {
      const socket = left?.destroyed === false ? left : await dial();
      left = null;
      return socket;
    };
  }

  /** Called by node:http for a connection where none is free. */
  override createConnection(
    _options: ClientRequestArgs,
    connected?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    this.#dial().then(
      (socket) => {
        this.#keep(socket);
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

  #keep(socket: PodSocket): void {
    this.#open.add(socket);
    void socket.gone.then(() => this.#open.delete(socket));
  }

  #placeOf(socket: Duplex): ConnectionSlot | undefined {
    return [...this.#open].find((one) => one === socket)?.place;
  }
}
