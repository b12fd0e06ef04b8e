/** HTTP and WebSockets to a Kubernetes API server: one kept connection, an idle time-out, failures that say what to do. */
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { InputError, UnavailableError } from '../../errors';
import { fieldAt, listOf, textOrEmpty } from '../../json-fields';
import { idleTimer } from '../idle-timer';
import type { ClusterAccess } from './access';
import { ApiRefusal, apiRefusal, timedOut, unreachable } from './api-error';
import type { Client, WebSocket } from './client';
import { type ConnectionSlot, ConnectionSlots } from './connection-slots';
import { retryAfterMs, withRetries } from './retry-after';

export interface ApiServerOptions {
  /** Milliseconds without a byte after which an answer is given up; zero means never. */
  readonly idleTimeoutMs: number;
  /** How many pods may have a connection at once, and how many other requests may be under way. */
  readonly concurrency: number;
  readonly showRequest: ((line: string) => void) | null;
}

/** Makes of an open WebSocket what it is for; the place says whether it is in use. */
type Wrap<T> = (socket: WebSocket, place: ConnectionSlot) => T;
type WrapBare<T> = (socket: Duplex, head: Buffer, place: ConnectionSlot) => T;

/** Items asked for at a time. */
const PAGE = 500;
const MOST_PATIENT_MS = 1000;
/** How much of a refusal is read. */
const REFUSAL = 64 << 10;

export class ApiServer {
  readonly access: ClusterAccess;
  /** Whether port-forwards are SPDY's, because WebSockets were forbidden. */
  speaksSpdy = false;
  readonly #client: Client;
  readonly #options: ApiServerOptions;
  /** Of connections to pods, and of requests. */
  readonly #pods: ConnectionSlots;
  readonly #requests: ConnectionSlots;
  #isSilent = false;

  constructor(client: Client, access: ClusterAccess, options: ApiServerOptions) {
    this.access = access;
    this.#client = client;
    this.#options = options;
    this.#pods = new ConnectionSlots(options.concurrency);
    this.#requests = new ConnectionSlots(options.concurrency);
  }

  /**
   * Whether the last that was heard of the server is that it said nothing for the whole of --timeout. Until it answers, further requests
   * wait for a quarter of that: a command that asks several things one after the other would wait for each.
   */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** Where a way through the server was silent, and what made it so is not known. */
  fellSilent(): void {
    this.#isSilent = true;
  }

  /** Milliseconds that are waited for an answer that only explains a failure: the wait that led to it is over already. */
  get patienceMs(): number {
    const { idleTimeoutMs } = this.#options;
    return idleTimeoutMs <= 0 ? MOST_PATIENT_MS : Math.min(MOST_PATIENT_MS, idleTimeoutMs / 4);
  }

