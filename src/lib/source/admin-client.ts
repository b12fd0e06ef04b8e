/** HTTP to an Envoy's admin interface: streamed answers, an idle time-out and no other, errors that say what came. */
import { wordFor } from '../caller';
import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as SecureAgent, request as httpsRequest } from 'node:https';
import { InputError, UnavailableError } from '../errors';
import { idleTimer } from './idle-timer';
import type { Body } from './source';

export interface AdminClientOptions {
  /** Milliseconds without a byte after which an answer is given up; zero means never. */
  readonly idleTimeoutMs: number;
  /** Called for each request made; null where nobody asked. */
  readonly showRequest: ((line: string) => void) | null;
  /** How connections are made; left out, straight to the address. */
  readonly agent?: Agent;
  /** Stands in messages for the address: `pod x.ns`. */
  readonly name?: string;
}

/** A way to ask an Envoy's admin interface. */
export interface AdminChannel {
  /**
   * The answer to the first of the paths that is not refused, asked for when it is read. Reading throws UnavailableError,
   * and InputError for a web page.
   */
  body(paths: readonly string[]): Body;
  /** Asks at once, and resolves when the answer has begun. */
  send(method: 'GET' | 'POST', path: string): Promise<Body>;
  close(): Promise<void>;
}

/** Envoy refused a request: another way of asking may do. */
export class AdminRefusal extends UnavailableError {}

/** Nothing came for as long as --timeout allows. */
export class Silence extends UnavailableError {}

/** A connection that could not be made, or broke. */
export class ConnectionLost extends UnavailableError {}

/** The way there broke, and not what is at its end. */
export class WayLost extends ConnectionLost {}

const UNREACHED = "Does Envoy's admin interface listen there? It closes connections that it has no room for.";
const CUT = 'The connection ended before the whole answer had come; nothing of it is shown. Try again.';

/** How much of a refusal's body is read, and of that, shown. */
const REFUSAL = 64 << 10;
const SHOWN = 300;

/** Asks an Envoy's admin port, over connections that are used again. */
export class AdminClient implements AdminChannel {
  readonly #base: URL;
  readonly #options: AdminClientOptions;
  readonly #agent: Agent;

  /** @param base the admin address; its path stands before each request's */
  constructor(base: URL, options: AdminClientOptions) {
    this.#base = base;
    this.#options = options;
    const pool = { keepAlive: true, maxSockets: 1 };
    this.#agent = options.agent ?? (base.protocol === 'https:' ? new SecureAgent(pool) : new Agent(pool));
  }

