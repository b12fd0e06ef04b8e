/** HTTP to an Envoy's admin interface: streamed answers, an idle time-out and no other, errors that say what came. */
import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as SecureAgent, request as httpsRequest } from 'node:https';
import { InputError, UnavailableError } from '../errors';
import type { Body } from './source';

export interface AdminClientOptions {
  /** Milliseconds without a byte after which an answer is given up; zero means never. */
  readonly idleTimeoutMs: number;
  /** Called for each request made; null where nobody asked. */
  readonly showRequest: ((line: string) => void) | null;
}

/** Envoy refused a request: another way of asking may do. */
export class AdminRefusal extends UnavailableError {}

/** How much of an error's body is shown. */
const SHOWN = 300;

export class AdminClient {
  readonly #base: URL;
  readonly #options: AdminClientOptions;
  readonly #agent: Agent;

  /** @param base the admin address; its path stands before each request's */
  constructor(base: URL, options: AdminClientOptions) {
    this.#base = base;
    this.#options = options;
    const pool = { keepAlive: true, maxSockets: 1 };
    this.#agent = base.protocol === 'https:' ? new SecureAgent(pool) : new Agent(pool);
  }

  /**
   * The answer to the first of the paths that is not refused, asked for when it is read. Reading throws UnavailableError,
   * and InputError for a web page.
   */
  body(paths: readonly string[]): Body {
    return { label: this.#url(paths[0] ?? '/').href, chunks: () => this.#chunks(paths) };
  }

  /** Asks at once, and resolves when the answer's head is there. */
  async send(method: 'GET' | 'POST', path: string): Promise<Body> {
    const url = this.#url(path);
    const answer = await this.#ask(method, url);
    return { label: url.href, chunks: () => this.#read(method, url, answer) };
  }

  close(): void {
    this.#agent.destroy();
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
  async #ask(method: string, url: URL): Promise<IncomingMessage> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request: ClientRequest = send(url, { method, agent: this.#agent }, resolve);
      this.#limit(request, url);
      request.once('error', (error) => {
        reject(unavailable(url, error));
      });
      request.end();
    });
    const status = answer.statusCode ?? 0;
    if (status !== 200) {
      const said = await beginningOf(answer);
      this.#show(method, url, status, Buffer.byteLength(said));
      throw new AdminRefusal(`${method} ${shown(url)}: ${status} ${answer.statusMessage ?? ''}: ${said}`.trimEnd(), {
        hint: "Is that Envoy's admin address? In an Istio sidecar it is http://localhost:15000.",
      });
    }
    if ((answer.headers['content-type'] ?? '').includes('text/html')) {
      answer.destroy();
      throw new InputError(`${method} ${shown(url)} answered with a web page`, {
        hint: "Give Envoy's admin address as it is, such as http://localhost:15000, with no page of it.",
      });
    }
    return answer;
  }

  async *#read(method: string, url: URL, answer: IncomingMessage): AsyncIterable<Uint8Array> {
    let size = 0;
    try {
      for await (const chunk of answer as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw unavailable(url, error as Error, size);
    }
    this.#show(method, url, answer.statusCode ?? 0, size);
  }

  #limit(request: ClientRequest, url: URL): void {
    const { idleTimeoutMs } = this.#options;
    if (idleTimeoutMs <= 0) return;
    let waited: { destroy(error: Error): unknown } = request;
    request.once('response', (answer: IncomingMessage) => {
      waited = answer;
    });
    request.setTimeout(idleTimeoutMs, () => {
      waited.destroy(
        new UnavailableError(`${shown(url)}: no byte came for ${idleTimeoutMs / 1000} s`, {
          hint: 'A longer wait is set with --timeout.',
        }),
      );
    });
  }

  #show(method: string, url: URL, status: number, size: number): void {
    this.#options.showRequest?.(`${method} ${shown(url)}: ${status}, ${size} bytes`);
  }
}

/** A URL without its password. */
function shown(url: URL): string {
  const copy = new URL(url);
  copy.password = '';
  return copy.href;
}

async function beginningOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.length > SHOWN) break;
  }
  return text.slice(0, SHOWN).trim().split('\n', 1)[0] ?? '';
}

function unavailable(url: URL, error: Error, received?: number): Error {
  if (error instanceof UnavailableError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const what = received === undefined ? `cannot ask ${shown(url)}` : `${shown(url)}: lost after ${received} bytes`;
  return new UnavailableError(`${what}: ${error.message || (code ?? 'no answer')}`, { cause: error });
}