  get #waitMs(): number {
    const { idleTimeoutMs } = this.#options;
    return this.#isSilent ? idleTimeoutMs / 4 : idleTimeoutMs;
  }

  /** The failure of a request that was not answered in time. */
  #timedOut(what: string, waitMs: number, request: ClientRequest | null): UnavailableError {
    this.fellSilent();
    return timedOut(this.access, what, waitMs, isUnconnected(request));
  }

  #answered(): void {
    this.#isSilent = false;
  }

  /** An object. Throws ApiRefusal, and UnavailableError where no answer comes. */
  async get(path: string): Promise<unknown> {
    const text = await this.text(path);
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      const what = `the API server ${this.access.server.host} answered ${path} with something that is not JSON`;
      throw new InputError(what, {
        cause: error,
        hint: 'Is the server of the cluster in the kubeconfig an API server, or a page that asks to log in?',
      });
    }
  }

  /** An answer's text. */
  async text(path: string): Promise<string> {
    return await withRetries(async () => {
      const place = await this.#requests.take();
      try {
        return await this.#withRenewal(async () => {
          const answer = await this.#ask(path);
          const text = await this.#whole(answer, `GET ${path}`, Number.POSITIVE_INFINITY);
          this.#show('GET', path, answer.statusCode ?? 0, Buffer.byteLength(text));
          if (answer.statusCode === 200) return text;
          throw this.#refusal(`GET ${path}`, answer, text);
        });
      } finally {
        place.release();
      }
    }, this.#options.idleTimeoutMs);
  }

  /** Asks once more with other credentials, where those that were sent hold no longer. */
  async #withRenewal<T>(ask: () => Promise<T>): Promise<T> {
    const { headers } = this.access;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.status !== 401) throw error;
      if (!(await this.access.renew(headers))) throw error;
      return await ask();
    }
  }

  /**
   * Every item of a list, page by page, or at least `most` of them, without what kubectl leaves out of `-o json` as well
   * (managedFields).
   */
  async list(
    path: string,
    query: Readonly<Record<string, string>> = {},
    most = Number.POSITIVE_INFINITY,
  ): Promise<readonly unknown[]> {
    const limit = String(Math.min(PAGE, most));
    const items: unknown[] = [];
    let token = '';
    do {
      const page = new URLSearchParams({ ...query, limit, ...(token === '' ? {} : { continue: token }) });
      const document = await this.get(`${path}?${page.toString()}`);
      for (const item of listOf(fieldAt(document, 'items'))) items.push(withoutManagedFields(item));
      token = textOrEmpty(fieldAt(document, 'metadata', 'continue'));
    } while (token !== '' && items.length < most);
    return items;
  }

  /**
   * Opens a WebSocket. `wrap` is called as soon as it is open, before its first message. Throws ApiRefusal with the
   * Status that came in its place, and UnavailableError where no answer comes. It has a place among the connections to pods
   * until it is closed.
   */
  async upgrade<T>(path: string, protocols: readonly string[], wrap: Wrap<T>): Promise<T> {
    return await this.#placed(
      async (place) => await this.#open(path, protocols, (socket) => wrap(releasing(place, socket), place)),
    );
  }

  /** As upgrade, with POST and to what the headers name: `wrap` has the bare connection, and what came with the answer. */
  async upgradePost<T>(path: string, headers: Readonly<Record<string, string>>, wrap: WrapBare<T>): Promise<T> {
    return await this.#placed(
      async (place) => await this.#post(path, headers, (socket, head) => wrap(releasing(place, socket), head, place)),
    );
  }

  /** Opens a connection that has a place among those to pods. */
  async #placed<T>(open: (place: ConnectionSlot) => Promise<T>): Promise<T> {
    return await withRetries(async () => {
      const place = await this.#pods.take();
      try {
        return await this.#withRenewal(async () => await open(place));
      } catch (error) {
        place.release();
        throw error;
      }
    }, this.#options.idleTimeoutMs);
  }

  /** Closes what is kept open for further requests. */
  close(): void {
    this.access.close();
  }

  async #open<T>(path: string, protocols: readonly string[], wrap: (socket: WebSocket) => T): Promise<T> {
    const { access } = this;
    const url = this.#url(path);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const waitMs = this.#waitMs;
    const what = `GET ${url.pathname}`;
    return await new Promise<T>((resolve, reject) => {
      let asked: ClientRequest | null = null;
      const socket = new this.#client.WebSocket(url, [...protocols], {
        agent: access.agent,
        headers: access.headers as Record<string, string>,
        perMessageDeflate: false,
        finishRequest: (request) => {
          asked = request;
          request.end();
        },
      });
      const wait = idleTimer(waitMs, () => {
        reject(this.#timedOut(what, waitMs, asked));
        socket.terminate();
      });
      socket.once('open', () => {
        wait.stop();
        this.#answered();
        this.#show('GET', path, 101, 0);
        resolve(wrap(socket));
      });
      socket.on('unexpected-response', (_request, answer: IncomingMessage) => {
        wait.stop();
        this.#answered();
        this.#refusedUpgrade('GET', path, answer).then(reject, reject);
      });
      socket.on('error', (error) => {
        wait.stop();
        reject(unreachable(access, error));
      });
    });
  }

  async #post<T>(
    path: string,
    headers: Readonly<Record<string, string>>,
    wrap: (socket: Duplex, head: Buffer) => T,
  ): Promise<T> {
    const { access } = this;
    const waitMs = this.#waitMs;
    const url = this.#url(path);
    const what = `POST ${url.pathname}`;
    return await new Promise<T>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const given = { ...access.headers, ...headers, 'Content-Length': '0' } as Record<string, string>;
      const request = send(url, { method: 'POST', agent: access.agent, headers: given });
      const wait = idleTimer(waitMs, () => {
        reject(this.#timedOut(what, waitMs, request));
        request.destroy();
      });
      request.once('upgrade', (_answer, socket, head) => {
        wait.stop();
        this.#answered();
        this.#show('POST', path, 101, 0);
        resolve(wrap(socket, head));
      });
      request.once('response', (answer) => {
        wait.stop();
        this.#answered();
        this.#refusedUpgrade('POST', path, answer).then(reject, reject);
      });
      request.on('error', (error) => {
        wait.stop();
        reject(unreachable(access, error));
      });
      request.end();
    });
  }

  /** What came in place of an upgrade. */
  async #refusedUpgrade(method: string, path: string, answer: IncomingMessage): Promise<ApiRefusal> {
    const { socket, statusCode = 0 } = answer;
    const text = await this.#whole(answer, `${method} ${path}`, REFUSAL);
    // Some servers leave HTTP behind once an upgrade was asked for: the connection is not used again.
    socket.destroy();
    this.#show(method, path, statusCode, Buffer.byteLength(text));
    return this.#refusal(`${method} ${this.#url(path).pathname}`, answer, text);
  }

  #refusal(what: string, { statusCode = 0, headers }: IncomingMessage, text: string): ApiRefusal {
    return apiRefusal(this.access, what, statusCode, text, retryAfterMs(statusCode, headers['retry-after']));
  }

  #url(path: string): URL {
    const [pathname = '', query = ''] = path.split('?', 2);
    const url = new URL(this.access.server);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}${pathname}`;
    url.search = query;
    return url;
  }

  async #ask(path: string): Promise<IncomingMessage> {
    const { access } = this;
    const waitMs = this.#waitMs;
    const url = this.#url(path);
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const headers = { ...access.headers, Accept: 'application/json, */*' } as Record<string, string>;
      const request = send(url, { agent: access.agent, headers }, (answer) => {
        wait.stop();
        this.#answered();
        resolve(answer);
      });
      // Of its own: a time-out of node:http begins with the connection, and again with TLS.
      const wait = idleTimer(waitMs, () => {
        reject(this.#timedOut(`GET ${path}`, waitMs, request));
        request.destroy();
      });
      request.on('error', (error) => {
        wait.stop();
        reject(unreachable(access, error));
      });
      request.end();
    });
  }

  async #whole(answer: IncomingMessage, what: string, limit: number): Promise<string> {
    const parts: Uint8Array[] = [];
    let size = 0;
    const { idleTimeoutMs } = this.#options;
    const wait = idleTimer(idleTimeoutMs, () => {
      this.fellSilent();
      answer.destroy(timedOut(this.access, what, idleTimeoutMs, false));
    });
    try {
      for await (const chunk of answer as AsyncIterable<Uint8Array>) {
        wait.again();
        parts.push(chunk);
        size += chunk.length;
        if (size >= limit) break;
      }
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      throw new UnavailableError(`${what}: lost after ${size} bytes: ${(error as Error).message}`, {
        cause: error,
        hint: 'The connection ended before the whole answer had come. Try again.',
      });
    } finally {
      wait.stop();
    }
    return Buffer.concat(parts).toString('utf8');
  }

  #show(method: string, path: string, status: number, size: number): void {
    this.#options.showRequest?.(`${method} ${this.#url(path).href}: ${status}, ${size} bytes`);
  }
}

/** A connection that gives its place back when it is closed. */
function releasing<Connection extends WebSocket | Duplex>(place: ConnectionSlot, connection: Connection): Connection {
  connection.once('close', () => {
    place.release();
  });
  return connection;
}

/** Whether a request still waits for its connection. */
function isUnconnected(request: ClientRequest | null): boolean {
  return (request?.socket ?? null) === null;
}

function withoutManagedFields(item: unknown): unknown {
  const metadata = fieldAt(item, 'metadata');
  if (typeof metadata === 'object' && metadata !== null) delete (metadata as Record<string, unknown>)['managedFields'];
  return item;
}