  body(paths: readonly string[]): Body {
    return { label: this.#shown(this.#url(paths[0] ?? '/')), chunks: () => this.#chunks(paths) };
  }

  async send(method: 'GET' | 'POST', path: string): Promise<Body> {
    const url = this.#url(path);
    const answer = await this.#ask(method, url);
    return { label: this.#shown(url), chunks: () => this.#read(method, url, answer) };
  }

  close(): Promise<void> {
    this.#agent.destroy();
    return Promise.resolve();
  }

  async *#chunks(paths: readonly string[]): AsyncIterable<Uint8Array> {
    for (const [index, path] of paths.entries()) {
      const url = this.#url(path);
      try {
        const answer = await this.#ask('GET', url);
        yield* this.#read('GET', url, answer);
        return;
      } catch (error) {
        if (!(error instanceof AdminRefusal) || index === paths.length - 1) throw error;
      }
    }
  }

  #url(path: string): URL {
    const url = new URL(this.#base);
    const [pathname = '', query = ''] = path.split('?', 2);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}${pathname}`;
    url.search = query;
    return url;
  }

  /** Sends a request and waits for a good answer's head. */
  async #ask(method: string, url: URL): Promise<Answer> {
    const answer = await this.#send(method, url);
    const { statusCode = 0, statusMessage = '', headers } = answer.head;
    if (statusCode !== 200) {
      const said = await beginningOf(answer.head);
      this.#show(method, url, statusCode, Buffer.byteLength(said));
      const [line = ''] = said.slice(0, SHOWN).trim().split('\n', 1);
      throw new AdminRefusal(`${method} ${this.#shown(url)}: ${statusCode} ${statusMessage}: ${line}`, {
        hint: "Is that Envoy's admin address? In an Istio sidecar it is http://localhost:15000.",
      });
    }
    if ((headers['content-type'] ?? '').includes('text/html')) {
      answer.head.destroy();
      throw new InputError(`${method} ${this.#shown(url)} answered with a web page`, {
        hint: "Give Envoy's admin address as it is, such as http://localhost:15000, with no page of it.",
      });
    }
    return answer;
  }

  async #send(method: string, url: URL): Promise<Answer> {
    return await new Promise<Answer>((resolve, reject) => {
      let failure: Error | null = null;
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      // As an option, the time-out holds for the connecting as well.
      const timeout = this.#options.idleTimeoutMs;
      // A connection of one's own has no TLS: left to find a name for it, Node asks whether it is an IPv6 address, 4 ms of a start.
      const unnamed = this.#options.agent === undefined ? {} : { servername: '' };
      const options = { method, agent: this.#agent, ...unnamed, ...(timeout > 0 ? { timeout } : {}) };
      const request: ClientRequest = send(url, options, (head) => {
        resolve({ head, failure: () => failure });
      });
      this.#limit(request, url);
      // A time-out of node:http begins anew with TLS. The way to a pod has its own words for what does not answer.
      const wait = idleTimer(this.#options.agent === undefined ? timeout : 0, () => {
        reject(this.#silent(url));
        request.destroy();
      });
      request.once('close', () => {
        wait.stop();
      });
      request.once('response', () => {
        wait.stop();
      });
      // More than one may come: of the request, and of the connection while the answer is read.
      request.on('error', (error) => {
        failure = error;
        reject(this.#unavailable(url, error));
      });
      request.end();
    });
  }

  async *#read(method: string, url: URL, { head, failure }: Answer): AsyncIterable<Uint8Array> {
    let size = 0;
    try {
      for await (const chunk of head as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw this.#unavailable(url, failure() ?? (error as Error), size);
    }
    this.#show(method, url, head.statusCode ?? 0, size);
  }

  #limit(request: ClientRequest, url: URL): void {
    let waited: { destroy(error: Error): unknown } = request;
    request.once('response', (answer: IncomingMessage) => {
      waited = answer;
    });
    request.on('timeout', () => {
      waited.destroy(this.#silent(url));
    });
  }

  #silent(url: URL): Silence {
    return new Silence(`${this.#shown(url)}: no byte came for ${this.#options.idleTimeoutMs / 1000} s`, {
      hint: `A longer wait is set with ${wordFor('timeout')}.`,
    });
  }

  #show(method: string, url: URL, status: number, size: number): void {
    this.#options.showRequest?.(`${method} ${this.#shown(url)}: ${status}, ${size} bytes`);
  }

  /** A URL without its password; of a named connection, the name and what is asked for there. */
  #shown(url: URL): string {
    const { name } = this.#options;
    if (name !== undefined) return `${name} ${url.pathname}${url.search}`;
    const copy = new URL(url);
    copy.password = '';
    return copy.href;
  }

  #unavailable(url: URL, error: Error, received?: number): Error {
    if (error instanceof UnavailableError && !(error instanceof ConnectionLost)) return error;
    const { code } = error as NodeJS.ErrnoException;
    const shown = this.#shown(url);
    const what = received === undefined ? `cannot ask ${shown}` : `${shown}: lost after ${received} bytes`;
    const known = error instanceof ConnectionLost ? error.hint : null;
    return new ConnectionLost(`${what}: ${error.message || (code ?? 'no answer')}`, {
      cause: error,
      hint: known ?? (received === undefined ? UNREACHED : CUT),
    });
  }
}

/** An answer's head, and what has become of its connection since. */
interface Answer {
  readonly head: IncomingMessage;
  readonly failure: () => Error | null;
}

async function beginningOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.length > REFUSAL) break;
  }
  return text;
}
